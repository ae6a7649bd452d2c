import { printable } from "@holdfast/model";

/**
 * A text as a cell of a table of GitHub's Markdown: as it is where nothing in it can be read as
 * more than words, else as code. WHY: names come from policy files and logs; nothing in them draws
 * cells, markup or links of its own, and nobody is mentioned by them.
 */
export function cell(text: string): string {
  const words = /^[\p{L}\p{N} .,:;/()%+_-]*$/u.test(text);
  const markup = /:\/\/|www\.|(?<![a-z0-9])_|_(?![a-z0-9])/iu.test(text);
  return words && !markup ? text : codeCell(text);
}

/** A text as code in such a cell. */
export function codeCell(text: string): string {
  const shown = printable(text);
  if (!/[`|\\]/u.test(shown)) return `\`${shown}\``;
  // Between backticks neither they nor a backslash before a bar can be written.
  const signs = /[^\p{L}\p{N} ]/gu;
  return `<code>${shown.replace(signs, (sign) => `&#${sign.codePointAt(0) ?? 0};`)}</code>`;
}
