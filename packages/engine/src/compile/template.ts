import type { Expression, Template } from "../document/expression.ts";
import { parsePlaced, placedText, rangeSpan } from "./reading.ts";
import type { PlacedText, Reading } from "./reading.ts";
import type { Path } from "./yaml-document.ts";

/**
 * Reads a reason: text with `{CEL}` parts; `{{` and `}}` stand for braces. Braces and quotes
 * inside CEL pair as CEL pairs them, so `{"}"}` is one part.
 */
export function readTemplate(value: string, path: Path, reading: Reading): Template {
  const placed = placedText(value, path, reading);
  const { text, source } = placed;
  const parts: (string | Expression)[] = [];
  let literal = "";
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if ((character === "{" || character === "}") && text.charAt(at + 1) === character) {
      literal += character;
      at += 2;
      continue;
    }
    if (character === "{") {
      const end = closingBrace(text, at + 1);
      if (end === undefined) {
        unpaired("{", at, placed, reading);
        break;
      }
      if (literal !== "") parts.push(literal);
      literal = "";
      parts.push(readPart(placed, at + 1, end, reading));
      at = end + 1;
      continue;
    }
    if (character === "}") unpaired("}", at, placed, reading);
    literal += character;
    at += 1;
  }
  if (literal !== "") parts.push(literal);
  return { text, parts, source };
}

function unpaired(brace: string, at: number, placed: PlacedText, reading: Reading): void {
  const span = rangeSpan(placed, { start: at, end: at + 1 }, reading.document.file);
  const message = `\`${brace}\` has no partner in this reason`;
  const suggestion = `write \`${brace}${brace}\` for the character itself`;
  reading.report.error("template_syntax", message, span, { suggestion });
}

function readPart(placed: PlacedText, from: number, to: number, reading: Reading): Expression {
  let start = from;
  let end = to;
  while (start < end && /\s/u.test(placed.text.charAt(start))) start += 1;
  while (end > start && /\s/u.test(placed.text.charAt(end - 1))) end -= 1;
  const part: PlacedText = {
    text: placed.text.slice(start, end),
    source: rangeSpan(placed, { start, end }, reading.document.file),
    offsets: placed.offsets.slice(start, end + 1),
  };
  return parsePlaced(part, reading);
}

/** The brace that closes one opened before `from`, skipping CEL strings and inner braces. */
function closingBrace(text: string, from: number): number | undefined {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === '"' || character === "'") {
      at = afterString(text, at);
      continue;
    }
    if (character === "{") depth += 1;
    if (character === "}") {
      if (depth === 0) return at;
      depth -= 1;
    }
    at += 1;
  }
  return undefined;
}

function afterString(text: string, from: number): number {
  const quote = text.charAt(from);
  const raw = /[rR]/u.test(text.charAt(from - 1));
  const long = text.startsWith(quote.repeat(3), from);
  const fence = long ? quote.repeat(3) : quote;
  let at = from + fence.length;
  while (at < text.length) {
    if (text.startsWith(fence, at)) return at + fence.length;
    at += text.charAt(at) === "\\" && !raw ? 2 : 1;
  }
  return text.length;
}
