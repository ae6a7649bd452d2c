import type { Tree } from "./syntax-tree.ts";
import { textIn } from "./syntax-tree.ts";

/** A name as it stands in a fact: in quotes where a dot or a quote in it would deceive. */
function written(name: string): string {
  return /^[^."\s]+$/u.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/**
 * `schema.table`. A table without a schema lies in `public`, or in `pg_catalog` when its name begins
 * with `pg_`: the catalog comes first on every search path.
 */
export function tableName(parts: readonly string[]): string {
  const [only = ""] = parts;
  const whole = parts.length > 1 ? parts : [only.startsWith("pg_") ? "pg_catalog" : "public", only];
  return whole.map(written).join(".");
}

/** The name of what a `RangeVar` says. */
export function relationName(relation: Tree): string {
  const parts = ["catalogname", "schemaname", "relname"].map((field) => textIn(relation, field));
  return tableName(parts.filter((part) => part !== ""));
}

/** The name of a function, type or operator; those of `pg_catalog` have no schema. */
export function routineName(parts: readonly string[]): string {
  const own = parts.length === 2 && parts[0] === "pg_catalog" ? parts.slice(1) : parts;
  return own.map(written).join(".");
}
