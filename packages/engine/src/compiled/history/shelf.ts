import type { Cabinet, Owner } from "./cabinet.ts";

/** One part of a key: JSON that is no atom is put in as text of its own kind. */
export type Atom = string | number | boolean | null;

/** Things under keys, the tenant first; found without making a text of the key. */
export interface Shelf<T extends object> {
  find(path: readonly Atom[]): T | undefined;
  /** The thing under a key, made when there is none. */
  take(path: readonly Atom[]): T;
}

type Branch<T> = Map<Atom, Branch<T> | T>;

/** Things under keys of any parts, all of one length. */
export class TreeShelf<T extends object> implements Shelf<T> {
  readonly #root: Branch<T> = new Map();
  readonly #make: () => T;

  constructor(make: () => T) {
    this.#make = make;
  }

  find(path: readonly Atom[]): T | undefined {
    let at: Branch<T> | T | undefined = this.#root;
    for (const atom of path) {
      if (!(at instanceof Map)) return undefined;
      at = at.get(atom);
    }
    return at instanceof Map ? undefined : at;
  }

  take(path: readonly Atom[]): T {
    let branch = this.#root;
    for (const [index, atom] of path.entries()) {
      const next = branch.get(atom);
      if (index === path.length - 1) {
        if (next !== undefined && !(next instanceof Map)) return next;
        const made = this.#make();
        branch.set(atom, made);
        return made;
      }
      if (next instanceof Map) branch = next;
      else {
        const made: Branch<T> = new Map();
        branch.set(atom, made);
        branch = made;
      }
    }
    return this.#make();
  }

  /** Everything with its key; what is put in meanwhile may be among it. */
  *entries(): Generator<readonly [readonly Atom[], T], void> {
    yield* entriesBelow(this.#root, []);
  }
}

function* entriesBelow<T>(
  branch: Branch<T>,
  path: readonly Atom[],
): Generator<readonly [readonly Atom[], T], void> {
  for (const [atom, next] of branch) {
    const below = [...path, atom];
    if (next instanceof Map) yield* entriesBelow(next, below);
    else yield [below, next];
  }
}

/** One place in every drawer of a cabinet, which holds things of one class alone. */
export class CabinetShelf<All extends object, T extends All> implements Shelf<T> {
  readonly place: number;
  readonly #cabinet: Cabinet<All>;
  readonly #kind: new (owner: Owner) => T;

  constructor(cabinet: Cabinet<All>, place: number, kind: new (owner: Owner) => T) {
    this.#cabinet = cabinet;
    this.place = place;
    this.#kind = kind;
  }

  find([tenant, key]: readonly Atom[]): T | undefined {
    const found = this.#cabinet.find(String(tenant), String(key))?.things[this.place];
    return found instanceof this.#kind ? found : undefined;
  }

  take([tenant, key]: readonly Atom[]): T {
    const drawer = this.#cabinet.take(String(tenant), String(key));
    const { things } = drawer;
    // A drawer is filled up to the place, so that it stays a list without holes.
    while (things.length <= this.place) things.push(undefined);
    const found = things[this.place];
    if (found instanceof this.#kind) return found;
    const made = new this.#kind(drawer);
    things[this.place] = made;
    return made;
  }
}
