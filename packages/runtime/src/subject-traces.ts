import { readLog } from "@holdfast/log";
import type { LogEntry } from "@holdfast/log";
import { decodeRecord, HoldfastError } from "@holdfast/model";
import type { LogRecord, RecordOf } from "@holdfast/model";
import { decisionPayloadSchema, outcomePayloadSchema, readPayload } from "./payload.ts";
import { decodeSealed } from "./vault/sealed-payload.ts";
import { sealedScheme } from "./vault/vault.ts";
import type { Vault } from "./vault/vault.ts";

/** Whose personal data goes: `user:ID`, `agent:ID` or `session:ID`, the id of a session or its root. */
export interface Subject {
  readonly kind: "user" | "agent" | "session";
  readonly id: string;
}

/** What there is of a subject. */
export interface SubjectTraces {
  /** records whose payloads are still there */
  readonly payloads: ReadonlySet<number>;
  /** pseudonyms of keys that go with the subject */
  readonly keys: ReadonlySet<string>;
}

/**
 * Finds what a log holds of a subject. What is sealed is told by its key and by what its records say,
 * and not opened: so an erasure that was interrupted finds it again though the keys are gone.
 *
 * @throws HoldfastError `erasure_pruned` where only a snapshot knows the beginning; `vault_key` where
 * a payload is a user's or not, and the vault that tells is gone; `log_…`, `payload_…`
 */
export async function findTraces(
  directory: string,
  subject: Subject,
  vault: Vault | undefined,
): Promise<SubjectTraces> {
  const search = new Search(subject, vault);
  let begins = true;
  for await (const entry of readLog(directory)) {
    if (begins && entry.index > 0) {
      const message = "what was pruned lives on in the snapshot, which an erasure has to destroy";
      throw new HoldfastError("erasure_pruned", message);
    }
    begins = false;
    search.take(entry);
  }
  const subjects = vault === undefined ? [] : search.subjects();
  const keys = new Set(subjects.flatMap((one) => vault?.pseudonym(one) ?? []));
  // What entered a session names no user: it goes with whoever acted in it. Whatever is under a
  // key that goes can never be read again, so it is told of as erased too.
  for await (const entry of readLog(directory)) search.takeWith(entry, keys);
  return { payloads: search.found, keys };
}

/** Goes through a log for one subject. */
class Search {
  readonly found = new Set<number>();
  readonly #subject: Subject;
  readonly #vault: Vault | undefined;
  readonly #pseudonym: string | undefined;
  /** decision records about the subject: their outcomes are too */
  readonly #decisions = new Set<number>();
  readonly #roots = new Set<string>();
  readonly #sessions = new Set<string>();
  /** records that earlier erasures name: one that was interrupted is brought to its end */
  readonly #told = new Set<number>();

  constructor(subject: Subject, vault: Vault | undefined) {
    this.#subject = subject;
    this.#vault = vault;
    this.#pseudonym = vault?.pseudonym(`${subject.kind}:${subject.id}`);
  }

  /** Takes what is plainly the subject's. */
  take({ index, body, payload }: LogEntry): void {
    const record = decodeRecord(body);
    if (record.kind === "erasure") this.#take(record);
    if (!this.#isAbout(record, payload)) return;
    if (record.kind === "decision") this.#decisions.add(index);
    if (typeof payload === "object") this.found.add(index);
    if (record.kind === "session") this.#sessions.add(record.id);
    if (!("session" in record) || record.session === undefined) return;
    this.#roots.add(record.session.root);
    this.#sessions.add(record.session.id);
  }

  /** Takes what goes with it: known only when the whole log was read. */
  takeWith({ index, body, payload }: LogEntry, keys: ReadonlySet<string>): void {
    if (typeof payload !== "object") return;
    const record = decodeRecord(body);
    if (this.#told.has(index)) this.found.add(index);
    if (isSealed(record) && keys.has(decodeSealed(payload)?.pseudonym ?? "")) this.found.add(index);
    if (this.#subject.kind !== "user") return;
    if (record.kind === "observation" && this.#roots.has(record.session.root)) {
      this.found.add(index);
    }
    if (record.kind === "session" && this.#sessions.has(record.id)) this.found.add(index);
  }

  /** Whose keys go: an agent's sessions also hold what others said in them. */
  subjects(): string[] {
    const { kind, id } = this.#subject;
    const own = `${kind}:${id}`;
    if (kind === "agent") return [own];
    const roots = kind === "user" ? this.#roots : [];
    return [own, ...[...this.#sessions, ...roots].map((session) => `session:${session}`)];
  }

  #take({ erased }: RecordOf<"erasure">): void {
    for (const [first, last] of erased) {
      for (let index = first; index <= last; index += 1) this.#told.add(index);
    }
  }

  #isAbout(record: LogRecord, payload: LogEntry["payload"]): boolean {
    const { kind, id } = this.#subject;
    switch (record.kind) {
      case "outcome":
        if (this.#decisions.has(record.decision)) return true;
        return kind === "user" && this.#isUsers(record, payload);
      case "decision":
        if (kind === "agent") return record.agent.id === id;
        if (kind === "user") return this.#isUsers(record, payload);
        return [record.session?.id, record.session?.root].includes(id);
      case "session":
        if (kind === "agent") return record.agent === id;
        return kind === "session" && [record.id, record.root].includes(id);
      case "observation":
        return kind === "session" && [record.session.id, record.session.root].includes(id);
      case "ambiguous":
      case "erasure":
      case "hold":
      case "key":
      case "policy":
      case "pruned":
      case "recovery":
      case "registry":
      case "release":
      case "restriction":
        return false;
    }
  }

  #isUsers(record: OfAction, payload: LogEntry["payload"]): boolean {
    if (typeof payload !== "object") return false;
    if (!isSealed(record)) return userOf(record, payload) === this.#subject.id;
    if (this.#vault !== undefined) return decodeSealed(payload)?.pseudonym === this.#pseudonym;
    const message = "`vault/kek` is missing, and only it tells whose payloads are; put it back";
    throw new HoldfastError("vault_key", message);
  }
}

type OfAction = RecordOf<"decision"> | RecordOf<"outcome">;

function userOf(record: OfAction, payload: Uint8Array): string | undefined {
  const { input } =
    record.kind === "decision"
      ? readPayload(decisionPayloadSchema, payload, record.payload)
      : readPayload(outcomePayloadSchema, payload, record.payload);
  return input.request.user?.id;
}

function isSealed(record: LogRecord): boolean {
  return "payload" in record && record.payload?.scheme === sealedScheme;
}
