import { factNames } from "@holdfast/model";
import type { FactAnswer, FactErrorCode, FactName, Facts, Json, JsonObject } from "@holdfast/model";
import type { CelType } from "../cel/type.ts";
import { factTypes } from "../compile/check/variable-types.ts";
import type { Tool } from "../document/kinds.ts";
import type { DecisionInput, Engine } from "../engine.ts";

/** What facts are wanted of: an action of a tool, in phase `result` with what it gave. */
export interface FactSubject {
  /** `undefined`: no document describes the tool, so that only its result has facts */
  readonly tool: Tool | undefined;
  readonly args: JsonObject;
  readonly result?: Json;
  /** the facts that are wanted, in the order of `factNames` */
  readonly names: readonly FactName[];
}

/**
 * Computes facts. **Contract:** pure and total; an answer for every name asked, an error where there
 * is no value. Paths are seen from `tool.root`.
 */
export type FactReader = (subject: FactSubject) => Facts;

/** Facts as a PolicyTest case states them: a value, of which what is left out is nothing, or `{error: CODE}`. */
export type StatedFacts = Readonly<Partial<Record<FactName, Json>>>;

/** An input with its facts, and the names of those that nobody knows. */
export interface FactsGathered {
  readonly input: DecisionInput;
  /** needed, not stated, and not read */
  readonly missing: readonly FactName[];
}

/**
 * Gathers what a decision on an input needs: what is stated, at every stage alike, and the rest from
 * the reader.
 */
export function gatherFacts(
  engine: Engine,
  input: DecisionInput,
  stated: StatedFacts | undefined,
  reader: FactReader | undefined,
): FactsGathered {
  const known = answersOf(stated ?? {});
  const names = engine.factsNeeded(input).filter((name) => known[name] === undefined);
  if (names.length === 0 && stated === undefined) return { input, missing: [] };
  const { tool, args, result } = input.request;
  const document = engine.bundle.tools.find(({ name }) => name === `${tool.server}.${tool.name}`);
  const factsOf = (of: { readonly args: JsonObject; readonly result?: Json }): Facts => {
    const read = names.length === 0 ? {} : (reader?.({ tool: document, names, ...of }) ?? {});
    return { ...read, ...known };
  };
  const original = factsOf(result === undefined ? { args } : { args, result });
  const asked = { ...input, facts: { original } };
  const { decided, observed } = engine.rewritten(asked);
  const facts = {
    original,
    ...(decided === undefined ? {} : { decided: factsOf(decided) }),
    ...(observed === undefined ? {} : { observed: factsOf(observed) }),
  };
  return { input: { ...input, facts }, missing: reader === undefined ? names : [] };
}

function answersOf(stated: StatedFacts): Facts {
  const answers: Partial<Record<FactName, FactAnswer>> = {};
  for (const name of factNames) {
    const json = stated[name];
    const type = factTypes.get(name);
    if (json === undefined || type === undefined) continue;
    const code = errorStated(json);
    answers[name] =
      code === undefined
        ? { value: filled(json, type) }
        : { error: { code, reason: "as the test states" } };
  }
  return answers;
}

/** The code in `{error: CODE}`; `undefined` for a value. */
function errorStated(json: Json): FactErrorCode | undefined {
  const code = isObject(json) && Object.keys(json).length === 1 ? json["error"] : undefined;
  return typeof code === "string" ? (code as FactErrorCode) : undefined;
}

/** A stated value with what its records leave out: nothing found, nothing done, nothing there. */
function filled(json: Json, type: CelType): Json {
  if (type.kind === "list" && isList(json)) return json.map((item) => filled(item, type.element));
  if (type.kind === "nullable" && json !== null) return filled(json, type.of);
  if (type.kind !== "object" || !isObject(json)) return json;
  const members: Record<string, Json> = Object.assign(Object.create(null), json);
  for (const [name, field] of type.fields) {
    const member = json[name];
    if (member !== undefined) members[name] = filled(member, field.type);
    else if (!field.optional) members[name] = emptyOf(field.type);
  }
  return members;
}

function emptyOf(type: CelType): Json {
  if (type.kind === "bool") return false;
  if (type.kind === "int") return 0;
  if (type.kind === "string") return "";
  if (type.kind === "list") return [];
  if (type.kind === "map") return {};
  return type.kind === "object" ? filled({}, type) : null;
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

function isObject(json: Json): json is JsonObject {
  return typeof json === "object" && json !== null && !isList(json);
}
