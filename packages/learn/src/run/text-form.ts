/**
 * Forms that texts of an argument can have in common, the narrowest first. Each is an expression of RE2
 * for a whole text.
 */
export const textForms = {
  date: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
  moment:
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?([.][0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})?$",
  clock: "^[0-9]{2}:[0-9]{2}(:[0-9]{2})?$",
  digits: "^[0-9]+$",
  uuid: "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
  // One way to read it: with dots in its parts a text full of them takes square time here.
  address: "^[^@\\s]+@[^@\\s.]+([.][^@\\s.]+)+$",
  url: "^https?://[^\\s]+$",
  word: "^[A-Za-z0-9_-]+$",
  path: "^[A-Za-z0-9_./-]+$",
  label: "^[A-Za-z0-9 _.,:'&()/+-]+$",
  ascii: "^[ -~\\t\\n\\r]*$",
} as const;

/** A form of texts, by its name. */
export type TextForm = keyof typeof textForms;

const readers = Object.entries(textForms).map(
  ([name, text]) => [name as TextForm, new RegExp(text, "u")] as const,
);

/** The forms that a text has. */
export function formsOf(text: string): ReadonlySet<TextForm> {
  return new Set(readers.filter(([, reader]) => reader.test(text)).map(([name]) => name));
}

/** The narrowest of some forms. */
export function narrowest(forms: ReadonlySet<TextForm>): TextForm | undefined {
  return readers.find(([name]) => forms.has(name))?.[0];
}
