import { z } from "zod";
import { canonicalJson, quoted, sortedKeys } from "./canonical-json.ts";
import type { JsonLike } from "./json.ts";
import { planOf } from "./schema-plan.ts";
import type { Plan } from "./schema-plan.ts";

/**
 * Checks a value and writes it in one go: gives the canonical text (RFC 8785) of what the schema makes
 * of it. Undefined where the value is wrong, or where only the schema can tell; then it has to be
 * asked, which is slower, and says why. Each member is read once, so what is checked is written.
 *
 * @throws HoldfastError as `canonicalJson`
 */
export function canonicalWriter(schema: z.ZodType): (value: unknown) => string | undefined {
  const plan = planOf(schema);
  return (value) => write(plan, value);
}

function write(plan: Plan, value: unknown): string | undefined {
  switch (plan.form) {
    case "text":
      return typeof value === "string" && isText(plan, value) ? quoted(value) : undefined;
    case "number":
      return isNumber(plan, value) ? String(value) : undefined;
    case "flag":
      return typeof value === "boolean" ? String(value) : undefined;
    case "named":
      return plan.names.get(value);
    case "list":
      return Array.isArray(value) ? writeList(plan, value) : undefined;
    case "object":
      return isPlainObject(value) ? writeObject(plan, value) : undefined;
    case "map":
      return isPlainObject(value) ? writeMap(plan, value) : undefined;
    case "choice": {
      const chosen = isPlainObject(value) ? plan.options.get(value[plan.by]) : undefined;
      return chosen && write(chosen, value);
    }
    case "other": {
      const parsed = z.safeParse(plan.schema, value);
      return parsed.success ? canonicalJson(parsed.data as JsonLike) : undefined;
    }
  }
}

function isText({ min, max, pattern }: Plan, text: string): boolean {
  const { length } = text;
  return length >= min && length <= max && (pattern === undefined || pattern.test(text));
}

function isNumber({ min, max, isWhole }: Plan, value: unknown): boolean {
  if (typeof value !== "number" || value < min || value > max) return false;
  return isWhole ? Number.isSafeInteger(value) : Number.isFinite(value);
}

function writeList({ min, max, inner }: Plan, list: readonly unknown[]): string | undefined {
  if (list.length < min || list.length > max || inner === undefined) return undefined;
  let text = "";
  for (let at = 0; at < list.length; at += 1) {
    const element = write(inner, list[at]);
    if (element === undefined) return undefined;
    text += at === 0 ? element : `,${element}`;
  }
  return `[${text}]`;
}

function writeObject(
  { fields }: Plan,
  value: Readonly<Record<string, unknown>>,
): string | undefined {
  let text = "";
  let known = 0;
  let absent = 0;
  for (let at = 0; at < fields.length; at += 1) {
    const field = fields[at];
    if (field === undefined) return undefined;
    const member = value[field.name];
    if (member === undefined) {
      if (!field.isOptional) return undefined;
      if (Object.hasOwn(value, field.name)) absent += 1;
      continue;
    }
    const written = write(field.plan, member);
    if (written === undefined) return undefined;
    text += (known === 0 ? field.first : field.next) + written;
    known += 1;
  }
  return Object.keys(value).length === known + absent ? `{${text}}` : undefined;
}

function writeMap(
  { key, inner }: Plan,
  value: Readonly<Record<string, unknown>>,
): string | undefined {
  if (key === undefined || inner === undefined) return undefined;
  let text = "";
  for (const name of sortedKeys(value)) {
    // The schema leaves it out.
    if (name === "__proto__" || !isText(key, name)) return undefined;
    const member = write(inner, value[name]);
    if (member === undefined) return undefined;
    text += `${text === "" ? "" : ","}${quoted(name)}:${member}`;
  }
  return `{${text}}`;
}

/** An object of no class, and no list: it inherits nothing but what all do. */
function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
