import { foldText, isHidden } from "@holdfast/model";

/**
 * What can make the text of a path mean another path to another program, in the order in which a
 * fact lists them.
 *
 * - `empty`: nothing is written
 * - `control`: NUL, line breaks and other controls
 * - `bidi`: characters that change the order in which others are shown
 * - `invisible`: other characters that nobody sees, and every space but the plain one
 * - `backslash`: a separator on Windows, an escape in a shell
 * - `percent`: `%` before two hexadecimal digits, or `%u` before four, which some program decodes
 * - `tilde`, `dollar`, `dash`, `space`: what the text begins with: a home folder, a variable, an
 *   option, white space
 * - `scheme`: a URL; `drive`: a letter and a colon first
 * - `double_slash`: two slashes first: a host, or a namespace of the system
 * - `stream`: a colon in a name: a stream of a file on Windows
 * - `dots`: a name of dots that is neither `.` nor `..`, also once folded
 */
export const pathOddities = [
  "empty",
  "control",
  "bidi",
  "invisible",
  "backslash",
  "percent",
  "tilde",
  "dollar",
  "dash",
  "space",
  "scheme",
  "drive",
  "double_slash",
  "stream",
  "dots",
] as const;

export type PathOddity = (typeof pathOddities)[number];

const bidi = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

const tests: Readonly<Record<PathOddity, (text: string) => boolean>> = {
  empty: (text) => text === "",
  control: (text) => /\p{Cc}/u.test(text),
  bidi: (text) => bidi.test(text),
  invisible: (text) => /[^\0-\x7f]/u.test(text) && Array.from(text).some(isUnseen),
  backslash: (text) => text.includes("\\"),
  percent: (text) => /%(?:[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4})/u.test(text),
  tilde: (text) => text.startsWith("~"),
  dollar: (text) => text.startsWith("$"),
  dash: (text) => text.startsWith("-"),
  space: (text) => /^\s/u.test(text),
  scheme: (text) => /^[A-Za-z][A-Za-z0-9+.-]+:/u.test(text),
  drive: (text) => /^[A-Za-z]:/u.test(text),
  double_slash: (text) => text.startsWith("//"),
  stream: (text) => text.includes(":"),
  dots: (text) => text.split("/").some(isOddDots),
};

/** What is odd about the text of a path, named as {@link pathOddities} says. */
export function odditiesOf(text: string): readonly PathOddity[] {
  return pathOddities.filter((name) => tests[name](text));
}

/**
 * The names of a path as another file system may compare them: folded (NFKC_Casefold, decomposed,
 * without default-ignorable characters), without the dots and spaces at their end, and in pieces
 * where something folds to a separator or a stream begins. What folds to nothing is left out.
 */
export function foldedNames(path: string): readonly string[] {
  return path
    .split("/")
    .flatMap((name) => foldText(name).split(/[/\\:]/u))
    .map((name) => name.replace(/[. ]+$/u, ""))
    .filter((name) => name !== "");
}

function isUnseen(character: string): boolean {
  if (character <= "\x9f" || bidi.test(character)) return false;
  return isHidden(character) || foldText(character) === "";
}

function isOddDots(name: string): boolean {
  if (name === "." || name === "..") return false;
  return foldText(name)
    .split(/[/\\]/u)
    .some((piece) => /^ *\.[. ]*$/u.test(piece));
}
