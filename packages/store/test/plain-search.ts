import type { RecordPlace } from "@holdfast/log";
import type { IndexFilter, IndexHit, IndexRow, Verdict } from "@holdfast/store";

type Decision = Extract<IndexRow, { readonly kind: "decision" }>;

const placeOf = ({ index, segment, offset }: RecordPlace): RecordPlace => ({
  index,
  segment,
  offset,
});

/** The answer by looking at every row, written without anything of the drivers. */
export function expectedHits(
  rows: readonly IndexRow[],
  filter: IndexFilter,
  newestFirst: boolean,
): IndexHit[] {
  const hits: IndexHit[] = [];
  const minimum = minimumOf(rows);
  for (const row of rows) {
    if (row.index < minimum) continue;
    if (row.kind !== "decision" || !isWanted(row, filter)) continue;
    const end = rows.find((other) => "decision" in other && other.decision === row.index);
    const verdicts: Verdict[] = [row.subject, ...(end?.kind === "outcome" ? [end.verdict] : [])];
    if (!verdicts.some((verdict) => isDecided(row, verdict, filter))) continue;
    hits.push({ decision: placeOf(row), ...(end === undefined ? {} : { end: placeOf(end) }) });
  }
  return newestFirst ? hits.reverse() : hits;
}

export function expectedTrail(rows: readonly IndexRow[], session: string): RecordPlace[] {
  const minimum = minimumOf(rows);
  const isOwn = (row: IndexRow): boolean =>
    "session" in row && (row.session?.id === session || row.session?.root === session);
  return rows
    .filter((row) => {
      if (row.index < minimum) return false;
      if (!("decision" in row)) return isOwn(row);
      const of = rows.find((other) => other.index === row.decision);
      return of !== undefined && of.index >= minimum && isOwn(of);
    })
    .map(placeOf);
}

function minimumOf(rows: readonly IndexRow[]): number {
  return Math.max(0, ...rows.map((row) => (row.kind === "pruned" ? row.minimum : 0)));
}

function isWanted({ subject, session, timeMs }: Decision, filter: IndexFilter): boolean {
  if (filter.agent !== undefined && filter.agent !== subject.agent) return false;
  if (filter.sinceMs !== undefined && timeMs < filter.sinceMs) return false;
  if (filter.untilMs !== undefined && timeMs >= filter.untilMs) return false;
  if (filter.session !== undefined && ![session?.id, session?.root].includes(filter.session))
    return false;
  const { tool } = filter;
  if (tool === undefined) return true;
  return tool.endsWith(".*")
    ? subject.tool.split(".")[0] === tool.slice(0, -2)
    : subject.tool === tool;
}

function isDecided({ subject }: Decision, verdict: Verdict, filter: IndexFilter): boolean {
  if (filter.effect !== undefined && verdict.effect !== filter.effect) return false;
  if (filter.code !== undefined && verdict.code !== filter.code) return false;
  if (filter.rule !== undefined && !verdict.rules.some((rule) => rule === filter.rule))
    return false;
  const said = [
    subject.agent,
    subject.tool,
    ...subject.about,
    verdict.effect,
    verdict.code,
    verdict.status ?? "",
    ...verdict.rules,
  ];
  return (filter.text ?? "")
    .split(" ")
    .every((word) => said.some((text) => text.toLowerCase().includes(word.toLowerCase())));
}
