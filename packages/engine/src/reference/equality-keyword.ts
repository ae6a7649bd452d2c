import { canonicalJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import type { DataValidateFunction } from "ajv/dist/types/index.js";
import type { FuncKeywordDefinition } from "ajv/dist/2020.js";

/** Says why a value does not fit; undefined when it does. */
type Misfit = (value: Json) => Found | undefined;

interface Found {
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * The keywords that compare whole values, `uniqueItems`, `const` and `enum`, by canonical JSON.
 * WHY: ajv's own compare every pair of items, and call methods that objects without a prototype
 * do not have. Messages and parameters are those of ajv; time is linear in the value.
 */
export const equalityKeywords: readonly (FuncKeywordDefinition & { readonly keyword: string })[] = [
  {
    keyword: "uniqueItems",
    type: "array",
    schemaType: "boolean",
    compile: (wanted: boolean) => check("uniqueItems", wanted ? repeated : () => undefined),
  },
  {
    keyword: "const",
    compile: (constant: Json) => {
      const equals = equalTo([constant]);
      const misfit = { message: "must be equal to constant", params: { allowedValue: constant } };
      return check("const", (value) => (equals(value) ? undefined : misfit));
    },
  },
  {
    keyword: "enum",
    schemaType: "array",
    compile: (values: readonly Json[]) => {
      const equals = equalTo(values);
      const message = "must be equal to one of the allowed values";
      const misfit = { message, params: { allowedValues: values } };
      return check("enum", (value) => (equals(value) ? undefined : misfit));
    },
  },
];

function check(keyword: string, misfit: Misfit): DataValidateFunction {
  const validate: DataValidateFunction = (value: Json) => {
    const found = misfit(value);
    if (found === undefined) return true;
    validate.errors = [{ keyword, message: found.message, params: { ...found.params } }];
    return false;
  };
  return validate;
}

/** Whether a value is one of `values`; only objects and lists are written out to be compared. */
function equalTo(values: readonly Json[]): (value: Json) => boolean {
  const scalars = new Set<Json>(values.filter((value) => !isCompound(value)));
  const compounds = new Set(values.filter(isCompound).map((value) => canonicalJson(value)));
  return (value) =>
    isCompound(value)
      ? compounds.size > 0 && compounds.has(canonicalJson(value))
      : scalars.has(value);
}

function isCompound(value: Json): boolean {
  return typeof value === "object" && value !== null;
}

function repeated(items: Json): Found | undefined {
  if (!Array.isArray(items)) return undefined;
  const first = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const text = canonicalJson(item);
    const earlier = first.get(text);
    if (earlier !== undefined) {
      const message = `must NOT have duplicate items (items ## ${earlier} and ${index} are identical)`;
      return { message, params: { i: index, j: earlier } };
    }
    first.set(text, index);
  }
  return undefined;
}
