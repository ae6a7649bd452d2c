import type { Json, JsonObject } from "@holdfast/model";
import type { PlacedSides } from "../region/policy-region.ts";
import type { CaseWitness } from "./witness.ts";

/** A plain value of each type that a schema names. */
const plainValues: Readonly<Record<string, Json>> = {
  string: "x",
  integer: 1,
  number: 1,
  boolean: false,
  array: [],
  object: {},
};

/** Which arguments to add: those that the schema requires, or all that it declares. */
export type Wanted = "required" | "declared";

/**
 * The witness with arguments of a tool's schema that the search left out, which it does where what
 * becomes of them is not looked into. The engine says whether they fit.
 */
export function completed(
  { given, request }: CaseWitness,
  { place, sides }: PlacedSides,
  wanted: Wanted,
): CaseWitness {
  const args: Record<string, Json> = Object.assign(Object.create(null), request.args);
  for (const { bundle } of sides) {
    const tool = bundle.tools.find((one) => one.server === place.server && one.tool === place.name);
    for (const [name, value] of Object.entries(valuesOf(tool?.schema, wanted))) {
      if (!Object.hasOwn(args, name)) args[name] = value;
    }
  }
  return { given, request: { ...request, args } };
}

function valuesOf(schema: JsonObject | undefined, wanted: Wanted): Readonly<Record<string, Json>> {
  const properties = objectOf(schema?.["properties"]);
  const required = schema?.["required"];
  const found: Record<string, Json> = Object.create(null);
  const names = wanted === "declared" ? Object.keys(properties) : required;
  for (const name of isList(names) ? names : []) {
    if (typeof name !== "string") continue;
    const { type, enum: choices, const: only } = objectOf(properties[name]);
    const [choice] = isList(choices) ? choices : [only];
    found[name] = choice ?? plainValues[typeof type === "string" ? type : ""] ?? "x";
  }
  return found;
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !isList(value) ? value : {};
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
