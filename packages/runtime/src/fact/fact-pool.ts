import { createFactReader, factError, givenArguments } from "@holdfast/facts";
import type { FactSubject } from "@holdfast/facts";
import type { FactAnswer, FactName, Facts } from "@holdfast/model";
import { FactWorker } from "./fact-worker.ts";
import type { FactPace, FactQuestion, Unanswered } from "./fact-worker.ts";

/** How facts are computed. */
export interface FactPoolOptions {
  /** longest time for the facts of one action at one stage; default 250 */
  readonly deadlineMs?: number;
  /** what the threads run; default: the kinds of facts, as they were built */
  readonly worker?: URL;
  /** threads at most; default 2 */
  readonly workersMax?: number;
  /** told why a thread died or did not start, once a minute for each reason */
  readonly notice?: (text: string) => void;
}

/** The same trouble is told again only after this. */
const noticeEveryMs = 60_000;

/** Threads run what was built, also where this process runs from the sources. */
const builtThread = new URL("../../dist/fact/fact-thread.js", import.meta.url);

/** Where a thread is so slow to start, none will. */
const startMs = 10_000;

/** Questions that wait at most; one more is answered with a limit. */
const waitingMax = 1_000;

/** URLs of so many UTF-16 units take no longer than asking a thread: 1.2 ms at the worst. */
const urlUnitsMax = 8_192;

const closed: Unanswered = { code: "unavailable", reason: "the guard is closed" };

/**
 * Computes facts in threads under a hard deadline, so that no argument can hold up the process that
 * decides: a thread that misses it is killed and its facts are `limit` errors. Threads start when they
 * are first needed. URLs alone are so cheap whatever they hold that they are read at once.
 */
export class FactPool {
  readonly #pace: FactPace;
  readonly #url: URL;
  readonly #workersMax: number;
  readonly #workers = new Set<FactWorker>();
  readonly #waiting: FactQuestion[] = [];
  readonly #notice: (text: string) => void;
  readonly #toldAtMs = new Map<string, number>();
  #isClosed = false;

  constructor(options: FactPoolOptions = {}) {
    const { deadlineMs = 250, worker = builtThread, workersMax = 2 } = options;
    this.#notice = options.notice ?? (() => undefined);
    this.#pace = { deadlineMs, startMs };
    this.#url = worker;
    this.#workersMax = workersMax;
  }

  /** An answer for every name that is asked. Never throws or rejects. */
  factsOf(subject: FactSubject): Facts | Promise<Facts> {
    const given = givenArguments(subject.tool?.arguments ?? {}, subject.args);
    const isCheap = (name: FactName): boolean => {
      if (name !== "urls") return false;
      const urls = given.given.filter(({ use }) => use === "url");
      const units = urls.map(({ value }) => (typeof value === "string" ? value.length : 0) + 64);
      return units.reduce((sum, each) => sum + each, 0) <= urlUnitsMax;
    };
    const cheap = subject.names.filter(isCheap);
    const costly = subject.names.filter((name) => !isCheap(name));
    const known = cheap.length === 0 ? {} : readUrls({ ...subject, names: cheap });
    if (costly.length === 0) return known;
    return this.#ask({ ...subject, names: costly }).then((facts) => ({ ...known, ...facts }));
  }

  /** Ends all threads; questions that are still open are answered with errors. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#refuseWaiting(closed);
    await Promise.all([...this.#workers].map((worker) => worker.kill(closed)));
  }

  #ask(subject: FactSubject): Promise<Facts> {
    return new Promise((resolve) => {
      const answer = (given: Facts | Unanswered): void =>
        resolve(isUnanswered(given) ? unanswered(subject.names, given) : given);
      if (this.#isClosed) return answer(closed);
      if (this.#waiting.length >= waitingMax) {
        return answer({ code: "limit", reason: "too many actions wait for their facts" });
      }
      this.#waiting.push({ subject: plainSubject(subject), answer });
      return this.#handOut();
    });
  }

  /** Gives waiting questions to idle threads, and starts one where there are too few. */
  #handOut(): void {
    for (const worker of this.#workers) {
      if (!worker.isIdle) continue;
      const question = this.#waiting.shift();
      if (question === undefined) return;
      worker.ask(question);
    }
    if (this.#waiting.length === 0 || this.#isClosed) return;
    if (this.#workers.size >= this.#workersMax) return;
    // One at a time: it takes a while to start, and perhaps one is enough.
    if (this.#workers.size > 0 && this.#waiting.length <= this.#workers.size) return;
    this.#start();
  }

  #start(): void {
    try {
      const note = (worker: FactWorker, why: Unanswered | undefined): void =>
        this.#note(worker, why);
      this.#workers.add(new FactWorker(this.#url, this.#pace, note));
    } catch {
      const why: Unanswered = { code: "unavailable", reason: "no thread for facts can be started" };
      this.#tell(why);
      this.#refuseWaiting(why);
    }
  }

  #note(worker: FactWorker, failed: Unanswered | undefined): void {
    if (failed !== undefined) {
      this.#workers.delete(worker);
      this.#tell(failed);
      // Where one never got ready, the next one would not either.
      if (!worker.wasReady) this.#refuseWaiting(failed);
    }
    this.#handOut();
  }

  /** Whoever runs the guard hears of threads that end, as all that they see is denials. */
  #tell({ reason }: Unanswered): void {
    if (this.#isClosed) return;
    // Monotonic, as the clock on the wall may be set back.
    const nowMs = performance.now();
    const toldAtMs = this.#toldAtMs.get(reason);
    if (toldAtMs !== undefined && nowMs - toldAtMs < noticeEveryMs) return;
    this.#toldAtMs.set(reason, nowMs);
    this.#notice(`facts: ${reason}`);
  }

  #refuseWaiting(why: Unanswered): void {
    for (const { answer } of this.#waiting.splice(0)) answer(why);
  }
}

const readUrls = createFactReader({ files: { entry: () => "denied" } });

/** Only what facts depend on is handed to a thread: a Tool document holds more, functions among it. */
function plainSubject({ tool, args, result, names }: FactSubject): FactSubject {
  const plain = tool && {
    labels: tool.labels,
    arguments: tool.arguments,
    ...(tool.root === undefined ? {} : { root: tool.root }),
  };
  return { tool: plain, args, names, ...(result === undefined ? {} : { result }) };
}

function isUnanswered(given: Facts | Unanswered): given is Unanswered {
  return "reason" in given;
}

function unanswered(names: readonly FactName[], { code, reason }: Unanswered): Facts {
  const facts: Partial<Record<FactName, FactAnswer>> = {};
  for (const name of names) facts[name] = factError(code, reason);
  return facts;
}
