import { LogDamagedError, readPlaces } from "@holdfast/log";
import type { LogEntry, RecordPlace } from "@holdfast/log";
import { decodeRecord, HoldfastError } from "@holdfast/model";
import type { Json, RecordOf, Request } from "@holdfast/model";
import { catchUp, MemoryIndex } from "@holdfast/store";
import type { AuditIndex, IndexFilter, IndexHit } from "@holdfast/store";
import { decisionPayloadSchema, readPayload } from "./payload.ts";
import { payloadTest } from "./payload-search.ts";
import { openPayloads } from "./vault/opened-payload.ts";
import { Vault } from "./vault/vault.ts";

/** Which decisions to give; every given key must hold. */
export interface QueryFilter extends IndexFilter {
  /** the user for whom was acted; found in the payloads, and never where they are erased */
  readonly user?: string;
  /** words, each of which occurs in a text of the payloads; never found where they are erased */
  readonly payloadText?: string;
  /** default oldest first */
  readonly newestFirst?: boolean;
  /** the most rows; the newest ones with `newestFirst`, else the oldest */
  readonly limit?: number;
  /** the `sequence` of the last row that was given: goes on behind it, whatever was appended since */
  readonly cursor?: number;
  /** give the request and the full decision from the payloads, where they are not erased */
  readonly payloads?: boolean;
}

/** One decision with what became of it. */
export interface QueryRow {
  /** index of the decision record */
  readonly sequence: number;
  readonly decision: RecordOf<"decision">;
  /** absent while the action runs, when it was refused, and when it is ambiguous */
  readonly outcome?: RecordOf<"outcome"> & { readonly sequence: number };
  readonly ambiguous?: "close" | "restart";
  readonly request?: Request;
  readonly reason?: string;
  readonly args?: Json;
}

/** How a query finds its decisions. */
export interface QueryMeans {
  /** default: one in memory, made of the whole log, with an entry for each decision */
  readonly index?: AuditIndex;
  /** told the number of records indexed, while the index is brought up to the log */
  readonly progress?: (size: number) => void;
}

/** Decisions that are looked up at once. */
const chunkRows = 512;

/**
 * Reads the decisions of a log, each with its outcome, while a writer may be at work, through an
 * index that is first brought up to the last whole group. Which index finds them changes nothing
 * in the rows; each record is read from the log. Damage that the index could not be brought past is told of
 * however few rows were asked for: behind it the newest decisions may lie.
 *
 * @throws HoldfastError `log_…` where the log is damaged, after the rows before it; `record_…` and
 *   `payload_…` on a record that cannot be read; `index_…`
 */
export async function* queryLog(
  directory: string,
  filter: QueryFilter = {},
  means: QueryMeans = {},
): AsyncGenerator<QueryRow, void> {
  const { limit = Number.POSITIVE_INFINITY, newestFirst = false } = filter;
  if (limit <= 0) return;
  const index = means.index ?? new MemoryIndex();
  const damage = await upToDate(index, directory, means.progress);
  const isWanted = payloadTest(filter);
  const needsPayloads = filter.payloads === true || isWanted !== undefined;
  let given = 0;
  let beyond = filter.cursor;
  while (given < limit) {
    const most = isWanted === undefined ? Math.min(chunkRows, limit - given) : chunkRows;
    const page = { newestFirst, limit: most, ...(beyond === undefined ? {} : { beyond }) };
    const hits = await findAnew(index, directory, () => index.find(filter, page));
    const entries = await entriesOf(directory, hits, needsPayloads);
    for (const hit of hits) {
      beyond = hit.decision.index;
      const found = { decision: entries.get(beyond), end: entries.get(hit.end?.index ?? -1) };
      if (found.decision === undefined || isWanted?.(found.decision, found.end) === false) continue;
      yield rowOf(found.decision, found.end, filter.payloads === true);
      given += 1;
      if (given >= limit) break;
    }
    if (hits.length < most) break;
  }
  if (damage !== undefined) throw damage;
}

/** Brings the index up to the log; gives the damage at which it had to stop. */
export async function upToDate(
  index: AuditIndex,
  directory: string,
  progress?: (size: number) => void,
): Promise<LogDamagedError | undefined> {
  const options = progress === undefined ? {} : { progress };
  try {
    await findAnew(index, directory, () => catchUp(index, directory, options));
  } catch (error) {
    if (error instanceof LogDamagedError) return error;
    throw error;
  }
  return undefined;
}

/** Asks an index, and once more when it had to be made anew: what it found does not depend on it. */
export async function findAnew<T>(
  index: AuditIndex,
  directory: string,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== "index_damaged") throw error;
    await catchUp(index, directory);
    return ask();
  }
}

/** The records of hits by their index, read in the order of the log. */
async function entriesOf(
  directory: string,
  hits: readonly IndexHit[],
  payloads: boolean,
): Promise<ReadonlyMap<number, LogEntry>> {
  const places: RecordPlace[] = hits.flatMap(({ decision, end }) =>
    end === undefined ? [decision] : [decision, end],
  );
  places.sort((a, b) => a.index - b.index);
  const entries = new Map<number, LogEntry>();
  const vault = payloads ? await Vault.open({ directory }) : undefined;
  for await (const entry of openPayloads(readPlaces(directory, places, { payloads }), vault)) {
    entries.set(entry.index, entry);
  }
  return entries;
}

function rowOf(entry: LogEntry, end: LogEntry | undefined, withPayload: boolean): QueryRow {
  const decision = decodeRecord(entry.body);
  if (decision.kind !== "decision") {
    throw new HoldfastError("record_invalid", `record ${entry.index} is not a decision`);
  }
  const row: QueryRow = { sequence: entry.index, decision, ...endOf(end) };
  if (!withPayload || typeof entry.payload === "string") return row;
  const read = readPayload(decisionPayloadSchema, entry.payload, decision.payload);
  const { request } = read.input;
  const args = read.decision.args ?? request.args;
  return { ...row, request, reason: read.decision.reason, args };
}

function endOf(entry: LogEntry | undefined): Pick<QueryRow, "outcome" | "ambiguous"> {
  if (entry === undefined) return {};
  const record = decodeRecord(entry.body);
  if (record.kind === "outcome") return { outcome: { ...record, sequence: entry.index } };
  return record.kind === "ambiguous" ? { ambiguous: record.found } : {};
}
