/**
 * The code points of a text, one string each. CEL counts and cuts strings by code point
 * (cel-spec, langdef.md, "String and Bytes Values"), JavaScript by UTF-16 unit.
 */
export function codePointsOf(text: string): readonly string[] {
  return Array.from(text);
}
