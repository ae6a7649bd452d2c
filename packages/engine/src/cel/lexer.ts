import { isHidden, lowerAscii, upperAscii } from "@holdfast/model";
import { SyntaxFault } from "./expression-error.ts";
import { bytesValue, stringValue } from "./string-literal.ts";
import { punctuators } from "./token.ts";
import type { Punctuator, Token } from "./token.ts";

const space = /[\t\n\f\r ]+|\/\/[^\r\n]*/uy;
const word = /[A-Za-z_][A-Za-z0-9_]*/uy;
const quotedName = /`[A-Za-z0-9_.\-/ ]+`/uy;
const stringOpening = /(?:[bB]?[rR]?)("""|'''|"|')/uy;
const number =
  /0x[0-9a-fA-F]+[uU]?|[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|[0-9]+[uU]?/uy;
const numberTail = /[A-Za-z0-9_]+/uy;

const marks: ReadonlyMap<string, Punctuator> = new Map(punctuators.map((mark) => [mark, mark]));

/**
 * The tokens of an expression, ending with one `end` token, white space and comments left out
 * (cel-spec, langdef.md, "Syntax"; quoted selectors as in its "Field Selection").
 *
 * @throws SyntaxFault at the first character or literal that is none
 */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = skipSpace(text, 0);
  while (at < text.length) {
    const token = readToken(text, at);
    tokens.push(token);
    at = skipSpace(text, token.range.end);
  }
  tokens.push({ kind: "end", text: "", range: { start: text.length, end: text.length } });
  return tokens;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  if (!/[\t\n\f\r /]/u.test(text.charAt(at))) {
    return at;
  }
  for (let found = matchAt(space, text, at); found !== undefined;) {
    at += found.length;
    found = matchAt(space, text, at);
  }
  return at;
}

/** Sticky expressions keep `lastIndex`; setting it before each use keeps this function pure. */
function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** WHY: told by the first character, because every condition of a policy set comes through here. */
function readToken(text: string, at: number): Token {
  const first = text.charAt(at);
  if (first === '"' || first === "'") {
    return readString(text, at, stringOpeningAt(text, at) ?? first);
  }
  const name = matchAt(word, text, at);
  if (name !== undefined) {
    const opening = name.length <= 2 ? stringOpeningAt(text, at) : undefined;
    return opening === undefined
      ? { kind: "word", text: name, range: { start: at, end: at + name.length } }
      : readString(text, at, opening);
  }
  const mark = markAt(text, at);
  if (mark !== undefined && mark !== ".") {
    return { kind: "punctuator", text: mark, range: { start: at, end: at + mark.length } };
  }
  const digits = matchAt(number, text, at);
  if (digits !== undefined) {
    return readNumber(text, at, digits);
  }
  if (mark !== undefined) {
    return { kind: "punctuator", text: mark, range: { start: at, end: at + 1 } };
  }
  if (first === "`") {
    return readQuotedName(text, at);
  }
  throw unexpectedCharacter(text, at);
}

function stringOpeningAt(text: string, at: number): string | undefined {
  return matchAt(stringOpening, text, at);
}

/** The operator or delimiter here, the longer one where two begin alike. */
function markAt(text: string, at: number): Punctuator | undefined {
  return marks.get(text.slice(at, at + 2)) ?? marks.get(text.charAt(at));
}

function readQuotedName(text: string, at: number): Token {
  const quoted = matchAt(quotedName, text, at);
  if (quoted === undefined) {
    throw new SyntaxFault(
      "cel_quoted_name",
      'a quoted field holds letters, digits, `_`, `.`, `-`, `/` and spaces between two backticks; use `["…"]` for any other key',
      { start: at, end: at + 1 },
    );
  }
  const range = { start: at, end: at + quoted.length };
  return { kind: "quoted", text: quoted.slice(1, -1), range };
}

function readNumber(text: string, at: number, digits: string): Token {
  const end = at + digits.length;
  const tail = matchAt(numberTail, text, end);
  if (tail !== undefined && tail !== "in") {
    throw new SyntaxFault(
      "cel_number",
      /^(?:ms|[smhd])$/u.test(tail)
        ? `\`${digits}${tail}\` is not a number; a duration is written \`duration("${digits}${tail}")\``
        : `\`${digits}${tail}\` is not a number; put an operator between \`${digits}\` and \`${tail}\``,
      { start: at, end: end + tail.length },
    );
  }
  const hex = digits.startsWith("0x");
  const type = /[uU]$/u.test(digits) ? "uint" : !hex && /[.eE]/u.test(digits) ? "double" : "int";
  return { kind: "number", text: digits, type, range: { start: at, end } };
}

function readString(text: string, at: number, opening: string): Token {
  const triple = opening.endsWith('"""') || opening.endsWith("'''");
  const quote = opening.slice(triple ? -3 : -1);
  const prefix = lowerAscii(opening.slice(0, opening.length - quote.length));
  const raw = prefix.includes("r");
  const start = at + opening.length;
  const bodyEnd = closingQuote(text, start, quote, raw);
  if (bodyEnd === undefined) {
    const lineEnd = text.slice(at).search(/[\r\n]/u);
    throw new SyntaxFault(
      "cel_unterminated_string",
      `this string is not closed; add \`${quote}\``,
      {
        start: at,
        end: triple || lineEnd < 0 ? text.length : at + lineEnd,
      },
    );
  }
  const body = { text, start, end: bodyEnd, raw };
  const range = { start: at, end: bodyEnd + quote.length };
  return {
    kind: "literal",
    text: text.slice(range.start, range.end),
    constant: prefix.includes("b")
      ? { type: "bytes", value: bytesValue(body) }
      : { type: "string", value: stringValue(body) },
    range,
  };
}

function closingQuote(text: string, from: number, quote: string, raw: boolean): number | undefined {
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at);
    if (text.startsWith(quote, at)) {
      return at;
    }
    if (quote.length === 1 && (character === "\n" || character === "\r")) {
      return undefined;
    }
    if (character === "\\" && !raw) {
      at++;
    }
  }
  return undefined;
}

function unexpectedCharacter(text: string, at: number): SyntaxFault {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const advice = new Map([
    ["=", "; write `==` to compare"],
    ["&", "; write `&&` for and"],
    ["|", "; write `||` for or"],
    ["“", "; use the plain quotes `\"` or `'`"],
    ["”", "; use the plain quotes `\"` or `'`"],
    ["#", "; a comment begins with `//`"],
  ]).get(character);
  const visible = !isHidden(character)
    ? `\`${character}\``
    : `U+${upperAscii((text.codePointAt(at) ?? 0).toString(16)).padStart(4, "0")}`;
  return new SyntaxFault(
    "cel_character",
    `unexpected character ${visible}${advice ?? "; only strings and comments can hold it"}`,
    { start: at, end: at + character.length },
  );
}
