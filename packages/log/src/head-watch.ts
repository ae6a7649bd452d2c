import type { ScannedGroup } from "./segment-scan.ts";
import { Frontier, headOf } from "./tree.ts";

/** Notes the root of a log at certain sizes while its groups pass in order. */
export class HeadWatch {
  /** still to come, smallest first */
  readonly #sizes: number[];
  readonly #roots = new Map<number, string>();

  constructor(sizes: readonly number[]) {
    this.#sizes = [...new Set(sizes)].sort((a, b) => a - b);
    if (this.#sizes[0] === 0) this.#note(new Frontier());
  }

  /** Whether a group after which the log has so many records tells anything; otherwise it need not pass. */
  isDue(size: number): boolean {
    const [next] = this.#sizes;
    return next !== undefined && next <= size;
  }

  pass({ before, after, leaves }: Pick<ScannedGroup, "before" | "after" | "leaves">): void {
    let frontier = before.frontier;
    for (let size = this.#sizes[0]; size !== undefined; [size] = this.#sizes) {
      if (size < frontier.size) {
        // Before the first group that passed: nothing is known of it.
        this.#sizes.shift();
        continue;
      }
      if (size > after.frontier.size) return;
      if (size === after.frontier.size) frontier = after.frontier;
      else if (size > frontier.size) {
        const from = frontier.size - before.frontier.size;
        frontier = frontier.copy();
        for (const leaf of leaves.slice(from, size - before.frontier.size)) frontier.push(leaf);
      }
      this.#note(frontier);
    }
  }

  /** The root at a size asked for; undefined when no group that passed told it. */
  rootAt(size: number): string | undefined {
    return this.#roots.get(size);
  }

  #note(frontier: Frontier): void {
    this.#roots.set(frontier.size, headOf(frontier).root);
    this.#sizes.shift();
  }
}
