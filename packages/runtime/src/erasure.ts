import {
  openSync,
  closeSync,
  existsSync,
  fsyncSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { openLog, readLog } from "@holdfast/log";
import type { LogEntry } from "@holdfast/log";
import {
  commitmentTo,
  decodeRecord,
  encodeRecord,
  erasedRunsMax,
  HoldfastError,
  saltBytes,
} from "@holdfast/model";
import type { LogRecord } from "@holdfast/model";
import type { Clock } from "./clock.ts";
import type { Random } from "./evidence.ts";
import { decisionPayloadSchema, outcomePayloadSchema, readPayload } from "./payload.ts";
import { snapshotFolder } from "./snapshot/manifest.ts";

/** Whose personal data goes: `user:ID`, `agent:ID` or `session:ID`, the id of a session or its root. */
export interface Subject {
  readonly kind: "user" | "agent" | "session";
  readonly id: string;
}

/** What an erasure is made with. */
export interface ErasureOptions {
  readonly directory: string;
  readonly subject: Subject;
  /** stays in the log for ever, so it names nobody */
  readonly reason: string;
  /** who asked for it */
  readonly by: string;
  readonly clock: Clock;
  readonly random: Random;
}

/** What an erasure did. */
export interface Erasure {
  /** payloads that are zeros now */
  readonly payloads: number;
  /** index of its last record */
  readonly sequence: number;
}

/**
 * Reads a subject: `user:ana`.
 *
 * @throws HoldfastError `erasure_subject`
 */
export function readSubject(text: string): Subject {
  const [, kind, id] = /^(user|agent|session):(.+)$/su.exec(text) ?? [];
  if (id !== undefined && (kind === "user" || kind === "agent" || kind === "session")) {
    return { kind, id };
  }
  const message = `\`${text}\` names nobody; write user:ID, agent:ID or session:ID`;
  throw new HoldfastError("erasure_subject", message);
}

/**
 * Destroys what the log holds of a subject: payloads of its actions and outcomes, and of the
 * prompts, documents and memory of the sessions it acted in, become zeros with their salts, so that
 * not even a guess can be confirmed. What was derived from them (snapshot, index) goes with them and
 * is made anew. Records, and so every proof, stay. No guard may have the log open.
 *
 * @throws HoldfastError `log_locked`; `erasure_pruned` where only a snapshot knows the beginning;
 * `log_…`, `payload_…` on a log that cannot be read whole
 */
export async function eraseSubject(options: ErasureOptions): Promise<Erasure> {
  const { directory, clock } = options;
  const now = (): number => Math.max(0, Math.floor(clock.wallMs()));
  const opening = { directory, origin: "holdfast", now };
  const erase = await payloadsOf(directory, options.subject);
  // What is zeros though no record says so is damage, so the record is there first.
  const log = await openLog(opening);
  let sequence = 0;
  try {
    destroyDerived(directory);
    for (const record of recordsOf(options, now(), erase)) {
      const { index, durable } = log.append(encodeRecord(record));
      await durable;
      sequence = index;
    }
  } finally {
    await log.close();
  }
  await (await openLog({ ...opening, erase })).close();
  return { payloads: erase.size, sequence };
}

function recordsOf(
  { subject, reason, by, random }: ErasureOptions,
  time: number,
  erase: ReadonlySet<number>,
): readonly LogRecord[] {
  const name = commitmentTo("subject", `${subject.kind}:${subject.id}`, random(saltBytes));
  const runs = runsOf([...erase].sort((a, b) => a - b));
  const records: LogRecord[] = [];
  do {
    const erased = runs.splice(0, erasedRunsMax);
    records.push({ v: 1, kind: "erasure", time, subject: name, reason, by, erased });
  } while (runs.length > 0);
  return records;
}

/** First and last of each run of numbers that follow each other. */
function runsOf(sorted: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const index of sorted) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === index - 1) last[1] = index;
    else runs.push([index, index]);
  }
  return runs;
}

/** Records of a subject whose payloads are still there. */
async function payloadsOf(directory: string, subject: Subject): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  const roots = new Set<string>();
  const sessions = new Set<string>();
  let begins = true;
  for await (const { index, body, payload } of readLog(directory)) {
    if (begins && index > 0) {
      const message = "what was pruned lives on in the snapshot, which an erasure has to destroy";
      throw new HoldfastError("erasure_pruned", message);
    }
    begins = false;
    const record = decodeRecord(body);
    if (!isAbout(record, payload, subject)) continue;
    if (payload !== undefined && typeof payload !== "string") found.add(index);
    if ("session" in record && record.session !== undefined) {
      roots.add(record.session.root);
      sessions.add(record.session.id);
    }
  }
  if (subject.kind !== "user") return found;
  // What entered a session names no user: it goes with whoever acted in it.
  for await (const { index, body, payload } of readLog(directory)) {
    if (payload === undefined || typeof payload === "string") continue;
    const record = decodeRecord(body);
    if (record.kind === "observation" && roots.has(record.session.root)) found.add(index);
    if (record.kind === "session" && sessions.has(record.id)) found.add(index);
  }
  return found;
}

function isAbout(record: LogRecord, payload: LogEntry["payload"], subject: Subject): boolean {
  switch (subject.kind) {
    case "agent":
      if (record.kind === "outcome") return agentOf(record, payload) === subject.id;
      return (
        (record.kind === "decision" && record.agent.id === subject.id) ||
        (record.kind === "session" && record.agent === subject.id)
      );
    case "session":
      if (record.kind === "outcome") {
        return sessionOf(record, payload).includes(subject.id);
      }
      if (record.kind === "session") return [record.id, record.root].includes(subject.id);
      if (record.kind !== "decision" && record.kind !== "observation") return false;
      return [record.session?.id, record.session?.root].includes(subject.id);
    case "user":
      return requestOf(record, payload)?.user?.id === subject.id;
  }
}

function requestOf(record: LogRecord, payload: LogEntry["payload"]) {
  if (payload === undefined || typeof payload === "string") return undefined;
  if (record.kind === "decision") {
    return readPayload(decisionPayloadSchema, payload, record.payload).input.request;
  }
  if (record.kind !== "outcome") return undefined;
  return readPayload(outcomePayloadSchema, payload, record.payload).input.request;
}

function agentOf(record: LogRecord, payload: LogEntry["payload"]): string | undefined {
  return requestOf(record, payload)?.agent.id;
}

function sessionOf(record: LogRecord, payload: LogEntry["payload"]): readonly string[] {
  const session = requestOf(record, payload)?.session;
  return session === undefined ? [] : [session.id, session.root ?? session.id];
}

/** Overwrites and removes what can be made anew from the log, and may hold what is erased. */
function destroyDerived(directory: string): void {
  const folder = join(directory, snapshotFolder);
  if (existsSync(folder)) {
    for (const name of readdirSync(folder)) overwrite(join(folder, name));
    rmSync(folder, { recursive: true });
  }
  for (const name of readdirSync(directory)) {
    if (!name.startsWith("index.db")) continue;
    const path = join(directory, name);
    if (statSync(path).isFile()) overwrite(path);
    rmSync(path, { recursive: true });
  }
}

function overwrite(path: string): void {
  const { size } = statSync(path);
  const zeros = Buffer.alloc(64 * 1024);
  const descriptor = openSync(path, "r+");
  try {
    for (let at = 0; at < size; at += zeros.length) {
      writeSync(descriptor, zeros, 0, Math.min(zeros.length, size - at), at);
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
