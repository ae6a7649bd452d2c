import { findInRecord } from "./record-finding.ts";
import type { RecordFinding } from "./record-finding.ts";
import { scanSegment } from "./segment-scan.ts";
import type { ScannedGroup, SegmentContext, SegmentEnd } from "./segment-scan.ts";
import type { SeriesFile } from "./survey.ts";

/** A whole group whose records were looked at. */
export interface CheckedGroup {
  readonly file: SeriesFile;
  readonly group: Omit<ScannedGroup, "entries">;
  readonly findings: readonly RecordFinding[];
}

/** As `scanSegment`, looking into every record too. */
export function* checkSegment(
  file: SeriesFile,
  bytes: Buffer,
  context: SegmentContext,
): Generator<CheckedGroup, SegmentEnd> {
  const scan = scanSegment(bytes, context);
  let step = scan.next();
  for (; step.done !== true; step = scan.next()) yield checkGroup(file, bytes, step.value);
  return step.value;
}

/** Looks into the records of a group. */
function checkGroup(
  file: SeriesFile,
  bytes: Buffer,
  { entries, before, after, leaves, start, end }: ScannedGroup,
): CheckedGroup {
  const findings: RecordFinding[] = [];
  let index = before.frontier.size;
  for (const entry of entries) {
    const finding = findInRecord(bytes, entry, index);
    index += 1;
    if (finding !== undefined) findings.push(finding);
  }
  return { file, group: { before, after, leaves, start, end }, findings };
}
