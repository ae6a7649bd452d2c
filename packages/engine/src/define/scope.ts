import type { Json, JsonObject } from "@holdfast/model";
import { dynType } from "../cel/type.ts";
import type { CelType, ObjectField } from "../cel/type.ts";
import { schemaType } from "../compile/check/schema-type.ts";
import { commonTypes, outcomeTypes, recordType } from "../compile/check/variable-types.ts";
import { checkUsed } from "./built.ts";
import type { Ledger } from "./built.ts";
import { functionsIn } from "./built-function.ts";
import { termOf } from "./built-term.ts";
import type { ConditionFunctions } from "./condition-function.ts";
import { isDefinition } from "./definition.ts";
import type { Definition } from "./definition.ts";
import type { IsOne, TermOf, TermOfValue } from "./schema-term.ts";
import { identNode } from "./syntax-node.ts";
import type { CelDyn, CelObject } from "./term.ts";
import type { CommonVariables, OutcomeVariables } from "./vocabulary.ts";

/** Where a Tool definition keeps the type of its schema; nothing stands there at run time. */
declare const schemaOf: unique symbol;

/** A Tool, with what its arguments are. */
export interface ToolDefinition<Name extends string = string, Schema = unknown> extends Definition<
  "Tool",
  Name
> {
  readonly [schemaOf]: Schema;
}

/** The same Tool, with the type of its schema: it is in the definition, as data. */
export function withSchema<Name extends string, Schema>(
  made: Definition<"Tool", Name>,
): ToolDefinition<Name, Schema> {
  return made as ToolDefinition<Name, Schema>;
}

/** Tools by definition, name, `server.*` or `*`. */
export type Tools = readonly (string | ToolDefinition)[];

/** The arguments of an action of any of these tools: what all of them declare; dyn when one is only named. */
export type ArgsOf<Matched extends Tools> = Matched extends readonly []
  ? CelDyn
  : [Extract<Matched[number], string>] extends [never]
    ? Shared<SchemaTerm<Matched[number]>>
    : CelDyn;

type SchemaTerm<Tool> =
  Tool extends ToolDefinition<string, infer Schema>
    ? unknown extends Schema
      ? CelDyn
      : TermOf<Schema>
    : never;

/** WHY: of a union of objects only the fields that all have can be read. */
type Shared<Terms> =
  IsOne<Terms> extends true
    ? Terms
    : [Extract<Terms, CelDyn>] extends [never]
      ? CelObject<Pick<Terms, Exclude<keyof Terms, symbol>>>
      : CelDyn;

/** What a condition sees (POLICY.md section 1), and the functions it is built with. */
export type Scope<
  Matched extends Tools = readonly [],
  Phase extends "call" | "result" = "call",
  Params = unknown,
  Variables = unknown,
> = CommonVariables &
  ConditionFunctions & {
    /** the arguments that will really run */
    readonly args: ArgsOf<Matched>;
    /** the arguments before rewriting */
    readonly original: ArgsOf<Matched>;
    /** constants of the policy */
    readonly params: { readonly [Name in keyof Params]: TermOfValue<Params[Name]> };
    /** conditions of the policy by name */
    readonly variables: Variables;
  } & (Phase extends "result" ? OutcomeVariables : unknown);

/** What a scope is made for. */
export interface ScopeParts {
  readonly tools?: readonly (string | Definition)[] | undefined;
  /** whether the action has run */
  readonly ran?: boolean;
  readonly params?: JsonObject | undefined;
  readonly variables?: ReadonlyMap<string, CelType> | undefined;
}

/**
 * What an author wrote over a scope, written down by `write`; anything that is no function is its
 * own result.
 *
 * @throws HoldfastError `definition_invalid` when a condition was built in it and is not used
 */
export function inScope<Result, Written>(
  given: Result | ((scope: never) => Result),
  parts: ScopeParts,
  write: (result: Result) => Written,
): Written {
  if (typeof given !== "function") return write(given);
  const ledger: Ledger = new Set();
  // The types of a scope are its author's view of the terms that are built here.
  const written = write((given as (scope: unknown) => Result)(scopeOf(parts, ledger)));
  checkUsed(ledger);
  return written;
}

function scopeOf(
  { tools = [], ran = false, params, variables }: ScopeParts,
  ledger: Ledger,
): unknown {
  const args = sharedArguments(tools);
  const types: (readonly [string, CelType])[] = [
    ...commonTypes,
    ...(ran ? outcomeTypes : []),
    ["args", args],
    ["original", args],
    ["params", recordType(params ?? {}, "`params`")],
    ["variables", variablesType(variables ?? new Map())],
  ];
  const terms = types.map(
    ([name, type]) => [name, termOf(identNode(name), type, { ledger })] as const,
  );
  return { ...Object.fromEntries(terms), ...functionsIn(ledger) };
}

function variablesType(variables: ReadonlyMap<string, CelType>): CelType {
  const fields = [...variables].map(([name, type]) => [name, { type, optional: false }] as const);
  return { kind: "object", name: "`variables`", fields: new Map(fields) };
}

/** The arguments that every one of the tools declares, dyn where they declare them differently. */
function sharedArguments(tools: readonly (string | Definition)[]): CelType {
  const types = tools.map((tool) => (isDefinition(tool) ? argumentsOf(tool) : dynType));
  const [first, ...others] = types;
  if (first === undefined) return dynType;
  return others.reduce(shared, first);
}

function argumentsOf(tool: Definition): CelType {
  const { schema } = tool.spec;
  if (schema === undefined) return dynType;
  const whole = isObject(schema) ? { type: "object", ...schema } : schema;
  return schemaType(whole, `the arguments of \`${tool.metadata.name}\``);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shared(one: CelType, other: CelType): CelType {
  if (one.kind !== "object" || other.kind !== "object") return dynType;
  const fields = [...one.fields].flatMap(([name, field]): [string, ObjectField][] => {
    const same = other.fields.get(name);
    if (same === undefined) return [];
    const type = same.type.kind === field.type.kind ? field.type : dynType;
    return [[name, { ...field, type }]];
  });
  return {
    kind: "object",
    name: "the arguments that all matched tools have",
    fields: new Map(fields),
  };
}
