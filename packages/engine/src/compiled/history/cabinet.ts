import type { CutCount } from "./cut-count.ts";

/** Who is told when what it holds changes. */
export interface Owner {
  /** of the state it belongs to */
  readonly cuts: CutCount;
  changed(): void;
}

/** The owner of what stands alone. */
export const nobody: Owner = Object.freeze({ cuts: Object.freeze({ latest: 0 }), changed() {} });

/** What is kept under one key, each Event and Meter at a place of its own. */
export class Drawer<T> implements Owner {
  readonly things: (T | undefined)[] = [];
  readonly #cabinet: Cabinet<T>;
  readonly #number: number;

  constructor(cabinet: Cabinet<T>, number: number) {
    this.#cabinet = cabinet;
    this.#number = number;
  }

  get cuts(): CutCount {
    return this.#cabinet.cuts;
  }

  changed(): void {
    this.#cabinet.change(this.#number);
  }
}

/** The drawers of all tenants for one kind of key, such as the session's root, by number. */
export class Cabinet<T> {
  readonly #tenants = new Map<string, Map<string, number>>();
  #latest = "";
  #numbers: Map<string, number> | undefined;
  readonly #drawers: Drawer<T>[] = [];
  /**
   * by number of the drawer: a number of at least 1 that no drawer had before, another one after
   * each change of what is in it
   */
  versions = new Float64Array(64);
  #changes = 0;
  readonly cuts: CutCount;

  constructor(cuts: CutCount = { latest: 0 }) {
    this.cuts = cuts;
  }

  /** The number of a key's drawer; -1 when nothing was ever put under it. */
  numberOf(tenant: string, key: string): number {
    if (this.#numbers === undefined || tenant !== this.#latest) {
      this.#numbers = this.#tenants.get(tenant);
      this.#latest = tenant;
    }
    return this.#numbers?.get(key) ?? -1;
  }

  /** The drawer of a number. */
  at(number: number): Drawer<T> | undefined {
    return this.#drawers[number];
  }

  /** The drawer of a key; `undefined` when nothing was ever put under it. */
  find(tenant: string, key: string): Drawer<T> | undefined {
    const number = this.numberOf(tenant, key);
    return number < 0 ? undefined : this.#drawers[number];
  }

  take(tenant: string, key: string): Drawer<T> {
    const found = this.find(tenant, key);
    if (found !== undefined) return found;
    const numbers = this.#numbers ?? new Map<string, number>();
    this.#tenants.set(tenant, numbers);
    this.#numbers = numbers;
    const number = this.#drawers.length;
    const made = new Drawer(this, number);
    this.#drawers.push(made);
    numbers.set(key, number);
    if (number === this.versions.length) {
      const grown = new Float64Array(number * 2);
      grown.set(this.versions);
      this.versions = grown;
    }
    this.change(number);
    return made;
  }

  /** Every drawer with its tenant and key; those that are made meanwhile may be among them. */
  *entries(): Generator<readonly [string, string, Drawer<T>], void> {
    for (const [tenant, numbers] of this.#tenants) {
      for (const [key, number] of numbers) {
        const drawer = this.#drawers[number];
        if (drawer !== undefined) yield [tenant, key, drawer];
      }
    }
  }

  /** Gives a drawer a version of its own. */
  change(number: number): void {
    this.#changes += 1;
    this.versions[number] = this.#changes;
  }
}
