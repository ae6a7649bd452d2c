import { CelError, allZoneTables, evaluate, fromJson, parseExpression } from "@holdfast/engine";
import type { Expr, Scope, Value } from "@holdfast/engine";
import type { Json } from "@holdfast/model";

/** The tree of a text that is meant to parse. */
export function treeOf(text: string): Expr {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.errors[0]?.message}`);
  return parsed.ast;
}

const zones = allZoneTables();

/** A scope of JSON variables. */
export function scopeOf(variables: Readonly<Record<string, Json>> = {}): Scope {
  return {
    variable: (name) => {
      const json = variables[name];
      return json === undefined ? undefined : fromJson(json);
    },
    zones,
  };
}

/** What a text comes to. */
export function evaluated(
  text: string,
  variables: Readonly<Record<string, Json>> = {},
): Value | CelError {
  return evaluate(treeOf(text), scopeOf(variables));
}

/** The code of the error a text ends in; the value itself when it does not. */
export function codeOf(text: string, variables: Readonly<Record<string, Json>> = {}): unknown {
  const value = evaluated(text, variables);
  return value instanceof CelError ? value.code : value;
}
