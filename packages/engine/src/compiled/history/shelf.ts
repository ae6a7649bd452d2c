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
}

/** What is kept under one key of many Events and Meters, each at a place of its own. */
export interface Drawer<E, M> {
  readonly events: (E | undefined)[];
  readonly meters: (M | undefined)[];
}

/** The drawers of all tenants for one kind of key, such as the session's root. */
export class Cabinet<E, M> {
  readonly #tenants = new Map<string, Map<string, Drawer<E, M>>>();
  #latest = "";
  #drawers: Map<string, Drawer<E, M>> | undefined;

  /** The drawer of a key; `undefined` when nothing was ever put under it. */
  find(tenant: string, key: string): Drawer<E, M> | undefined {
    if (this.#drawers === undefined || tenant !== this.#latest) {
      this.#drawers = this.#tenants.get(tenant);
      this.#latest = tenant;
    }
    return this.#drawers?.get(key);
  }

  take(tenant: string, key: string): Drawer<E, M> {
    const found = this.find(tenant, key);
    if (found !== undefined) return found;
    const drawers = this.#drawers ?? new Map<string, Drawer<E, M>>();
    this.#tenants.set(tenant, drawers);
    this.#drawers = drawers;
    const made: Drawer<E, M> = { events: [], meters: [] };
    drawers.set(key, made);
    return made;
  }
}

/** Where a shelf's things are in each drawer of a cabinet. */
export interface Places<T> {
  readonly place: number;
  /** the list of a drawer that holds the place; `undefined` when there is no such drawer */
  readonly find: (tenant: string, key: string) => (T | undefined)[] | undefined;
  readonly take: (tenant: string, key: string) => (T | undefined)[];
}

/** One place in every drawer of a cabinet. */
export class CabinetShelf<T extends object> implements Shelf<T> {
  readonly #places: Places<T>;
  readonly #make: () => T;

  constructor(places: Places<T>, make: () => T) {
    this.#places = places;
    this.#make = make;
  }

  get place(): number {
    return this.#places.place;
  }

  find([tenant, key]: readonly Atom[]): T | undefined {
    return this.#places.find(String(tenant), String(key))?.[this.place];
  }

  take([tenant, key]: readonly Atom[]): T {
    const list = this.#places.take(String(tenant), String(key));
    // A list is filled up to the place, so that it stays one without holes.
    while (list.length <= this.place) list.push(undefined);
    return (list[this.place] ??= this.#make());
  }
}
