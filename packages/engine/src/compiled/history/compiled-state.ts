import type { State } from "../../engine.ts";
import { OriginShelf } from "../origin/origin-shelf.ts";
import { Account } from "./account.ts";
import { Occurrences } from "./occurrences.ts";

/** One part of a key: JSON that is no atom is put in as text of its own kind. */
export type Atom = string | number | boolean | null;

/** A containment in force. */
export interface Restriction {
  readonly id: string;
  readonly tenant: string | undefined;
  readonly agent: string;
  readonly sessionRoot: string | undefined;
  readonly kinds: readonly string[];
  readonly untilMs: number | undefined;
}

type Branch<T> = Map<Atom, Branch<T> | T>;

/** Things under keys of one length, tenants apart; found without making a text of the key. */
export class Shelf<T extends object> {
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

  /** The thing under a key, made when there is none. */
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

/** History as the compiled engine keeps it. */
export class CompiledState implements State {
  readonly engine = "compiled";
  /** what each session root has seen */
  readonly origins = new OriginShelf();
  readonly #events = new Map<string, Shelf<Occurrences>>();
  readonly #meters = new Map<string, Shelf<Account>>();
  #restrictions: readonly Restriction[] = [];

  /** Occurrences of Events with this shelf name: the Event's name and how long its key is. */
  events(shelf: string): Shelf<Occurrences> {
    let found = this.#events.get(shelf);
    if (found === undefined) {
      found = new Shelf(() => new Occurrences());
      this.#events.set(shelf, found);
    }
    return found;
  }

  meters(shelf: string): Shelf<Account> {
    let found = this.#meters.get(shelf);
    if (found === undefined) {
      found = new Shelf(() => new Account());
      this.#meters.set(shelf, found);
    }
    return found;
  }

  get restrictions(): readonly Restriction[] {
    return this.#restrictions;
  }

  restrict(restriction: Restriction): void {
    this.#restrictions = [...this.#restrictions, restriction];
  }

  release(id: string): void {
    this.#restrictions = this.#restrictions.filter((restriction) => restriction.id !== id);
  }
}

/**
 * The state as this engine's own.
 * @throws Error when another engine made it, which is a bug of the caller
 */
export function compiledState(state: State): CompiledState {
  if (state instanceof CompiledState) return state;
  throw new Error(`the compiled engine was given a state of the engine \`${state.engine}\``);
}
