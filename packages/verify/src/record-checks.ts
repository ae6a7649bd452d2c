import type { Folder } from "./folder.ts";
import { HoldWatch } from "./hold-watch.ts";
import type { KeyRing } from "./key-ring.ts";
import { objectOf } from "./log-text.ts";
import type { Description, JsonObject } from "./log-text.ts";
import { PayloadReader } from "./payload-reader.ts";
import type { Problem } from "./problem.ts";
import type { RecordsEnd, StoredRecord } from "./record-reader.ts";
import type { Series } from "./series.ts";

/** How many payloads records name, and what became of them. */
export interface PayloadCounts {
  readonly named: number;
  readonly present: number;
  readonly erased: number;
  readonly missing: number;
}

/** What a record says of records that were removed on purpose. */
export interface Pruning {
  /** index of that record */
  readonly teller: number;
  /** the first record that is still there */
  readonly minimum: number;
  /** of the tree over all before it, in hex */
  readonly root: string;
}

/** Payloads that a record says were erased: those of the records from `first` to `last`. */
interface ErasedRun {
  readonly first: number;
  readonly last: number;
  /** index of the record that says so */
  readonly teller: number;
}

interface Source {
  readonly folder: Folder;
  readonly description: Description;
  readonly payloads: Series;
  readonly segments: Series;
  readonly ring: KeyRing;
}

/** Checks records one by one as they are read: what they say, and the payloads they name. */
export class RecordChecks {
  readonly #source: Source;
  readonly #problems: Problem[] = [];
  readonly #counts = { named: 0, present: 0, erased: 0, missing: 0, damaged: 0 };
  readonly #erased: number[] = [];
  readonly #told: ErasedRun[] = [];
  #reader: PayloadReader | undefined;
  readonly #prunings: Pruning[] = [];
  readonly #holds = new HoldWatch();

  constructor(source: Source) {
    this.#source = source;
  }

  /**
   * Of records and payloads, in the order they were found.
   *
   * @param covered so many records are under the newest checkpoint that the log contains
   */
  problems(covered: number): readonly Problem[] {
    return [...this.#problems, ...this.#untold(covered), ...(this.#reader?.problems ?? [])];
  }

  get counts(): PayloadCounts {
    const { named, present, erased, missing } = this.#counts;
    return { named, present, erased, missing };
  }

  /**
   * The last that records say of pruning. Where a checkpoint covers anything, records that none
   * covers say nothing: whoever can write files can append them.
   */
  pruning(covered: number): Pruning | undefined {
    return this.#prunings.findLast(({ teller }) => covered === 0 || teller < covered);
  }

  /** Takes the next record. */
  check(record: StoredRecord): void {
    this.#reader ??= this.#readerFrom(record.index);
    const { index, body, file, offset, group } = record;
    const value = objectOf(body);
    const name = value === undefined ? undefined : payloadOf(value);
    if (value === undefined || name === "malformed") {
      const what =
        value === undefined ? "is not a JSON object" : "names its payload in no known way";
      this.#problems.push({ code: "log_record", file, offset, message: `record ${index} ${what}` });
      return;
    }
    this.#checkKind(record, value);
    const unlawful = this.#holds.take(value);
    if (unlawful !== undefined) {
      const message = `record ${index} ${unlawful}`;
      this.#problems.push({ code: "log_hold", file, offset, message });
    }
    this.#noteErasure(index, value);
    if (name === undefined) return;
    this.#counts.named += 1;
    const state = this.#reader.take({ index, group, ...name });
    this.#counts[state] += 1;
    if (state === "erased") this.#erased.push(index);
  }

  /** A record that tells an erasure stands behind the payloads it names. */
  #noteErasure(teller: number, { kind, erased }: JsonObject): void {
    if (kind !== "erasure" || !Array.isArray(erased)) return;
    for (const run of erased) {
      if (!Array.isArray(run)) continue;
      const [first, last] = run as readonly unknown[];
      if (typeof first !== "number" || typeof last !== "number") continue;
      this.#told.push({ first, last, teller });
    }
  }

  /** Payloads that are zeros, though nothing says that this was asked for, or nothing covered does. */
  #untold(covered: number): Problem[] {
    const told = [...this.#told].sort((one, other) => one.first - other.first);
    const problems: Problem[] = [];
    let next = 0;
    const reach = { any: -1, covered: -1 };
    for (const index of this.#erased) {
      for (let run = told[next]; run !== undefined && run.first <= index; run = told[next]) {
        reach.any = Math.max(reach.any, run.last);
        if (run.teller < covered) reach.covered = Math.max(reach.covered, run.last);
        next += 1;
      }
      if (index <= (index < covered ? reach.covered : reach.any)) continue;
      const message = `payload of record ${index} is erased, and no record says so`;
      problems.push({ code: "log_payload_erased", file: "payload", message });
    }
    return problems;
  }

  /** Records that say something of the log itself. */
  #checkKind({ index, file, offset }: StoredRecord, value: JsonObject): void {
    if (value["kind"] === "key") {
      const why = this.#source.ring.take(index, value);
      const message = `record ${index} ${why}`;
      if (why !== undefined) this.#problems.push({ code: "log_key_change", file, offset, message });
    } else if (value["kind"] === "pruned") {
      const { minimum, root } = value;
      if (typeof minimum !== "number" || typeof root !== "string") return;
      this.#prunings.push({ teller: index, minimum, root });
    }
  }

  /** Looks at what is left when the last record was taken. */
  finish({ tree, group, begins, problem }: RecordsEnd): void {
    // Behind damage the payloads of records that were not read would all seem to belong to none.
    if (problem !== undefined && problem.code !== "log_torn_tail") return;
    const { files } = this.#source.segments;
    const addsFrom = files.at(-2)?.first ?? 0;
    this.#reader ??= this.#readerFrom(begins);
    this.#reader.finish({ size: tree.size, group, addsFrom });
  }

  #readerFrom(begins: number): PayloadReader {
    const { folder, payloads, description } = this.#source;
    return new PayloadReader(folder, payloads, description, begins);
  }
}

function payloadOf(
  record: JsonObject,
): { readonly bytes: number; readonly digest: string } | "malformed" | undefined {
  if (!Object.hasOwn(record, "payload")) return undefined;
  const payload = record["payload"];
  if (payload === null || typeof payload !== "object" || Array.isArray(payload)) return "malformed";
  const { scheme, digest, bytes } = payload as JsonObject;
  const isNamed =
    typeof scheme === "string" &&
    typeof digest === "string" &&
    /^sha256:[0-9a-f]{64}$/u.test(digest) &&
    typeof bytes === "number" &&
    Number.isSafeInteger(bytes) &&
    bytes >= 0;
  return isNamed ? { bytes, digest } : "malformed";
}
