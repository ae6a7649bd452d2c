import type { RulePlan } from "../rule/program.ts";
import { Emitter } from "./emitter.ts";
import type { Quick } from "./quick.ts";

/** A condition as generated code; gives one of the four answers. */
export type Shape = (
  s: Quick,
  numbers: Float64Array,
  n: number,
  references: readonly unknown[],
  r: number,
) => number;

/** The shape of a rule that closures judge, and of one that has no condition. */
const byClosures = -1;
export const always = -2;

/**
 * The conditions of all rules as few functions: those that differ only in constants share one,
 * and each rule has its constants in two pools.
 */
export class ShapeTable {
  readonly shapes: readonly Shape[];
  /** for each rule its shape, or one of the two above */
  readonly ofRule: Int32Array;
  readonly numberAt: Int32Array;
  readonly referenceAt: Int32Array;
  readonly numbers: Float64Array;
  readonly references: readonly unknown[];

  constructor(rules: readonly RulePlan[], generates: boolean) {
    const shapes: Shape[] = [];
    const known = new Map<string, number>();
    const numbers: number[] = [];
    const references: unknown[] = [];
    this.ofRule = new Int32Array(rules.length).fill(byClosures);
    this.numberAt = new Int32Array(rules.length);
    this.referenceAt = new Int32Array(rules.length);
    for (const { index, rule, plan } of rules) {
      if (rule.when === undefined) this.ofRule[index] = always;
      const emitted =
        rule.when === undefined || !generates ? undefined : Emitter.emit(rule.when.ast, plan);
      if (emitted === undefined) continue;
      let shape = known.get(emitted.text);
      if (shape === undefined) {
        shape = shapes.length;
        shapes.push(made(emitted.text));
        known.set(emitted.text, shape);
      }
      this.ofRule[index] = shape;
      this.numberAt[index] = numbers.length;
      this.referenceAt[index] = references.length;
      for (const number of emitted.constants.numbers) numbers.push(number);
      for (const reference of emitted.constants.references) references.push(reference);
    }
    this.shapes = shapes;
    this.numbers = Float64Array.from(numbers);
    this.references = references;
  }
}

function made(text: string): Shape {
  // oxlint-disable-next-line no-implied-eval, no-new-func -- the text holds no text of a policy but field names as JSON
  return new Function("s", "N", "n", "R", "r", `"use strict";${text}`) as Shape;
}
