import { Account } from "../history/account.ts";
import { Cabinet } from "../history/cabinet.ts";
import type { HistoryCabinet } from "../history/compiled-state.ts";
import { Occurrences } from "../history/occurrences.ts";
import type { Program } from "../rule/program.ts";
import type { HistoryRead } from "./history-read.ts";

/** Drawers whose answers are kept at most; beyond that two of them take turns in one row. */
const rowsMax = 65_536;
const rowsLeast = 64;

/** Numbers of an answer: the first instant it holds at, the first it no longer does, and itself. */
const slotLength = 3;
/** Numbers of a row are a multiple of this, so that it lies in few cache lines. */
const lineLength = 8;

/** Where the things that reads ask for lie in a drawer. */
export interface DrawerPlaces {
  readonly events: readonly number[];
  readonly meters: readonly number[];
}

/**
 * What reads of the drawers of one cabinet found, in rows of one flat array: the version of the
 * drawer, then an answer for each slot. An answer holds until its drawer changes or time passes
 * an edge of its window, and is one or two loads until then.
 */
export class HistoryView {
  readonly #program: Program;
  readonly #reads: readonly HistoryRead[];
  #cabinet: HistoryCabinet = new Cabinet();
  #places: DrawerPlaces = { events: [], meters: [] };
  #numbers = new Float64Array(rowsLeast * lineLength);
  #mask = rowsLeast - 1;
  #stride = lineLength;
  /** slots that a row has room for */
  #slots = 0;

  /** `reads` are those by slot; the list may grow. */
  constructor(program: Program, reads: readonly HistoryRead[]) {
    this.#program = program;
    this.#reads = reads;
  }

  /** Takes up the drawers of another state. */
  bind(cabinet: HistoryCabinet, places: DrawerPlaces): void {
    this.#cabinet = cabinet;
    this.#places = places;
    this.#slots = 0;
    this.#stride = lineLength;
    this.#mask = rowsLeast - 1;
    this.#numbers = new Float64Array(rowsLeast * lineLength);
  }

  /** The number of a key's drawer, negative when there is none, for `read`. */
  rowOf(tenant: string, key: string): number {
    return this.#cabinet.numberOf(tenant, key);
  }

  /** What the read of a slot finds in a drawer. */
  read(row: number, slot: number, nowMs: number): number {
    if (row < 0) return 0;
    const numbers = this.#numbers;
    const start = (row & this.#mask) * this.#stride;
    const at = start + 1 + slot * slotLength;
    // No two drawers ever have one version, so that it tells whose answers these are as well.
    if (
      slot < this.#slots &&
      numbers[start] === this.#cabinet.versions[row] &&
      nowMs >= (numbers[at] ?? 0) &&
      nowMs < (numbers[at + 1] ?? 0)
    ) {
      return numbers[at + 2] ?? 0;
    }
    return this.#find(row, slot, nowMs);
  }

  #find(row: number, slot: number, nowMs: number): number {
    this.#reserve(row);
    const numbers = this.#numbers;
    const start = (row & this.#mask) * this.#stride;
    const version = this.#cabinet.versions[row] ?? 0;
    if (numbers[start] !== version) {
      numbers.fill(0, start, start + this.#stride);
      numbers[start] = version;
    }
    const { value, untilMs } = this.#answer(row, slot, nowMs);
    const at = start + 1 + slot * slotLength;
    numbers[at] = nowMs;
    numbers[at + 1] = untilMs;
    numbers[at + 2] = value;
    return value;
  }

  #answer(row: number, slot: number, nowMs: number): Answer {
    const read = this.#reads[slot];
    const things = this.#cabinet.at(row)?.things;
    if (read === undefined || things === undefined) return nothing;
    if ("meter" in read) {
      const account = things[this.#places.meters[read.meter] ?? 0];
      const plan = this.#program.meters[read.meter];
      if (!(account instanceof Account) || plan === undefined) return nothing;
      const { window } = plan;
      const value = account.current(window, nowMs);
      return { value, untilMs: account.sameUntilMs(window, nowMs) };
    }
    const { event, lengthMs } = read;
    const found = things[this.#places.events[event] ?? 0];
    if (!(found instanceof Occurrences)) return nothing;
    if (lengthMs < 0) return { value: found.size, untilMs: Number.POSITIVE_INFINITY };
    const value = found.countWithin(nowMs, lengthMs);
    return { value, untilMs: found.sameUntilMs(nowMs, lengthMs) };
  }

  /** Makes room for a row and all slots; what was kept is forgotten when there was none. */
  #reserve(row: number): void {
    const slots = this.#reads.length;
    let rows = this.#mask + 1;
    while (rows <= row && rows < rowsMax) rows *= 2;
    if (slots === this.#slots && rows === this.#mask + 1) return;
    const stride = Math.ceil((1 + slots * slotLength) / lineLength) * lineLength;
    this.#slots = slots;
    this.#stride = stride;
    this.#mask = rows - 1;
    this.#numbers = new Float64Array(rows * stride);
  }
}

interface Answer {
  readonly value: number;
  readonly untilMs: number;
}

/** What an empty place answers until its drawer changes. */
const nothing: Answer = { value: 0, untilMs: Number.POSITIVE_INFINITY };
