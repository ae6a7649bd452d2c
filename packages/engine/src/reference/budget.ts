import { CelError } from "./cel-error.ts";

/** The most steps one evaluation takes: a node of the expression visited is a step. */
const stepsMax = 1_000_000;
/** The longest string (UTF-16 units) or bytes that evaluation makes; lists, a sixteenth of it. */
const sizeMax = 16 * 1024 * 1024;
/** The deepest nesting of evaluation and of compared values. */
const depthMax = 1_000;

/** Thrown inside evaluation alone, to end it whole: a spent budget is not absorbed by `||`. */
export class LimitReached extends Error {
  readonly error: CelError;

  constructor(message: string) {
    super(message);
    this.error = new CelError("limit", message);
  }
}

/**
 * What one evaluation may still spend. Steps pay for nodes visited and for the sizes that
 * functions walk over, so that no expression runs longer than a constant times `stepsMax`.
 */
export class Budget {
  #steps = stepsMax;
  #depth = 0;

  /** @throws LimitReached when the steps are spent */
  spend(steps: number): void {
    this.#steps -= steps;
    if (this.#steps < 0) {
      throw new LimitReached(`the evaluation takes more than ${stepsMax} steps`);
    }
  }

  /**
   * Pays for walking over, or making, `size` units of text or bytes, 256 to the step.
   * @throws LimitReached when `size` is beyond `sizeMax` or the steps are spent
   */
  walk(size: number): void {
    if (size > sizeMax) {
      throw new LimitReached(`a value of the evaluation is larger than ${sizeMax} units`);
    }
    this.spend(Math.floor(size / 256));
  }

  /**
   * Pays for looking for `part` units in `size` units, which can take the product of both.
   * @throws LimitReached as `walk`
   */
  search(size: number, part: number): void {
    this.walk(size);
    this.spend(Math.floor((size * part) / 4_096));
  }

  /**
   * Pays for making a list or map of `count` parts; a part counts as 16 units of text.
   * @throws LimitReached as `walk`
   */
  gather(count: number): void {
    this.walk(count * 16);
  }

  /** @throws LimitReached when nested beyond `depthMax` */
  enter(): void {
    this.#depth += 1;
    if (this.#depth > depthMax) {
      throw new LimitReached(`the evaluation is nested more than ${depthMax} deep`);
    }
  }

  leave(): void {
    this.#depth -= 1;
  }
}
