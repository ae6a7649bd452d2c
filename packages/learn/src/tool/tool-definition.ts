import { HoldfastError } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";

/** One argument as a tool's definition tells of it. */
export interface ArgumentDefinition {
  readonly name: string;
  readonly isList: boolean;
  /** takes a text, a number or a truth value and nothing else; absent: it may take anything */
  readonly isPlain?: boolean;
}

/** What a tool says of itself: a hint for people, and never a ground to allow. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly arguments: readonly ArgumentDefinition[];
}

/**
 * Reads a definition as MCP servers (`inputSchema`) and LLM APIs (`parameters`, `input_schema`) give it.
 *
 * @throws HoldfastError `tool_definition` for what has no name
 */
export function readToolDefinition(json: Json): ToolDefinition {
  const form = objectOf(json);
  const { name, description } = form;
  if (typeof name !== "string" || name === "") {
    throw new HoldfastError("tool_definition", "a tool definition has no `name`");
  }
  const schema = objectOf(form["inputSchema"] ?? form["parameters"] ?? form["input_schema"]);
  const properties = objectOf(schema["properties"]);
  return {
    name,
    description: typeof description === "string" ? description : "",
    arguments: Object.keys(properties)
      .sort()
      .map((each) => {
        const taken = objectOf(properties[each]);
        return { name: each, isList: takesList(taken), isPlain: isPlain(taken) };
      }),
  };
}

/** Whether a schema, or an alternative of it, is of a list. */
function takesList(schema: JsonObject): boolean {
  const { type, anyOf, oneOf } = schema;
  if (type === "array" || (isList(type) && type.includes("array"))) return true;
  const alternatives = [anyOf, oneOf].flatMap((each) => (isList(each) ? each : []));
  return alternatives.some((each) => takesList(objectOf(each)));
}

const plainKinds: ReadonlySet<Json> = new Set<Json>([
  "string",
  "number",
  "integer",
  "boolean",
  "null",
]);

/** Whether a schema says of all that it takes that it is neither a list nor a structure. */
function isPlain({ type, anyOf, oneOf }: JsonObject): boolean {
  const isPlainKind = (kind: Json): boolean => plainKinds.has(kind);
  if (type !== undefined) return isList(type) ? type.every(isPlainKind) : isPlainKind(type);
  const alternatives = [anyOf, oneOf].flatMap((each) => (isList(each) ? each : []));
  return alternatives.length > 0 && alternatives.every((each) => isPlain(objectOf(each)));
}

function objectOf(json: Json | undefined): JsonObject {
  return typeof json === "object" && json !== null && !isList(json) ? json : {};
}

function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}
