import type { JsonObject } from "./log-text.ts";

/** Which legal holds are in force as records are passed: under one nothing may be taken away. */
export class HoldWatch {
  readonly #names = new Set<string>();

  /** Takes the next record; what is wrong where it takes away what a hold was to keep. */
  take({ kind, name, change }: JsonObject): string | undefined {
    if (kind === "hold" && typeof name === "string") {
      if (change === "placed") this.#names.add(name);
      else if (change === "released") this.#names.delete(name);
      return undefined;
    }
    const verb = kind === "pruned" ? "prunes" : kind === "erasure" ? "erases" : undefined;
    if (verb === undefined || this.#names.size === 0) return undefined;
    return `${verb} while the hold \`${[...this.#names].join("`, `")}\` is in force`;
  }
}
