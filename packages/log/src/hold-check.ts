/**
 * Holds what was taken away to the legal holds in force: who prunes or erases has the log's key, and a
 * checkpoint vouches for its records like for any other.
 */
export class HoldCheck {
  readonly #inForce = new Set<string>();

  /**
   * Takes the body of each record of kind `hold`, `pruned` or `erasure`, in their order.
   *
   * @returns what is wrong with it; undefined when nothing is
   */
  take(record: object): string | undefined {
    const { kind, name, change } = record as Record<string, unknown>;
    if (kind === "hold" && typeof name === "string") {
      if (change === "placed") this.#inForce.add(name);
      if (change === "released") this.#inForce.delete(name);
    }
    const [first] = this.#inForce;
    if (first === undefined || (kind !== "pruned" && kind !== "erasure")) return undefined;
    const what = kind === "pruned" ? "prunes" : "erases";
    return `${what} while the hold \`${first}\` is in force`;
  }
}
