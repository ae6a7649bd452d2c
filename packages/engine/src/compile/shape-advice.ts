import { z } from "zod";
import { nearestName } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { didYouMean } from "./report.ts";
import { keysAt, schemasAt } from "./shape-keys.ts";
import type { Path, YamlDocument } from "./yaml-document.ts";

/** A document and what it should be. */
interface Site {
  readonly schema: z.ZodType;
  readonly document: YamlDocument;
}

/** What stands at a path of a document; undefined where it ends early. */
export function valueAt(document: YamlDocument, path: Path): Json | undefined {
  let value: Json | undefined = document.value;
  for (const step of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.entries(value).find(([key]) => key === String(step))?.[1];
  }
  return value;
}

/** Without the key that says which form a map has, its other keys are told nowhere else. */
export function misspelt(key: string, above: Path, { schema, document }: Site): string | undefined {
  const { here, elsewhere } = keysAt(schema, above, document.value);
  const found = valueAt(document, above);
  if (here.includes(key) || typeof found !== "object" || found === null) return undefined;
  const odd = Object.keys(found).filter((each) => !here.includes(each) && !elsewhere.has(each));
  const near = odd.find((each) => nearestName(each, [key]) === key);
  return near === undefined ? undefined : `\`${near}\` stands here; write \`${key}\``;
}

/** Words of other policy languages, for what is called otherwise here. */
const otherWords: Readonly<Record<string, string>> = { if: "when", condition: "when", name: "id" };

/** The possible key that an unknown one most likely means, as a question. */
export function meantKey(key: string, here: readonly string[]): string | undefined {
  const word = Object.hasOwn(otherWords, key) ? otherWords[key] : undefined;
  const known = word !== undefined && here.includes(word);
  return didYouMean(known ? word : nearestName(key, here));
}

/** A key at the top of a document that is one of its `spec` has lost its indentation. */
export function belowSpec(key: string, path: Path, { schema, document }: Site): string | undefined {
  if (path.length > 0) return undefined;
  const { here, elsewhere } = keysAt(schema, ["spec"], document.value);
  if (!here.includes(key) && !elsewhere.has(key)) return undefined;
  return "it belongs below `spec`: indent it by two columns";
}

/** The same value in the form that is wanted, when that form would fit. */
export function typeAdvice(
  expected: string,
  path: Path,
  { schema, document }: Site,
): string | undefined {
  const found = valueAt(document, path);
  if (found === undefined || found === null || typeof found === "object") return undefined;
  const text = String(found);
  const plain = /^[\w.:/-]+$/u.test(text) ? text : JSON.stringify(text);
  const forms = schemasAt(schema, path, document.value);
  const fits = (value: Json): boolean => forms.some((form) => z.safeParse(form, value).success);
  if (expected === "array" && fits([found])) return `write a list: \`[${plain}]\``;
  if (expected === "string" && fits(text)) return `put it in quotes: \`"${text}"\``;
  if (expected === "string" && fits(`${text}m`))
    return `name the unit: \`${text}s\`, \`${text}m\`, …`;
  const number = typeof found === "string" && text.trim() !== "" ? Number(text) : Number.NaN;
  if (/^(?:int|number)$/u.test(expected) && fits(number))
    return `leave out the quotes: \`${number}\``;
  return undefined;
}
