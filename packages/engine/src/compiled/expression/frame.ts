import type { JsonObject } from "@holdfast/model";
import type { Expr } from "../../cel/syntax.ts";
import type { Workbench } from "../function/family.ts";
import type { Result, Value } from "../value/value.ts";

/**
 * What one evaluation runs in: what the host put there for its names, and the slots of names
 * that macros bind. One frame serves nested evaluations, which use other slots.
 */
export interface Frame<Host> {
  readonly host: Host;
  readonly bench: Workbench;
  readonly slots: Result[];
}

/** A compiled part of an expression. May throw `LimitReached`. */
export type Step<Host> = (frame: Frame<Host>) => Result;

/** A function of the host: its arguments have been evaluated. */
export type HostCall<Host> = (frame: Frame<Host>, args: readonly Value[]) => Result;

/**
 * The names that expressions of one kind may use; asked while compiling, never while evaluating.
 */
export interface Names<Host> {
  /** a variable; `undefined`: there is none of that name */
  variable(name: string): Step<Host> | undefined;
  /**
   * A dotted name that is one variable, the longest asked first and before `variable`. What it
   * compiles to may answer `undefined`: then the name is field selection after all.
   */
  qualified(
    name: string,
    absolute: boolean,
  ): ((frame: Frame<Host>) => Result | undefined) | undefined;
  call(name: string): HostCall<Host> | undefined;
  /** A map of JSON that a variable is in most frames; the step answers `undefined` in others. */
  json?(variable: string): ((frame: Frame<Host>) => JsonObject | undefined) | undefined;
  /**
   * Where what a call comes to is kept for all expressions that write the same call; `undefined` for a call that is
   * not kept, or whose value depends on more than the names that all of them share.
   */
  kept?(call: Expr): ((frame: Frame<Host>) => KeptCalls) | undefined;
}

/** What calls came to that were evaluated already, by their text, and what they were charged besides their parts. */
export type KeptCalls = Map<string, { readonly value: Value; readonly steps: number }>;

/** Where names bound by macros lie: the slot of each in force, the innermost of equal ones. */
export type Bound = ReadonlyMap<string, number>;
