import { printable } from "@holdfast/model";

/** Text that is HTML already. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template: text, which is escaped, and markup, which is not. */
export type MarkupPart = string | number | Markup | readonly Markup[];

/** A template of HTML: whatever is put in is escaped, in elements and in quoted attributes, unless it is markup. */
export function html(parts: TemplateStringsArray, ...values: readonly MarkupPart[]): Markup {
  const text = parts.map((part, at) => {
    const value = values[at];
    return value === undefined ? part : `${part}${textOf(value)}`;
  });
  return new Markup(text.join(""));
}

function textOf(value: MarkupPart): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === "string" || typeof value === "number") return escaped(String(value));
  return value.map(({ text }) => text).join("");
}

/** A text with nothing in it that HTML reads as more than text; characters that no reader sees are replaced. */
function escaped(text: string): string {
  return printable(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** A text of words with code between backticks. */
export function marked(text: string): readonly Markup[] {
  return text
    .split("`")
    .map((part, at) => (at % 2 === 0 ? html`${part}` : html`<code>${part}</code>`));
}
