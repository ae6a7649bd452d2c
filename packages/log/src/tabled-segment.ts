import { isHeaderAt } from "./header-check.ts";
import { formatLimits } from "./limits.ts";
import { findInRecord } from "./record-finding.ts";
import type { RecordFinding } from "./record-finding.ts";
import type { RecordRows } from "./record-rows.ts";
import type { LogState, ScannedGroup, SegmentContext } from "./segment-scan.ts";
import type { SegmentTable } from "./segment-table.ts";
import type { SeriesFile } from "./survey.ts";
import { Frontier, ones, PackedLeaves } from "./tree.ts";
import type { LeafRun } from "./tree.ts";
import type { AheadSegment } from "./walk.ts";

/** A whole group of a table, as `CheckedGroup` is one that was read here. */
export interface TabledGroup {
  readonly file: SeriesFile;
  readonly group: Omit<ScannedGroup, "entries"> & { readonly size: number };
  /** its number */
  readonly batch: number;
  readonly rows: RecordRows;
  /** the rows of this group */
  readonly from: number;
  readonly to: number;
}

/**
 * The groups of a table, when the segment it was made of belongs in that place of the log;
 * undefined where it does not, or its header is not the right one to the last byte.
 */
export function stepsOfTable(
  file: SeriesFile,
  table: SegmentTable,
  context: SegmentContext,
): AheadSegment<TabledGroup> | undefined {
  const { state } = context;
  const { size, ends } = table;
  if (size === 0 || size % formatLimits.blockBytes !== 0 || state === undefined) return undefined;
  if (!isHeaderAt(bufferOf(table.header), size, context)) return undefined;
  const states = new TableStates(table, state);
  return {
    steps: groupsOf(file, table, states),
    state: states.before(ends.length),
    end: table.end,
    ...(table.digest === undefined ? {} : { digest: table.digest }),
  };
}

function* groupsOf(
  file: SeriesFile,
  table: SegmentTable,
  states: TableStates,
): Generator<TabledGroup> {
  const { ends, rows, rowEnds } = table;
  for (let place = 0; place < ends.length; place += 1) {
    const [from, to] = [rowEnds[place - 1] ?? 0, rowEnds[place] ?? 0];
    const batch = states.batchBefore(place + 1);
    yield { file, group: new TableGroup(table, states, place), batch, rows, from, to };
  }
}

/** What a row says of its record; undefined when there is nothing to know. */
export function findingOfRow(rows: RecordRows, row: number): RecordFinding | undefined {
  const index = rows.indexes[row] ?? 0;
  const start = rows.starts[row] ?? 0;
  const other = rows.others.get(row);
  if (other !== undefined) {
    const body = bufferOf(other);
    return findInRecord(body, { start, content: 0, end: body.length }, index);
  }
  const digest = bufferOf(rows.digests).toString("hex", 32 * row, 32 * row + 32);
  return { index, start, reference: { digest: `sha256:${digest}`, bytes: rows.lengths[row] ?? 0 } };
}

/** The memory of an array as a buffer. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The states between the groups of a table, made only when they are asked for. */
class TableStates {
  readonly #table: SegmentTable;
  readonly #begin: LogState;
  readonly #leaves: Buffer;
  /** the marks that are passed, and where the hashes of the last of them begin */
  #mark = -1;
  #hashesAt = 0;

  constructor(table: SegmentTable, begin: LogState) {
    this.#table = table;
    this.#begin = begin;
    this.#leaves = bufferOf(table.leaves);
  }

  /** Records of the log before the group in this place. */
  sizeBefore(place: number): number {
    return this.#table.sizes[place - 1] ?? this.#begin.frontier.size;
  }

  /** Number of the last group before the one in this place. */
  batchBefore(place: number): number {
    return this.#begin.batch + place;
  }

  /** The state before the group in this place. */
  before(place: number): LogState {
    if (place === 0) return this.#begin;
    const [marked, from] = this.#marked(place - 1);
    const frontier = from === undefined ? this.#begin.frontier.copy() : from;
    frontier.pushPacked(this.#leavesOf(marked, place));
    return { batch: this.batchBefore(place), frontier };
  }

  /** Hashes of the records of the group in this place. */
  leaves(place: number): LeafRun {
    return this.#leavesOf(place, place + 1);
  }

  #leavesOf(from: number, to: number): PackedLeaves {
    const first = this.#begin.frontier.size;
    const [begin, end] = [this.sizeBefore(from) - first, this.sizeBefore(to) - first];
    return new PackedLeaves(this.#leaves.subarray(32 * begin, 32 * end));
  }

  /** The last frontier that is kept after group `last` or one before it, and the group behind it. */
  #marked(last: number): readonly [number, Frontier | undefined] {
    const { marks, sizes, frontiers } = this.#table;
    if (this.#mark >= 0 && (marks[this.#mark] ?? 0) > last) [this.#mark, this.#hashesAt] = [-1, 0];
    for (;;) {
      const next = marks[this.#mark + 1];
      if (next === undefined || next > last) break;
      if (this.#mark >= 0) this.#hashesAt += 32 * ones(sizes[marks[this.#mark] ?? 0] ?? 0);
      this.#mark += 1;
    }
    if (this.#mark < 0) return [0, undefined];
    const group = marks[this.#mark] ?? 0;
    const size = sizes[group] ?? 0;
    const hashes = Array.from({ length: ones(size) }, (_, place) => {
      const at = this.#hashesAt + 32 * place;
      return frontiers.subarray(at, at + 32);
    });
    return [group + 1, new Frontier(size, hashes)];
  }
}

class TableGroup implements Omit<ScannedGroup, "entries"> {
  readonly #states: TableStates;
  readonly #place: number;
  readonly start: number;
  readonly end: number;
  /** records of the log after it */
  readonly size: number;

  constructor(table: SegmentTable, states: TableStates, place: number) {
    this.#states = states;
    this.#place = place;
    this.start = table.ends[place - 1] ?? 0;
    this.end = table.ends[place] ?? 0;
    this.size = states.sizeBefore(place + 1);
  }

  get before(): LogState {
    return this.#states.before(this.#place);
  }

  get after(): LogState {
    return this.#states.before(this.#place + 1);
  }

  get leaves(): LeafRun {
    return this.#states.leaves(this.#place);
  }
}
