/** What was read again from the archive is kept at hand for so many ids. */
const againMax = 4_096;

/**
 * Values by id, of which the older ones may have left memory. Values leave in two steps, so that
 * each is found at any time: they are written down, and only when that is durable forgotten.
 */
export class KeptMap<T> {
  #recent = new Map<string, T>();
  #leaving: ReadonlyMap<string, T> | undefined;
  readonly #again = new Map<string, T>();
  #past: (id: string) => T | undefined = () => undefined;

  /** From here on what left is asked of `past`. */
  readPast(past: (id: string) => T | undefined): void {
    this.#past = past;
  }

  /** As `get`, of what is in memory. */
  held(id: string): T | undefined {
    return this.#recent.get(id) ?? this.#leaving?.get(id) ?? this.#again.get(id);
  }

  get(id: string): T | undefined {
    const held = this.held(id);
    if (held !== undefined) return held;
    const found = this.#past(id);
    if (found === undefined) return undefined;
    if (this.#again.size >= againMax) this.#again.clear();
    this.#again.set(id, found);
    return found;
  }

  set(id: string, value: T): void {
    this.#recent.set(id, value);
  }

  /** What is to leave: all that is held now. It is answered until `left`. */
  leave(): ReadonlyMap<string, T> {
    if (this.#leaving !== undefined) throw new Error("what left before is not settled");
    this.#leaving = this.#recent;
    this.#recent = new Map();
    return this.#leaving;
  }

  /** Ends what `leave` began: `past` knows it now, or it stays. */
  left(isKept: boolean): void {
    if (!isKept && this.#leaving !== undefined) {
      this.#recent = new Map([...this.#leaving, ...this.#recent]);
    }
    this.#leaving = undefined;
  }
}
