import type { KeyRun } from "./key-run.ts";
import { keyOf } from "./run-layout.ts";
import type { IdKind } from "./run-layout.ts";

/** Ids that left memory: in runs on disk, each id in one of them. */
export class Archive {
  #runs: readonly KeyRun[] = [];
  #last: { readonly kind: IdKind; readonly id: string; readonly key: Buffer } | undefined;

  get runs(): readonly KeyRun[] {
    return this.#runs;
  }

  /** How many ids there are. */
  get count(): number {
    return this.#runs.reduce((count, run) => count + run.count, 0);
  }

  /** @throws Error when a run cannot be read any more */
  find(kind: IdKind, id: string): Buffer | undefined {
    if (this.#runs.length === 0) return undefined;
    const key = this.#keyOf(kind, id);
    for (const run of this.#runs) {
      const found = run.find(key);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Takes other runs, which hold all that the ones before held; those left out are closed. */
  replace(runs: readonly KeyRun[]): void {
    const left = this.#runs.filter((run) => !runs.includes(run));
    this.#runs = runs;
    for (const run of left) run.close();
  }

  close(): void {
    this.replace([]);
  }

  /** One id is mostly asked for twice in a row. */
  #keyOf(kind: IdKind, id: string): Buffer {
    const last = this.#last;
    if (last?.id === id && last.kind === kind) return last.key;
    const key = keyOf(kind, id);
    this.#last = { kind, id, key };
    return key;
  }
}
