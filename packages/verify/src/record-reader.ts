import type { Folder } from "./folder.ts";
import { batchOf, contentEnd, frameAt, frameTypes, segmentLengthMax } from "./frame.ts";
import type { Frame } from "./frame.ts";
import { digestText, objectOf, plainBytes } from "./log-text.ts";
import type { Description, JsonObject } from "./log-text.ts";
import { GrowingTree, sha256 } from "./merkle-tree.ts";
import type { Problem, ProblemCode } from "./problem.ts";
import type { Series, SeriesFile } from "./series.ts";
import { crashDenial } from "./unfinished-group.ts";

/** A record of a group that is whole. */
export interface StoredRecord {
  readonly index: number;
  readonly group: number;
  readonly body: Buffer;
  readonly file: string;
  readonly offset: number;
}

/** A log up to its last whole group. */
export interface RecordsEnd {
  readonly tree: GrowingTree;
  /** number of the last whole group */
  readonly group: number;
  /** how many groups were read */
  readonly groups: number;
  /** index of the first record that is there */
  readonly begins: number;
  /** root of the tree before it, as the header of the first segment has it */
  readonly beginRoot: string;
  /** why reading ended; absent when all was read */
  readonly problem?: Problem;
}

export interface RecordSource {
  readonly folder: Folder;
  readonly series: Series;
  readonly description: Description;
  /** sizes whose roots are wanted, and the roots once they were passed */
  readonly roots: Map<number, string | undefined>;
}

const groupBytesMax = 4 * 1024 * 1024;

/** Where reading stands, between two groups. */
interface Place {
  tree: GrowingTree;
  group: number;
  groups: number;
  begins: number;
  beginRoot: string;
  previous: JsonObject | undefined;
}

type Wrong = { readonly code: ProblemCode; readonly at: number; readonly message: string };

/**
 * Reads the records in order and checks every byte of every segment: frames, numbers, headers,
 * the root of each group, and that each segment follows the one before. Yields records of whole
 * groups alone, and ends at the first thing that is wrong.
 */
export function* readRecords(source: RecordSource): Generator<StoredRecord, RecordsEnd> {
  const tree = new GrowingTree();
  const beginRoot = tree.rootText();
  const place: Place = { tree, group: 0, groups: 0, begins: 0, beginRoot, previous: undefined };
  if (source.roots.has(0)) source.roots.set(0, beginRoot);
  const { files } = source.series;
  if (files.length === 0) {
    const message = "no segment at all";
    return ended(place, { code: "log_missing_segment", file: "seg", message });
  }
  for (const file of files) {
    const bytes = source.folder.read(file.path);
    if (bytes === undefined) {
      const message = "cannot be read though it was listed";
      return ended(place, { code: "log_missing_segment", file: file.path, message });
    }
    const wrong = yield* readSegment(source, file, bytes, place);
    if (wrong !== undefined) {
      const { code, at, message } = wrong;
      const fromIndex = place.tree.size;
      return ended(place, { code, file: file.path, offset: at, fromIndex, message });
    }
    place.previous = { digest: digestText(bytes), first: file.first };
  }
  return ended(place, undefined);
}

function ended(place: Place, problem: Problem | undefined): RecordsEnd {
  const { tree, group, groups, begins, beginRoot } = place;
  return { tree, group, groups, begins, beginRoot, ...(problem === undefined ? {} : { problem }) };
}

function* readSegment(
  source: RecordSource,
  file: SeriesFile,
  bytes: Buffer,
  place: Place,
): Generator<StoredRecord, Wrong | undefined> {
  const isFirst = file === source.series.files[0];
  const isLast = file === source.series.files.at(-1);
  if (!isFirst && file.first !== place.tree.size) {
    const message = `begins with record ${file.first}, but the log before it ends at ${place.tree.size}`;
    return { code: "log_missing_segment", at: 0, message };
  }
  if (bytes.length === 0 || bytes.length % 4096 !== 0) {
    const message = `${bytes.length} bytes are not whole blocks of 4096`;
    return { code: "log_file_size", at: bytes.length, message };
  }
  if (contentEnd(bytes, 0) === 0) {
    if (isLast) return emptyProblem(file, place);
    return { code: "log_missing_segment", at: 0, message: "is empty, though another follows" };
  }
  const opened = openSegment(source, file, bytes, place);
  if (opened.wrong !== undefined) return opened.wrong;
  let [start, at] = [0, opened.end];
  while (start === 0 || contentEnd(bytes, at) > at) {
    const group = readGroup(bytes, start, at, place, source.roots);
    if ("code" in group) return group.code === "log_torn_tail" && !isLast ? notLast(group) : group;
    yield* commitGroup(file, group, place);
    [start, at] = [group.end, group.end];
  }
  return undefined;
}

/** An empty last segment was about to be used: it begins where the log before it ends. */
function emptyProblem(file: SeriesFile, place: Place): Wrong | undefined {
  if (file.first === place.tree.size) return undefined;
  const message = `begins with record ${file.first}, and nothing before it is there`;
  return { code: "log_missing_segment", at: 0, message };
}

function notLast({ at, message }: Wrong): Wrong {
  return { code: "log_frame", at, message: `${message}, though another segment follows` };
}

function openSegment(
  { description, series, roots }: RecordSource,
  file: SeriesFile,
  bytes: Buffer,
  place: Place,
): { readonly end: number; readonly wrong?: Wrong } {
  const refused = (code: ProblemCode, at: number, message: string) => ({
    end: 0,
    wrong: { code, at, message },
  });
  const frame = frameAt(bytes, 0, segmentLengthMax);
  if (frame === undefined) return { end: 0, wrong: unreadable(bytes, 0, 0, place.group + 1) };
  const header = frame.type === frameTypes.header ? objectOf(frame.content) : undefined;
  if (header === undefined) return refused("log_header", 0, "does not begin with a header");
  if (header["bytes"] !== bytes.length) {
    const message = `has ${bytes.length} bytes, its header says ${JSON.stringify(header["bytes"])}`;
    return refused("log_file_size", 0, message);
  }
  // What lies before the first segment is pruned: then its own header is all there is to ask.
  if (file === series.files[0] && file.first > 0) {
    if (!begin(place, file, header)) {
      return refused("log_header", 0, "header does not say where the log begins");
    }
    if (roots.has(file.first)) roots.set(file.first, place.beginRoot);
  }
  const right = plainBytes({
    batch: place.group + 1,
    bytes: bytes.length,
    first: file.first,
    frontier: place.tree.peaks,
    kind: "records",
    log: description.digest,
    origin: description.origin,
    previous: place.previous,
    v: 1,
  });
  if (frame.content.equals(right) && frame.batch === batchOf(place.group + 1)) {
    return { end: frame.end };
  }
  return refused("log_header", 0, "header disagrees with the log");
}

/** Takes over from a header what it says of the records before it. */
function begin(place: Place, file: SeriesFile, header: JsonObject): boolean {
  const { frontier, batch, previous } = header;
  if (!Array.isArray(frontier) || typeof batch !== "number") return false;
  const roots = frontier.map((hash) => Buffer.from(String(hash), "hex"));
  const tree = GrowingTree.of(file.first, roots);
  if (tree === undefined || !Number.isSafeInteger(batch) || batch < 1) return false;
  if (previous === null || typeof previous !== "object" || !("digest" in previous)) return false;
  place.tree = tree;
  place.group = batch - 1;
  place.begins = file.first;
  place.beginRoot = tree.rootText();
  place.previous = previous;
  return true;
}

interface Group {
  readonly entries: readonly Frame[];
  /** the tree after it */
  readonly tree: GrowingTree;
  readonly end: number;
}

function readGroup(
  bytes: Buffer,
  start: number,
  from: number,
  place: Place,
  roots: RecordSource["roots"],
): Group | Wrong {
  const group = place.group + 1;
  const entries: Frame[] = [];
  for (let at = from; ;) {
    const frame = frameAt(bytes, at, segmentLengthMax);
    if (frame === undefined) return unreadable(bytes, start, at, group);
    if (frame.batch !== batchOf(group)) {
      return { code: "log_batch", at, message: `frame of group ${frame.batch} in group ${group}` };
    }
    if (frame.end - start > groupBytesMax) {
      return { code: "log_frame", at, message: "group is larger than any group" };
    }
    if (frame.type === frameTypes.commit) {
      if (entries.length === 0) return { code: "log_frame", at, message: "group has no record" };
      const tree = place.tree.fork();
      const passed: [number, string][] = [];
      for (const { leaf } of entries) {
        tree.add(sha256(leaf));
        if (roots.has(tree.size)) passed.push([tree.size, tree.rootText()]);
      }
      const right = `{"batch":${group},"root":"${tree.rootText()}","size":${tree.size}}`;
      if (frame.content.equals(Buffer.from(right))) {
        // Only of a group that is whole: what it commits to is what it holds.
        for (const [size, root] of passed) roots.set(size, root);
        return { entries, tree, end: frame.end };
      }
      const message = `group ${group} does not have the root and size committed`;
      return { code: "log_root", at, message };
    }
    if (frame.type !== frameTypes.entry) {
      return { code: "log_frame", at, message: `frame of type ${frame.type} among the records` };
    }
    entries.push(frame);
    at = frame.end;
  }
}

function unreadable(bytes: Buffer, start: number, at: number, group: number): Wrong {
  const denial = crashDenial({ bytes, from: start, failed: at, group });
  if (denial === undefined) {
    const message = "an unfinished group, as a crash leaves it; the next opening cuts it off";
    return { code: "log_torn_tail", at: start, message };
  }
  const isTail = at === start && bytes.subarray(at, at + 4).every((byte) => byte === 0);
  return { code: isTail ? "log_zero_tail" : "log_frame", at, message: denial };
}

function* commitGroup(
  { path: file }: SeriesFile,
  { entries, tree }: Group,
  place: Place,
): Generator<StoredRecord, void> {
  const first = place.tree.size;
  place.group += 1;
  place.groups += 1;
  place.tree = tree;
  for (const [at, { content: body, start: offset }] of entries.entries()) {
    yield { index: first + at, group: place.group, body, file, offset };
  }
}
