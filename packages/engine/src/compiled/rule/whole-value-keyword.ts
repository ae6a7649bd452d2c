import { canonicalJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import type { FuncKeywordDefinition } from "ajv/dist/2020.js";
import type { DataValidateFunction } from "ajv/dist/types/index.js";

type Keyword = FuncKeywordDefinition & { readonly keyword: string };

/**
 * `uniqueItems`, `const` and `enum` by canonical JSON: ajv's own compare every pair of items and
 * call methods that objects without a prototype do not have. The messages are those of ajv.
 */
export const wholeValueKeywords: readonly Keyword[] = [
  {
    keyword: "uniqueItems",
    type: "array",
    schemaType: "boolean",
    compile: (wanted: boolean) => demand("uniqueItems", wanted ? repeated : () => undefined),
  },
  {
    keyword: "const",
    compile: (constant: Json) =>
      demand("const", unless(new Set([formOf(constant)]), "must be equal to constant")),
  },
  {
    keyword: "enum",
    schemaType: "array",
    compile: (values: readonly Json[]) => {
      const words = "must be equal to one of the allowed values";
      return demand("enum", unless(new Set(values.map(formOf)), words));
    },
  },
];

function demand(
  keyword: string,
  misfit: (value: Json) => string | undefined,
): DataValidateFunction {
  const validate: DataValidateFunction = (value: Json) => {
    const message = misfit(value);
    if (message === undefined) return true;
    validate.errors = [{ keyword, message, params: {} }];
    return false;
  };
  return validate;
}

/** Scalars stand for themselves; objects and lists for their canonical text. */
function formOf(value: Json): Json {
  return typeof value === "object" && value !== null ? `\0${canonicalJson(value)}` : value;
}

function unless(forms: ReadonlySet<Json>, words: string): (value: Json) => string | undefined {
  return (value) => (forms.has(formOf(value)) ? undefined : words);
}

function repeated(items: Json): string | undefined {
  if (!Array.isArray(items)) return undefined;
  const first = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const text = canonicalJson(item);
    const earlier = first.get(text);
    if (earlier !== undefined) {
      return `must NOT have duplicate items (items ## ${earlier} and ${index} are identical)`;
    }
    first.set(text, index);
  }
  return undefined;
}
