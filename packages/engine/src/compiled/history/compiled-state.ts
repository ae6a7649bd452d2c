import type { State } from "../../engine.ts";
import { OriginShelf } from "../origin/origin-shelf.ts";
import { Account } from "./account.ts";
import { Occurrences } from "./occurrences.ts";
import { Cabinet, CabinetShelf, TreeShelf } from "./shelf.ts";
import type { Shelf } from "./shelf.ts";

/** A containment in force. */
export interface Restriction {
  readonly id: string;
  readonly tenant: string | undefined;
  readonly agent: string;
  readonly sessionRoot: string | undefined;
  readonly kinds: readonly string[];
  readonly untilMs: number | undefined;
}

/** What the keys of Events and Meters mostly are: one part, of which every action has one. */
export type Home = "session" | "agent";

/**
 * Where the things of one Event or Meter are kept: by its name, which a name of its own under
 * another kind of key does not share. `home` is what its key is, when it is one of those.
 */
export interface Place {
  readonly name: string;
  readonly home: Home | undefined;
}

/** The shelves of Events, or of Meters, by name. */
class Store<T extends object> {
  readonly #shelves = new Map<string, Shelf<T>>();
  readonly #made = { session: 0, agent: 0 };
  readonly cabinets = { session: new Cabinet<T>(), agent: new Cabinet<T>() };
  readonly #make: () => T;

  constructor(make: () => T) {
    this.#make = make;
  }

  shelf({ name, home }: Place): Shelf<T> {
    const found = this.#shelves.get(name);
    if (found !== undefined) return found;
    const made = home === undefined ? new TreeShelf(this.#make) : this.#next(home);
    this.#shelves.set(name, made);
    return made;
  }

  #next(home: Home): Shelf<T> {
    const place = this.#made[home];
    this.#made[home] += 1;
    return new CabinetShelf(this.cabinets[home], place, this.#make);
  }
}

/** History as the compiled engine keeps it. */
export class CompiledState implements State {
  readonly engine = "compiled";
  /** what each session root has seen */
  readonly origins = new OriginShelf();
  readonly #events = new Store(() => new Occurrences());
  readonly #meters = new Store(() => new Account());
  #restrictions: readonly Restriction[] = [];

  events(place: Place): Shelf<Occurrences> {
    return this.#events.shelf(place);
  }

  meters(place: Place): Shelf<Account> {
    return this.#meters.shelf(place);
  }

  /** What happened under keys that are one session root, or one agent. */
  get happened(): Readonly<Record<Home, Cabinet<Occurrences>>> {
    return this.#events.cabinets;
  }

  get charged(): Readonly<Record<Home, Cabinet<Account>>> {
    return this.#meters.cabinets;
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
