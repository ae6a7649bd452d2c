import { Notary, openFileSigner, openLog, readLog, verifyLog } from "@holdfast/log";
import type { Log, LogHead, VerifyReport } from "@holdfast/log";
import type { MemoryDisk } from "./memory-disk.ts";
import { directory, hasPayload, now, origin, sample } from "./small-log.ts";

/** What the callers of a log know of it: what they may hold it to after any crash. */
export interface Witness {
  /** bodies by index, as they were appended */
  readonly appended: readonly string[];
  /** how many of them were acknowledged */
  readonly acknowledged: number;
  /** the head when the last of them was */
  readonly head: LogHead;
  /** size of the last checkpoint that was shown; 0 before the first */
  readonly signed: number;
}

const empty: LogHead = {
  size: 0,
  root: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
};

/** Of a log that nobody has opened yet. */
export const newcomer: Witness = { appended: [], acknowledged: 0, head: empty, signed: 0 };

export interface LifeOptions {
  readonly random: () => number;
  /** records of each of the callers, which append at once */
  readonly callers: readonly number[];
  /** bytes a record may be padded with */
  readonly padMax?: number;
  readonly segmentBytes?: number;
  /** signs the head after so many records of the first caller */
  readonly signsAfter?: number;
}

/** One process: opens the log, appends by some callers at once, and signs heads between. */
export class Life {
  readonly #disk: MemoryDisk;
  readonly #options: LifeOptions;
  #appended: string[];
  #acknowledged: number;
  #head: LogHead;
  #signed: number;
  #log: Log | undefined;
  #notary: Notary | undefined;

  constructor(disk: MemoryDisk, before: Witness, options: LifeOptions) {
    this.#disk = disk;
    this.#options = options;
    this.#appended = [...before.appended];
    this.#acknowledged = before.acknowledged;
    this.#head = before.head;
    this.#signed = before.signed;
  }

  /** What is known at this moment. */
  get witness(): Witness {
    return {
      appended: [...this.#appended],
      acknowledged: this.#acknowledged,
      head: this.#head,
      signed: this.#signed,
    };
  }

  /**
   * Runs to its end, or until the disk fails.
   *
   * @returns the errors that callers saw
   */
  async run(): Promise<unknown[]> {
    const errors: unknown[] = [];
    try {
      this.#log = await openSmall(this.#disk, this.#options.segmentBytes);
      await this.#takeOver(this.#log);
      if (this.#options.signsAfter !== undefined) await this.#sign(this.#log);
    } catch (error) {
      return [error];
    }
    const { callers } = this.#options;
    const done = callers.map((records, caller) => this.#append(records, caller === 0));
    for (const end of await Promise.allSettled(done)) {
      if (end.status === "rejected") errors.push(end.reason);
    }
    return errors;
  }

  async close(): Promise<void> {
    await this.#notary?.close();
    await this.#log?.close();
  }

  /** Opening has made durable what it found. */
  async #takeOver(log: Log): Promise<void> {
    this.#appended = await bodiesOf(this.#disk);
    this.#acknowledged = log.head.size;
    this.#head = log.head;
  }

  async #append(records: number, isFirst: boolean): Promise<void> {
    const { random, padMax = 900, signsAfter } = this.#options;
    for (let i = 0; i < records; i += 1) {
      const log = this.#log;
      if (log === undefined) return;
      const number = log.size;
      const pad = Math.floor(random() * padMax);
      const { body, payload } = sample(number, { payload: hasPayload(number), pad });
      const { index, durable } = log.append(body, payload);
      this.#appended.length = index;
      this.#appended.push(Buffer.from(body).toString());
      await durable;
      this.#acknowledged = Math.max(this.#acknowledged, index + 1);
      this.#head = log.head;
      if (isFirst && signsAfter !== undefined && i % signsAfter === 0) await this.#sign(log);
    }
  }

  async #sign(log: Log): Promise<void> {
    this.#notary ??= await openNotary(this.#disk, log);
    this.#signed = (await this.#notary.sign()).head.size;
  }
}

export function openSmall(files: MemoryDisk, segmentBytes = 4096): Promise<Log> {
  return openLog({ directory, origin, now, files, segmentBytes });
}

async function openNotary(files: MemoryDisk, log: Log): Promise<Notary> {
  const seed = (): Uint8Array => new Uint8Array(32).fill(7);
  const signer = await openFileSigner({ files, directory, origin, seed });
  return Notary.open({ files, directory, log, signers: [signer] });
}

async function bodiesOf(files: MemoryDisk): Promise<string[]> {
  const bodies: string[] = [];
  for await (const { body, payload } of readLog(directory, { files })) {
    const text = Buffer.from(body).toString();
    const isWhole = !text.includes('"payload"') || payload instanceof Uint8Array;
    bodies.push(isWhole ? text : `${text} without its payload`);
  }
  return bodies;
}

/**
 * What is wrong with a disk after a crash, for those who know `witness`: nothing, when what was
 * acknowledged is there, followed by nothing but more of what was appended, and no one calls it
 * damaged. Opens the log, and leaves it closed.
 */
export async function brokenPromises(disk: MemoryDisk, witness: Witness): Promise<string[]> {
  const { options } = disk;
  disk.options = { ...options, isInstant: true };
  try {
    return await compare(disk, witness);
  } catch (error) {
    return [`not usable: ${String(error)}`];
  } finally {
    disk.options = options;
  }
}

async function compare(disk: MemoryDisk, witness: Witness): Promise<string[]> {
  const found = await verified(disk);
  if (found?.state === "damaged") {
    return [`a crash looks like damage: ${JSON.stringify(found.problems[0])}`];
  }
  if (found === undefined && witness.acknowledged > 0) return ["the whole log is lost"];
  const log = await openSmall(disk);
  const bodies = await bodiesOf(disk);
  const broken = difference(bodies, witness);
  if (disk.contents().has(`${directory}/checkpoints`) || witness.signed > 0) {
    const notary = await openNotary(disk, log);
    const size = notary.newest?.head.size ?? 0;
    await notary.close();
    if (size < witness.signed) broken.push(`checkpoint of ${witness.signed} became ${size}`);
  }
  await log.close();
  const { head: held } = witness;
  const { ok, problems } = await verifyLog(directory, { files: disk, held });
  if (!ok) broken.push(`after recovery: ${problems[0]?.message}`);
  return broken;
}

/** Undefined when there is no log yet. */
async function verified(files: MemoryDisk): Promise<VerifyReport | undefined> {
  try {
    return await verifyLog(directory, { files });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "log_missing") return undefined;
    throw error;
  }
}

function difference(bodies: readonly string[], witness: Witness): string[] {
  const { appended, acknowledged } = witness;
  for (let index = 0; index < acknowledged; index += 1) {
    if (bodies[index] !== appended[index]) return [`acknowledged record ${index} is lost`];
  }
  const more = bodies.slice(acknowledged).filter((body) => !isRecovery(body));
  const pending = appended.slice(acknowledged).filter((body) => !isRecovery(body));
  const strange = more.findIndex((body, index) => body !== pending[index]);
  if (strange < 0) return [];
  return [`record ${acknowledged + strange} was never appended, or not there`];
}

function isRecovery(body: string): boolean {
  return body.includes('"kind":"recovery"');
}
