import type { RecordPlace } from "@holdfast/log";
import type { IndexFilter, IndexHit, IndexPage } from "../audit-index.ts";
import { asksSubjects } from "../subject.ts";
import { jsonOf, numberOf } from "./column.ts";
import type { KeptStatements } from "./kept-statements.ts";
import type { SubjectCache } from "./subject-cache.ts";

/** Marks up to this many are all looked at; where there are more, decisions match often enough to be passed in order. */
const rareMax = 20_000;

/** The parts of a hit in the order in which they are selected. */
const columns = "seq, segment, offset, end_seq, end_segment, end_offset";

/** The stretch of the log a search is for, and in which order. */
interface Range {
  readonly low: number;
  readonly high: number;
  readonly since: number;
  readonly until: number;
  readonly order: "ASC" | "DESC";
}

/** Finds decisions by the narrowest of: agent, session, what was decided, the order of the log. */
export function searchDecisions(
  { ask, subjects }: { readonly ask: KeptStatements; readonly subjects: SubjectCache },
  filter: IndexFilter,
  page: IndexPage,
): IndexHit[] {
  const range = rangeOf(ask, filter, page);
  if (range === undefined) return [];
  const where: string[] = [];
  const values: number[] = [];
  if (filter.agent !== undefined) {
    const agent = ask.first("SELECT id FROM agent WHERE name = ?", [filter.agent]);
    if (agent === undefined) return [];
    where.push("agent = ?");
    values.push(numberOf(agent["id"]));
  }
  if (filter.session !== undefined) {
    const sessions = sessionIds(ask, filter.session);
    if (sessions.length === 0) return [];
    where.push(`session IN (${sessions.join(",")})`);
  }
  if (asksSubjects(filter)) {
    const ids = subjects.matching(filter);
    if (ids.length === 0) return [];
    const among = ids.join(",");
    const isRare = where.length === 0 && areRare(ask, among, range);
    where.push(
      isRare
        ? `seq IN (SELECT seq FROM mark WHERE subject IN (${among}))`
        : `(subject IN (${among}) OR ended IN (${among}))`,
    );
  }
  const { low, high, since, until, order } = range;
  where.push("seq >= ? AND seq <= ? AND time >= ? AND time < ?");
  const sql = `SELECT ${columns} FROM decision WHERE ${where.join(" AND ")} ORDER BY seq ${order} LIMIT ?`;
  const hits = readHits(ask, sql, [...values, low, high, since, until, page.limit]);
  return order === "ASC" ? hits : hits.reverse();
}

/** Every record of a session or session root, in the order of the log. */
export function searchTrail(ask: KeptStatements, session: string): RecordPlace[] {
  const sessions = sessionIds(ask, session);
  if (sessions.length === 0) return [];
  const among = `session IN (${sessions.join(",")})`;
  const notes = `SELECT seq, segment, offset, NULL AS end_seq, NULL AS end_segment, NULL AS end_offset FROM note`;
  const hits = [
    ...readHits(ask, `SELECT ${columns} FROM decision WHERE ${among}`, []),
    ...readHits(ask, `${notes} WHERE ${among}`, []),
  ];
  return hits
    .flatMap(({ decision, end }) => (end === undefined ? [decision] : [decision, end]))
    .sort((a, b) => a.index - b.index);
}

function rangeOf(
  ask: KeptStatements,
  { sinceMs, untilMs }: IndexFilter,
  { newestFirst, beyond }: IndexPage,
): Range | undefined {
  let low = !newestFirst && beyond !== undefined ? beyond + 1 : 0;
  let high = newestFirst && beyond !== undefined ? beyond - 1 : Number.MAX_SAFE_INTEGER;
  const since = bounded(sinceMs ?? 0);
  const until = bounded(untilMs ?? Number.MAX_SAFE_INTEGER);
  if (sinceMs !== undefined || untilMs !== undefined) {
    const spans =
      "SELECT min(first) AS low, max(last) AS high FROM span WHERE max_ms >= ? AND min_ms < ?";
    const found = ask.first(spans, [since, until]);
    if (found === undefined || found["low"] === null) return undefined;
    low = Math.max(low, numberOf(found["low"]));
    high = Math.min(high, numberOf(found["high"]));
  }
  return low > high ? undefined : { low, high, since, until, order: newestFirst ? "DESC" : "ASC" };
}

function bounded(timeMs: number): number {
  return Math.ceil(Math.min(Math.max(timeMs, 0), Number.MAX_SAFE_INTEGER));
}

function areRare(ask: KeptStatements, among: string, { low, high }: Range): boolean {
  const marks = `SELECT 1 FROM mark WHERE subject IN (${among}) AND seq >= ? AND seq <= ? LIMIT ?`;
  const row = ask.first(`SELECT count(*) AS marks FROM (${marks})`, [low, high, rareMax]);
  return numberOf(row?.["marks"]) < rareMax;
}

function sessionIds(ask: KeptStatements, session: string): number[] {
  const sql = "SELECT id FROM session WHERE name = ? UNION SELECT id FROM session WHERE root = ?";
  return ask.all(sql, [session, session]).map((row) => numberOf(row["id"]));
}

/**
 * Hits in the order of the log. They come as one text: for each column of each row that comes by
 * itself, the database and this program talk several times.
 */
function readHits(ask: KeptStatements, sql: string, values: number[]): IndexHit[] {
  const all = `SELECT json_group_array(json_array(${columns})) AS hits FROM (${sql})`;
  const found = jsonOf(ask.first(all, values)?.["hits"]) as unknown[][];
  return found.map(hitOf).sort((a, b) => a.decision.index - b.decision.index);
}

function hitOf(row: readonly unknown[]): IndexHit {
  const [index, segment, offset, endIndex, endSegment, endOffset] = row;
  const decision = placeOf(index, segment, offset);
  if (endIndex === null) return { decision };
  return { decision, end: placeOf(endIndex, endSegment, endOffset) };
}

function placeOf(index: unknown, segment: unknown, offset: unknown): RecordPlace {
  return { index: numberOf(index), segment: numberOf(segment), offset: numberOf(offset) };
}
