import { beforeAll, expect, test } from "vitest";
import type { LogFiles } from "@holdfast/log";
import { checkSegment } from "../src/segment-check.ts";
import type { CheckedGroup } from "../src/segment-check.ts";
import type { SegmentContext, SegmentEnd } from "../src/segment-scan.ts";
import { isHeaderAt, SegmentWindow, streamSegment } from "../src/segment-stream.ts";
import { surveyLog } from "../src/survey.ts";
import { walkSegments } from "../src/walk.ts";
import { MemoryDisk } from "./memory-disk.ts";
import { directory, writeLog } from "./small-log.ts";

let files: Map<string, Buffer>;
/** by path, where each segment stands in the whole log */
const contexts = new Map<string, SegmentContext>();

beforeAll(async () => {
  const disk = new MemoryDisk();
  await writeLog(disk, [1, 3, 2, 6, 4, 1, 5, 3]);
  files = disk.contents();
  const survey = await surveyLog(disk, directory);
  const walk = walkSegments(
    { files: disk, directory, survey, from: 0, live: false },
    {
      *scan(file, bytes, context) {
        contexts.set(file.path, context);
        return yield* checkSegment(file, bytes, context);
      },
    },
  );
  for await (const { findings } of walk) {
    expect(findings.filter(({ wrong }) => wrong !== undefined)).toEqual([]);
  }
  expect(contexts.size).toBeGreaterThan(1);
});

/** What the whole reading says. */
function whole(path: string, bytes: Buffer, context: SegmentContext) {
  const groups: CheckedGroup[] = [];
  const scan = checkSegment({ first: context.first, path }, bytes, context);
  let step = scan.next();
  for (; step.done !== true; step = scan.next()) groups.push(step.value);
  return { groups, ended: step.value satisfies SegmentEnd };
}

/** Holds the reading through a window to that of all bytes at once; true when it was whole. */
async function compare(
  disk: LogFiles,
  path: string,
  bytes: Buffer,
  window: SegmentWindow,
): Promise<boolean> {
  const context = contexts.get(path)!;
  const file = { first: context.first, path };
  const streamed = await streamSegment(disk, directory, file, window);
  const { groups, ended } = whole(path, bytes, context);
  const isWhole = ended.tail.state === "clean" && ended.end > 0;
  const isTaken = streamed !== undefined && isHeaderAt(context, streamed.header);
  expect(isTaken).toBe(isWhole);
  if (!isTaken) return false;
  expect(streamed.groups).toEqual(groups);
  expect({ state: streamed.state, end: streamed.end }).toEqual({
    state: ended.state,
    end: ended.end,
  });
  return true;
}

test.each([4096, 2048])(
  "through %i bytes a segment reads as it does whole",
  async (windowBytes) => {
    const window = new SegmentWindow(windowBytes);
    for (const path of contexts.keys()) {
      const bytes = files.get(`${directory}/${path}`)!;
      expect(await compare(MemoryDisk.of(files), path, bytes, window)).toBe(true);
    }
  },
);

test("with any byte changed, what is taken is what the whole reading finds whole", async () => {
  const window = new SegmentWindow();
  let taken = 0;
  for (const path of contexts.keys()) {
    const right = files.get(`${directory}/${path}`)!;
    for (let at = 0; at < right.length; at += 1) {
      const values = [right[at]! ^ (1 << (at % 8)), 0, 0x7d].filter((each) => each !== right[at]);
      const bytes = Buffer.from(right);
      bytes.writeUInt8(values[at % values.length]!, at);
      const disk = MemoryDisk.of(new Map(files).set(`${directory}/${path}`, bytes));
      if (await compare(disk, path, bytes, window)) taken += 1;
    }
  }
  expect(taken).toBe(0);
}, 300_000);

test("a header that is right by itself is taken in its own place alone", async () => {
  const places = [...contexts.values()];
  for (const [path, context] of contexts) {
    const file = { first: context.first, path };
    const window = new SegmentWindow();
    const streamed = (await streamSegment(MemoryDisk.of(files), directory, file, window))!;
    expect(isHeaderAt(context, streamed.header)).toBe(true);
    const { state, previous } = context;
    const wrong: SegmentContext[] = [
      { ...context, origin: "example.org/other" },
      { ...context, log: `sha256:${"0".repeat(64)}` },
      { ...context, state: { batch: state!.batch + 1, frontier: state!.frontier } },
      { ...context, previous: { first: previous?.first ?? 0, digest: `sha256:${"0".repeat(64)}` } },
      ...places.filter((each) => each !== context),
    ];
    const { state: _, ...unknown } = context;
    for (const each of [...wrong, unknown]) expect(isHeaderAt(each, streamed.header)).toBe(false);
  }
});

test("cut, torn and empty segments are left to the whole reading", async () => {
  const window = new SegmentWindow();
  for (const path of contexts.keys()) {
    const right = files.get(`${directory}/${path}`)!;
    for (let size = 0; size < right.length; size += 13) {
      for (const bytes of [Buffer.from(right).fill(0, size), right.subarray(0, size)]) {
        const disk = MemoryDisk.of(new Map(files).set(`${directory}/${path}`, bytes));
        await compare(disk, path, bytes, window);
      }
    }
  }
}, 300_000);
