import type { BaseLog, LogContents } from "./base-log.ts";
import type { Held, Judge } from "./judge.ts";

/** The logs that attacks begin with. */
export interface AttackedLogs {
  /** 1,000 records with payloads, signed now and then */
  readonly signed: BaseLog;
  /** one segment without payloads and signatures: nothing but the records speaks for them */
  readonly bare: BaseLog;
  /** the signed log as it would be had one of its first records said something else */
  readonly other: BaseLog;
}

/** A log after an attack, and what the auditor holds. */
export interface Forgery {
  /** for whoever reads why it was not found */
  readonly what: string;
  readonly files: LogContents;
  readonly held: Held;
}

/** One way to tamper with a log, in all the forms that are tried. */
export interface Attack {
  readonly name: string;
  /** one of these has to be among what is found; any problem will do when absent */
  readonly codes?: readonly string[];
  readonly forgeries: (logs: AttackedLogs) => Iterable<Forgery> | AsyncIterable<Forgery>;
}

/** The forgeries of an attack that a judge does not find, or finds for another reason. */
export async function missedBy(
  judge: Judge,
  attack: Attack,
  logs: AttackedLogs,
): Promise<readonly string[]> {
  const missed: string[] = [];
  let count = 0;
  for await (const { what, files, held } of attack.forgeries(logs)) {
    count += 1;
    const found = await judge(files, held);
    const { codes } = attack;
    const isFound =
      codes === undefined ? found.length > 0 : codes.some((each) => found.includes(each));
    if (!isFound) missed.push(`${what}: ${found.length === 0 ? "intact" : found.join(", ")}`);
  }
  if (count === 0) throw new Error(`attack \`${attack.name}\` has no forgery`);
  return missed;
}

/** The files with some of them changed; undefined takes a file away. */
export function withFiles(
  files: LogContents,
  changes: Readonly<Record<string, Buffer | undefined>>,
): LogContents {
  const copy = new Map(files);
  for (const [path, bytes] of Object.entries(changes)) {
    if (bytes === undefined) copy.delete(path);
    else copy.set(path, bytes);
  }
  return copy;
}

/** Paths of the segments, in order. */
export function segmentsOf(files: LogContents): readonly string[] {
  return [...files.keys()].filter((path) => path.endsWith(".seg")).toSorted();
}

/** A file that is there. */
export function fileOf(files: LogContents, path: string): Buffer {
  const bytes = files.get(path);
  if (bytes === undefined) throw new Error(`no \`${path}\``);
  return bytes;
}
