import type { FactSubject, FactTool } from "@holdfast/facts";
import type { FactAnswer, Facts, Json, JsonObject } from "@holdfast/model";
import type { Chance } from "../engine-fuzz/chance.ts";

/** What a tool says, as it is kept in a case. */
export interface StatedTool {
  readonly arguments: FactTool["arguments"];
  readonly root?: string;
}

/** One input of a target; plain JSON, so that one that fails is kept as it is. */
export interface FuzzInput {
  readonly tool: StatedTool;
  readonly args: JsonObject;
  readonly result?: Json;
  /** the same call written otherwise, and which law of the target says how the facts compare */
  readonly variants: readonly Variant[];
  /** what whoever made the input knows of its facts */
  readonly known?: Json;
}

export interface Variant {
  readonly law: string;
  readonly args: JsonObject;
}

/**
 * Compares the facts of an input with those of a variant of it; what is wrong, or `undefined`.
 * Where one of them is an answer about limits, a law says nothing.
 */
export type Law = (facts: Facts, varied: Facts) => string | undefined;

/** A kind of input and what holds for its facts, beside what holds for all ({@link examine}). */
export interface FuzzTarget {
  readonly name: string;
  readonly names: FactSubject["names"];
  readonly make: (chance: Chance) => FuzzInput;
  readonly laws: Readonly<Record<string, Law>>;
  /** what holds for the facts of one input alone; what is wrong, or `undefined` */
  readonly check?: (input: FuzzInput, facts: Facts) => string | undefined;
}

/** The value of an answer; `undefined` for an error. */
export function valueOf(answer: FactAnswer | undefined): Json | undefined {
  return answer !== undefined && "value" in answer ? answer.value : undefined;
}

/** The code of an error; `undefined` for a value. */
export function codeOf(answer: FactAnswer | undefined): string | undefined {
  return answer !== undefined && "error" in answer ? answer.error.code : undefined;
}

/** Whether a value is a JSON object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
