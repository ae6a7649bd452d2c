import { setImmediate } from "node:timers/promises";
import type { Engine, Occurrence, State } from "@holdfast/engine";
import { decodeRecord, HoldfastError } from "@holdfast/model";
import { ErasedRecords } from "./erased-record.ts";
import type { Journal } from "./journal.ts";
import { recordedOccurrence } from "./recorded-occurrence.ts";

/** The most records that may be missing when the state begins to follow what is appended. */
const behindMax = 1_024;

/** How often the log is read on to its end, before it is plain that it grows faster than that. */
const roundsMax = 64;

/** Records folded before actions get their turn. */
const recordsPerTurn = 128;

/** The most occurrences that wait while the last records are read. */
const waitingMax = 65_536;

/** The state of an engine that is to take over, kept level with the log until it does. */
export interface Succession {
  readonly state: State;
  /** why the state is not level any more; nothing may be decided on it then */
  readonly failure: unknown;
  /** Ends the following; call it in the step that takes the state over, or gives it up. */
  stop(): void;
}

/**
 * Folds the whole log by another engine while the guard goes on: what lies on disk is read, and
 * what is appended meanwhile is folded as it comes. The state is at every moment what opening
 * the guard under that engine would give.
 *
 * @throws HoldfastError `activation_behind` when the log grows faster than it can be read;
 * `payload_…`, `record_…` or `log_…` on a log that cannot be read whole; `guard_unavailable`
 */
export async function succeed(engine: Engine, journal: Journal): Promise<Succession> {
  const state = engine.createState();
  const erased = new ErasedRecords();
  let done = 0;
  for (let round = 0; journal.size - done > behindMax; round += 1) {
    if (round === roundsMax) throw behind();
    done = await foldRange(engine, state, { journal, erased, from: done, to: journal.size });
  }
  const following = new Following(engine, state);
  const to = journal.size;
  const stop = journal.follow((sequence, record, payload) => {
    following.take(() => recordedOccurrence(record, { sequence, payload }, erased));
  });
  try {
    await foldRange(engine, state, { journal, erased, from: done, to });
    following.catchUp();
  } catch (error) {
    stop();
    throw error;
  }
  return {
    state,
    stop,
    get failure() {
      return following.failure;
    },
  };
}

/** Occurrences as they come: they wait until all before them are folded. */
class Following {
  failure: unknown;
  readonly #engine: Engine;
  readonly #state: State;
  #waiting: Occurrence[] | undefined = [];

  constructor(engine: Engine, state: State) {
    this.#engine = engine;
    this.#state = state;
  }

  /** Never throws: whoever appends has nothing to do with who follows. */
  take(read: () => Occurrence | undefined): void {
    if (this.failure !== undefined) return;
    try {
      const occurrence = read();
      if (occurrence === undefined) return;
      if (this.#waiting === undefined) this.#engine.fold(this.#state, occurrence);
      else if (this.#waiting.length < waitingMax) this.#waiting.push(occurrence);
      else throw behind();
    } catch (cause) {
      this.failure = cause;
    }
  }

  /** Folds what has waited; from here on nothing waits. */
  catchUp(): void {
    if (this.failure !== undefined) throw this.failure;
    for (const occurrence of this.#waiting ?? []) this.#engine.fold(this.#state, occurrence);
    this.#waiting = undefined;
  }
}

interface Range {
  readonly journal: Journal;
  readonly erased: ErasedRecords;
  readonly from: number;
  readonly to: number;
}

/** Folds records of the log once they are on disk; gives where it ended. */
async function foldRange(
  engine: Engine,
  state: State,
  { journal, erased, from, to }: Range,
): Promise<number> {
  await journal.settled();
  let next = from;
  for await (const { index, body, payload } of journal.read(from, to)) {
    const place = { sequence: index, payload };
    const occurrence = recordedOccurrence(decodeRecord(body), place, erased);
    if (occurrence !== undefined) engine.fold(state, occurrence);
    next = index + 1;
    if (next % recordsPerTurn === 0) await setImmediate();
  }
  if (next !== to) {
    throw new HoldfastError("activation_behind", `the log ends at record ${next}, not ${to}`);
  }
  return next;
}

function behind(): HoldfastError {
  const message = "the log grows faster than it can be read; activate when less is going on";
  return new HoldfastError("activation_behind", message);
}
