/** The labels that a `from_only` accepts; answers are kept under the object itself. */
export class LabelList {
  readonly #labels: ReadonlySet<string>;
  /** whether what a person typed is accepted */
  readonly acceptsPrompt: boolean;
  /** of those that are one object each; -1 for another */
  readonly number: number;

  constructor(labels: readonly string[], number: number) {
    this.number = number;
    this.#labels = new Set(labels);
    this.acceptsPrompt = this.#labels.has("user");
  }

  acceptsAny(labels: readonly string[]): boolean {
    return labels.some((label) => this.#labels.has(label));
  }
}

/** Lists that differ, at most; a condition may make lists of what the agent sends. */
export const listsMax = 256;

/** One object for each list of labels, so that lists are told apart without comparing texts. */
export class LabelLists {
  readonly #lists = new Map<string, LabelList>();

  of(labels: readonly string[]): LabelList {
    const key = JSON.stringify(labels);
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const shared = this.#lists.size < listsMax;
    const made = new LabelList(labels, shared ? this.#lists.size : -1);
    if (shared) this.#lists.set(key, made);
    return made;
  }
}
