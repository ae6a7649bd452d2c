import { upperAscii } from "@holdfast/model";
import { Lexer } from "yaml";
import type { Report } from "./report.ts";
import type { SourceFile } from "./source-file.ts";

/** The largest policy file, in UTF-8 bytes. */
const fileBytesMax = 256 * 1024;
/** The deepest nesting of values in a document. */
export const nestingMax = 64;
/** No block value starts further right than this; bounds block nesting before anything recurses. */
const indentMax = 256;

// `Cc` less tab, line breaks and next line; the byte order mark; marks that change the direction
// of text; halves of surrogate pairs. With these a file can read otherwise than it parses.
const refused = /(?![\t\n\r\u0085])\p{Cc}|[\ufeff\u202a-\u202e\u2066-\u2069]|\p{Cs}/u;

/**
 * Refuses text that must not reach the YAML parser: it recurses, and on some thousand levels
 * of nesting it takes the whole process down instead of throwing. Of any other text the tokens
 * are returned, so that it is read only once.
 */
export function guardedTokens(file: SourceFile, report: Report): readonly string[] | undefined {
  const bytes = new TextEncoder().encode(file.text).length;
  if (bytes > fileBytesMax) {
    const message = `the file has ${bytes} bytes, more than the ${fileBytesMax} allowed`;
    report.error("yaml_too_large", message, file.span(0, 0), {
      suggestion: "split it into several files; file layout does not change the policy set",
    });
    return undefined;
  }
  const character = refused.exec(file.text);
  if (character !== null) {
    const code = upperAscii((character[0].codePointAt(0) ?? 0).toString(16)).padStart(4, "0");
    const span = file.span(character.index, character.index + 1);
    report.error("yaml_character", `character U+${code} is not allowed in a policy file`, span, {
      suggestion: "remove it, or write it as an escape in a double-quoted string",
    });
    return undefined;
  }
  const tokens = [...new Lexer().lex(file.text)];
  const offset = tooDeepAt(tokens);
  if (offset === undefined) return tokens;
  const message = `values are nested more than ${nestingMax} deep, or indented too far`;
  report.error("yaml_too_deep", message, file.span(offset, offset + 1));
  return undefined;
}

/** Where nesting exceeds the limits, judged on tokens, without recursion. */
function tooDeepAt(tokens: readonly string[]): number | undefined {
  let offset = 0;
  let lineStart = 0;
  let flowDepth = 0;
  let onlyIndicators = true;
  for (const token of tokens) {
    // The lexer marks documents and scalars with control characters that are not in the text.
    if (token === "\u0002" || token === "\u0018" || token === "\u001f") continue;
    if (token === "[" || token === "{") flowDepth += 1;
    else if (token === "]" || token === "}") flowDepth = Math.max(0, flowDepth - 1);
    const first = token.trim() !== "" && onlyIndicators;
    if (flowDepth > nestingMax) return offset;
    if (first && flowDepth === 0 && offset - lineStart > indentMax) return offset;
    if (first && token !== "-" && token !== "?" && token !== ":") onlyIndicators = false;
    offset += token.length;
    const newline = token.lastIndexOf("\n");
    if (newline >= 0) {
      lineStart = offset - (token.length - newline - 1);
      onlyIndicators = true;
    }
  }
  return undefined;
}
