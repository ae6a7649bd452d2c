import type { Home } from "../history/compiled-state.ts";
import type { Program } from "../rule/program.ts";
import { simpleKey } from "./simple-key.ts";

/** What a condition asks of history under one session root or one agent. */
export type HistoryRead =
  /** how often an Event occurred, within `lengthMs` or ever (-1) */
  | { readonly event: number; readonly lengthMs: number }
  /** what a Meter holds */
  | { readonly meter: number };

/** Where the answers to a read are kept: in the view of a home, at a slot. */
export interface ReadPlace {
  readonly home: Home;
  readonly slot: number;
}

/** Reads of one home whose answers are kept; what is asked beyond that is found anew each time. */
const slotsMax = 21;

/** Gives each read that conditions ask a slot, as their code is written. */
export class HistoryReads {
  readonly #homes: { readonly event: readonly Homes[]; readonly meter: readonly Homes[] };
  readonly #known = new Map<string, ReadPlace>();
  readonly #reads: Readonly<Record<Home, HistoryRead[]>> = { session: [], agent: [] };

  constructor({ events, meters }: Program) {
    this.#homes = {
      event: events.map(({ event }) => simpleKey(event.key)?.home),
      meter: meters.map(({ meter }) => simpleKey(meter.key)?.home),
    };
  }

  /** The place of a read; `undefined` when its answers are not kept. */
  placeOf(read: HistoryRead): ReadPlace | undefined {
    const home = "event" in read ? this.#homes.event[read.event] : this.#homes.meter[read.meter];
    if (home === undefined) return undefined;
    const key = "event" in read ? `${read.event} ${read.lengthMs}` : `${read.meter}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const reads = this.#reads[home];
    if (reads.length >= slotsMax) return undefined;
    const place = { home, slot: reads.push(read) - 1 };
    this.#known.set(key, place);
    return place;
  }

  /** By slot, all reads of a home; it grows. */
  of(home: Home): readonly HistoryRead[] {
    return this.#reads[home];
  }
}

type Homes = Home | undefined;
