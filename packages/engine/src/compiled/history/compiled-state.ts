import type { State } from "../../engine.ts";
import { OriginShelf } from "../origin/origin-shelf.ts";
import { Account } from "./account.ts";
import { Cabinet } from "./cabinet.ts";
import type { Owner } from "./cabinet.ts";
import type { CutCount } from "./cut-count.ts";
import { Occurrences } from "./occurrences.ts";
import { CabinetShelf, TreeShelf } from "./shelf.ts";
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

/** The drawers under keys that are one session root, or one agent. */
export type HistoryCabinet = Cabinet<Occurrences | Account>;

/** History as the compiled engine keeps it. */
export class CompiledState implements State {
  readonly engine = "compiled";
  /** what each session root has seen */
  readonly origins = new OriginShelf();
  readonly cuts: CutCount = { latest: 0 };
  readonly cabinets: Readonly<Record<Home, HistoryCabinet>> = {
    session: new Cabinet(this.cuts),
    agent: new Cabinet(this.cuts),
  };
  readonly #owner: Owner = { cuts: this.cuts, changed() {} };
  readonly #events = new Map<string, Shelf<Occurrences>>();
  readonly #meters = new Map<string, Shelf<Account>>();
  #restrictions: readonly Restriction[] = [];

  events({ name, home }: Place): Shelf<Occurrences> {
    let shelf = this.#events.get(name);
    if (shelf === undefined) {
      shelf =
        home === undefined
          ? new TreeShelf(() => new Occurrences(this.#owner))
          : new CabinetShelf(this.cabinets[home], this.#nextPlace(), Occurrences);
      this.#events.set(name, shelf);
    }
    return shelf;
  }

  meters({ name, home }: Place): Shelf<Account> {
    let shelf = this.#meters.get(name);
    if (shelf === undefined) {
      shelf =
        home === undefined
          ? new TreeShelf(() => new Account(this.#owner))
          : new CabinetShelf(this.cabinets[home], this.#nextPlace(), Account);
      this.#meters.set(name, shelf);
    }
    return shelf;
  }

  /** The shelves that were ever asked for, by name. */
  get shelves(): {
    readonly events: ReadonlyMap<string, Shelf<Occurrences>>;
    readonly meters: ReadonlyMap<string, Shelf<Account>>;
  } {
    return { events: this.#events, meters: this.#meters };
  }

  /** One numbering for both, so that no two share a place. */
  #nextPlace(): number {
    return this.#events.size + this.#meters.size;
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
