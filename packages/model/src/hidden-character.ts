/**
 * Controls, formats, surrogates, private use, noncharacters and every space but the plain one, as
 * Unicode 17 has them. Written out, so that a newer version of the language changes no text that is
 * digested or logged.
 */
const hidden =
  /[\p{Cc}\p{Cs}\p{Co}\p{Noncharacter_Code_Point}\u00a0\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u2066-\u206f\u3000\ufeff\ufff9-\ufffb\u{110bd}\u{110cd}\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]/u;

/** Whether a text has a character that a reader cannot see, or not tell from another. */
export function isHidden(text: string): boolean {
  return hidden.test(text);
}
