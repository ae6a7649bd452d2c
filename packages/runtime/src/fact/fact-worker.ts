import type { FactSubject } from "@holdfast/facts";
import { factsSchema, parseJson } from "@holdfast/model";
import type { FactErrorCode, Facts } from "@holdfast/model";
import { Worker } from "node:worker_threads";

/** Why a question has no answer. */
export interface Unanswered {
  readonly code: FactErrorCode;
  readonly reason: string;
}

/** A question to a thread, and who waits for the answer. */
export interface FactQuestion {
  readonly subject: FactSubject;
  readonly answer: (answer: Facts | Unanswered) => void;
}

/** How long a thread may take. */
export interface FactPace {
  /** for one question */
  readonly deadlineMs: number;
  /** to start, and to load a parser */
  readonly startMs: number;
}

/** The most that facts of one question may be as JSON. */
const factsBytesMax = 8 * 1024 * 1024;

const memoryMiB = 256;

/** What a thread says; anything else ends it. */
interface Said {
  readonly state?: unknown;
  readonly id?: unknown;
  readonly facts?: unknown;
}

/**
 * One thread that computes facts, one question at a time. It is killed when it misses a deadline or
 * says what makes no sense: then, and when it dies by itself, its question is answered with the reason.
 * It keeps the process alive only while it has a question.
 */
export class FactWorker {
  readonly #worker: Worker;
  readonly #pace: FactPace;
  readonly #changed: (worker: FactWorker, failed: Unanswered | undefined) => void;
  #state: "starting" | "idle" | "busy" | "ended" = "starting";
  #wasReady = false;
  #hasLoaded = false;
  #question: FactQuestion | undefined;
  #id = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `changed` is told when the thread is idle, and when it has ended, then with the reason. */
  constructor(
    url: URL,
    pace: FactPace,
    changed: (worker: FactWorker, failed: Unanswered | undefined) => void,
  ) {
    this.#pace = pace;
    this.#changed = changed;
    this.#worker = new Worker(url, {
      // WHY none of this process's: the thread gets nothing that it does not need.
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: memoryMiB },
    });
    this.#worker.on("message", (said: Said) => this.#hear(said));
    this.#worker.on("messageerror", () => this.#endBy(senseless));
    this.#worker.on("error", () => this.#endBy(died));
    this.#worker.on("exit", () => this.#endBy(died));
    this.#arm(pace.startMs);
  }

  get isIdle(): boolean {
    return this.#state === "idle";
  }

  /** Whether it ever got ready to be asked. */
  get wasReady(): boolean {
    return this.#wasReady;
  }

  /** **Contract:** the thread is idle. */
  ask(question: FactQuestion): void {
    this.#question = question;
    this.#state = "busy";
    this.#id += 1;
    this.#worker.ref();
    this.#arm(this.#pace.deadlineMs);
    try {
      this.#worker.postMessage({ id: this.#id, subject: question.subject });
    } catch {
      this.#endBy({ code: "invalid", reason: "the arguments cannot be handed on" });
    }
  }

  /** Kills the thread, whatever it does. */
  async kill(why: Unanswered): Promise<void> {
    this.#endBy(why);
    await this.#worker.terminate();
  }

  #hear({ state, id, facts }: Said): void {
    if (this.#state === "ended") return;
    if (state === "ready" && this.#state === "starting") return this.#rest();
    if (state === "loading" && this.#state === "busy" && !this.#hasLoaded) {
      this.#hasLoaded = true;
      return this.#arm(this.#pace.startMs);
    }
    if (state === "loaded" && this.#state === "busy") return this.#arm(this.#pace.deadlineMs);
    const question = this.#question;
    const answer = question && readAnswer(facts, question.subject);
    if (state !== "done" || id !== this.#id || question === undefined || answer === undefined) {
      return this.#endBy(senseless);
    }
    this.#question = undefined;
    question.answer(answer);
    return this.#rest();
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#state = "idle";
    this.#wasReady = true;
    this.#worker.unref();
    this.#changed(this, undefined);
  }

  #arm(ms: number): void {
    clearTimeout(this.#timer);
    const waitedFor = this.#id;
    this.#timer = setTimeout(() => {
      // WHY one turn later: where this thread was busy itself, the answer may be there already.
      setImmediate(() => {
        const isLate = this.#state === "starting" || this.#state === "busy";
        if (isLate && this.#id === waitedFor) this.#endBy(tooLate(ms));
      });
    }, ms);
  }

  #endBy(why: Unanswered): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    clearTimeout(this.#timer);
    const question = this.#question;
    this.#question = undefined;
    question?.answer(why);
    void this.#worker.terminate();
    this.#changed(this, why);
  }
}

const died: Unanswered = {
  code: "unavailable",
  reason: "the thread that computes facts has ended",
};

const senseless: Unanswered = {
  code: "unavailable",
  reason: "the thread that computes facts gave no answer that can be read",
};

function tooLate(ms: number): Unanswered {
  return { code: "limit", reason: `not computed within ${ms} ms` };
}

/** Undefined where it is not just one answer for each name that was asked. */
function readAnswer(text: unknown, { names }: FactSubject): Facts | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const read = factsSchema.safeParse(parseJson(text, { bytesMax: factsBytesMax }));
    if (!read.success) return undefined;
    const isWhole = Object.keys(read.data).length === names.length;
    return isWhole && names.every((name) => read.data[name] !== undefined) ? read.data : undefined;
  } catch {
    return undefined;
  }
}
