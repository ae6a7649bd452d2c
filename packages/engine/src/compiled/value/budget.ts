import { LimitReached } from "./failure.ts";

const stepsMax = 1_000_000;
const sizeMax = 16 * 1024 * 1024;
const depthMax = 1_000;

/**
 * What an evaluation may spend: steps for the parts it visits and the sizes it walks over. One
 * budget serves evaluations inside each other, each of which starts anew.
 */
export class Budget {
  #steps = stepsMax;
  #depth = 0;
  /** steps and depth in turns */
  readonly #around: number[] = [];

  /** Runs `body` with a full budget, and gives back what the evaluation around it had left. */
  anew<T>(body: () => T): T {
    const steps = this.#steps;
    const depth = this.#depth;
    this.#steps = stepsMax;
    this.#depth = 0;
    try {
      return body();
    } finally {
      this.#steps = steps;
      this.#depth = depth;
    }
  }

  /** As `anew` begins, and so deep already; `end` gives back what the evaluation around had left. */
  begin(depth: number): void {
    this.#around.push(this.#steps, this.#depth);
    this.#steps = stepsMax;
    this.#depth = depth;
  }

  /** Ends what `begin` has begun last. */
  end(): void {
    this.#depth = this.#around.pop() ?? 0;
    this.#steps = this.#around.pop() ?? 0;
  }

  /** Steps that are left. */
  get left(): number {
    return this.#steps;
  }

  /** @throws LimitReached when the steps are spent */
  spend(steps: number): void {
    this.#steps -= steps;
    if (this.#steps < 0) {
      throw new LimitReached(`the evaluation takes more than ${stepsMax} steps`);
    }
  }

  /** Pays for `size` units of text or bytes. @throws LimitReached when that is too much */
  walk(size: number): void {
    if (size > sizeMax) {
      throw new LimitReached(`a value of the evaluation is larger than ${sizeMax} units`);
    }
    this.spend(Math.floor(size / 256));
  }

  /** Pays for looking for `part` units in `size` units. @throws LimitReached as `walk` */
  search(size: number, part: number): void {
    this.walk(size);
    this.spend(Math.floor((size * part) / 4_096));
  }

  /** Pays for a list or map of `count` parts. @throws LimitReached as `walk` */
  gather(count: number): void {
    this.walk(count * 16);
  }

  /** @throws LimitReached when nested too deep */
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
