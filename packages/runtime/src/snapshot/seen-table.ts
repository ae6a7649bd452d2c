import { digestOf } from "@holdfast/model";
import type { RecordOf } from "@holdfast/model";

/** What had entered a session root, as records of decisions tell it. */
export interface SessionSeen {
  /** the last one: index of its observation, and the digest of that one's payload */
  readonly prompt?: { readonly record: number; readonly digest: string };
  /**
   * documents and memory: how many since record `first`, and one digest over all of them: that of
   * the canonical list of the digest before (null at first) and the payload's
   */
  readonly documents?: { readonly count: number; readonly first: number; readonly digest: string };
  /** labels of observations and of results that were let through; sorted */
  readonly taints: readonly string[];
}

/** Session roots that are kept; as many as origins are kept of. */
const rootsMax = 4_096;

/**
 * What each session root has seen. It is folded from the records alone, so it outlives an erasure.
 * Beyond 4,096 roots the one that was touched longest ago is dropped and begins anew, as
 * `documents.first` shows.
 */
export class SeenTable {
  readonly #roots: Map<string, SessionSeen>;

  constructor(image: Iterable<readonly [string, SessionSeen]> = []) {
    this.#roots = new Map(image);
  }

  /** Undefined where nothing is known to have been seen. */
  of(root: string): SessionSeen | undefined {
    return this.#roots.get(root);
  }

  /**
   * Takes an observation in. The digest of a payload is of what is stored, salts and all, so no
   * text can be guessed from it, and it still names the text when that is erased.
   */
  observed(record: number, { session, seen, labels, payload }: RecordOf<"observation">): void {
    const before = this.#roots.get(session.root);
    const taints = union(before?.taints, labels);
    const { digest } = payload;
    if (seen === "prompt") {
      this.#put(session.root, { ...before, prompt: { record, digest }, taints });
      return;
    }
    const { count, first, digest: chain } = before?.documents ?? { count: 0, first: record };
    const documents = { count: count + 1, first, digest: digestOf([chain ?? null, digest]) };
    this.#put(session.root, { ...before, documents, taints });
  }

  /** Takes in what a result that was let through carries. */
  released(root: string, labels: readonly string[]): void {
    const before = this.#roots.get(root);
    if (labels.every((label) => before?.taints.includes(label))) return;
    this.#put(root, { ...before, taints: union(before?.taints, labels) });
  }

  image(): readonly (readonly [string, SessionSeen])[] {
    return [...this.#roots];
  }

  #put(root: string, seen: SessionSeen): void {
    this.#roots.delete(root);
    this.#roots.set(root, seen);
    if (this.#roots.size <= rootsMax) return;
    const [oldest] = this.#roots.keys();
    if (oldest !== undefined) this.#roots.delete(oldest);
  }
}

function union(before: readonly string[] = [], labels: readonly string[]): readonly string[] {
  return [...new Set([...before, ...labels])].sort();
}
