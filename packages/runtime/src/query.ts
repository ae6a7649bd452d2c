import { readLog } from "@holdfast/log";
import { decodeRecord } from "@holdfast/model";
import type { Effect, Json, RecordOf, Request } from "@holdfast/model";
import { decisionPayloadSchema, readPayload } from "./payload.ts";

/** Which decisions to give; every given key must hold. */
export interface QueryFilter {
  readonly agent?: string;
  /** `server.name`, or `server.*` */
  readonly tool?: string;
  /** of the action, or of showing its result */
  readonly effect?: Effect;
  /** `policy/rule` among the determining rules, of the action or of showing its result */
  readonly rule?: string;
  /** session id or session root */
  readonly session?: string;
  /** Unix ms, inclusive */
  readonly sinceMs?: number;
  /** Unix ms, exclusive */
  readonly untilMs?: number;
  /** default oldest first */
  readonly newestFirst?: boolean;
  /** the most rows; the newest ones with `newestFirst`, else the oldest */
  readonly limit?: number;
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

/**
 * Reads the decisions of a log, each with its outcome, while a writer may be at work. Oldest
 * first without a limit it holds one small entry per outcome in memory; newest first it holds
 * the rows it gives.
 *
 * @throws HoldfastError `log_…` where the log is damaged, after the rows before it
 */
export async function* queryLog(
  directory: string,
  filter: QueryFilter = {},
): AsyncGenerator<QueryRow, void> {
  const { limit = Number.POSITIVE_INFINITY, newestFirst = false } = filter;
  if (limit <= 0) return;
  const ends = await readEnds(directory);
  const newest: QueryRow[] = [];
  let given = 0;
  for await (const row of matching(directory, filter, ends)) {
    const joined = { ...row, ...ends.get(row.sequence) };
    if (newestFirst) {
      newest.push(joined);
      if (newest.length > 2 * limit) newest.splice(0, newest.length - limit);
      continue;
    }
    yield joined;
    given += 1;
    if (given >= limit) return;
  }
  yield* newest.reverse().slice(0, Number.isFinite(limit) ? limit : undefined);
}

type End = Pick<QueryRow, "outcome" | "ambiguous">;

/** How actions ended, by the index of their decision record. */
async function readEnds(directory: string): Promise<ReadonlyMap<number, End>> {
  const ends = new Map<number, End>();
  for await (const { index, body } of readLog(directory)) {
    const record = decodeRecord(body);
    if (record.kind === "outcome") {
      ends.set(record.decision, { outcome: { ...record, sequence: index } });
    }
    if (record.kind === "ambiguous") ends.set(record.decision, { ambiguous: record.found });
  }
  return ends;
}

async function* matching(
  directory: string,
  filter: QueryFilter,
  ends: ReadonlyMap<number, End>,
): AsyncGenerator<QueryRow, void> {
  for await (const { index, body, payload } of readLog(directory)) {
    const decision = decodeRecord(body);
    if (decision.kind !== "decision" || !isWanted(decision, filter)) continue;
    if (!isDecided([decision, ends.get(index)?.outcome], filter)) continue;
    const row = { sequence: index, decision };
    if (filter.payloads !== true || typeof payload === "string") {
      yield row;
      continue;
    }
    const read = readPayload(decisionPayloadSchema, payload, decision.payload);
    const { request } = read.input;
    yield {
      ...row,
      request,
      reason: read.decision.reason,
      args: read.decision.args ?? request.args,
    };
  }
}

function isWanted(record: RecordOf<"decision">, filter: QueryFilter): boolean {
  const { agent, session, sinceMs = 0, untilMs = Number.POSITIVE_INFINITY } = filter;
  return (
    (agent === undefined || record.agent.id === agent) &&
    (filter.tool === undefined || fits(filter.tool, `${record.tool.server}.${record.tool.name}`)) &&
    (session === undefined || record.session?.id === session || record.session?.root === session) &&
    record.time >= sinceMs &&
    record.time < untilMs
  );
}

/** Whether the action, or the showing of its result, was decided as asked for. */
function isDecided(
  decided: readonly (Pick<RecordOf<"decision">, "effect" | "rules"> | undefined)[],
  { effect, rule }: QueryFilter,
): boolean {
  return decided.some(
    (one) =>
      one !== undefined &&
      (effect === undefined || one.effect === effect) &&
      (rule === undefined || one.rules.includes(rule)),
  );
}

function fits(pattern: string, tool: string): boolean {
  return pattern.endsWith(".*") ? tool.startsWith(pattern.slice(0, -1)) : pattern === tool;
}
