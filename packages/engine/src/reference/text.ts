/**
 * The code points of a text, one string each. CEL counts and cuts strings by code point
 * (cel-spec, langdef.md, "String and Bytes Values"), JavaScript by UTF-16 unit.
 */
export function codePointsOf(text: string): readonly string[] {
  return Array.from(text);
}

/** How many code points a text has, without making them. */
export function codePointCount(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index += 1) {
    // WHY: the second half of a surrogate pair belongs to the code point counted at the first.
    const unit = text.charCodeAt(index);
    if (unit < 0xdc00 || unit > 0xdfff) count += 1;
  }
  return count;
}

/** The first place at or after `from` where `part` stands, or -1. */
export function indexWithin(
  points: readonly string[],
  part: readonly string[],
  from: number,
): number {
  for (let place = from; place + part.length <= points.length; place += 1) {
    if (standsAt(points, part, place)) return place;
  }
  return -1;
}

/** The last place at or before `from` where `part` stands, or -1. */
export function lastIndexWithin(
  points: readonly string[],
  part: readonly string[],
  from: number,
): number {
  for (let place = Math.min(from, points.length - part.length); place >= 0; place -= 1) {
    if (standsAt(points, part, place)) return place;
  }
  return -1;
}

function standsAt(points: readonly string[], part: readonly string[], place: number): boolean {
  return part.every((point, offset) => points[place + offset] === point);
}

/** Characters with the Unicode property White_Space, in text that a person wrote (Unicode 16). */
const whiteSpace: ReadonlySet<string> = new Set(
  "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000",
);

/** The text without white space at both ends. */
export function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && whiteSpace.has(text.charAt(start))) start += 1;
  while (end > start && whiteSpace.has(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
