import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { encodeCommit } from "../src/commit.ts";
import { encodeFrame, frameType } from "../src/frame.ts";
import { encodeHeader } from "../src/header.ts";
import { checkSegment } from "../src/segment-check.ts";
import type { CheckedGroup } from "../src/segment-check.ts";
import { emptyState } from "../src/segment-scan.ts";
import type { SegmentContext, SegmentEnd } from "../src/segment-scan.ts";
import { readSegmentTable } from "../src/segment-table.ts";
import { findingOfRow, stepsOfTable } from "../src/tabled-segment.ts";
import { Frontier, headOf, leafHash } from "../src/tree.ts";
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

/** Holds the reading of a segment through a window to that of all its bytes at once; true when it was whole. */
async function compare(path: string, bytes: Buffer, windowBytes?: number): Promise<boolean> {
  const context = contexts.get(path)!;
  const file = { first: context.first, path };
  const table = await tableOf(bytes, windowBytes);
  const { groups, ended } = whole(path, bytes, context);
  const isWhole = ended.tail.state === "clean" && ended.end > 0;
  const taken = table && stepsOfTable(file, table, context);
  expect(taken !== undefined).toBe(isWhole);
  if (taken === undefined) return false;
  const { steps, ...end } = taken;
  const tabled = [...steps].map(({ group, rows, from, to }) => {
    const { before, after, leaves, start, end: until } = group;
    const each = Array.from({ length: to - from }, (_, place) => findingOfRow(rows, from + place));
    const findings = each.filter((finding) => finding !== undefined);
    return withoutScheme({
      file,
      group: { before, after, leaves, start, end: until },
      findings,
    });
  });
  expect(tabled).toEqual(groups.map(withoutScheme));
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  expect(end).toEqual({ state: ended.state, end: ended.end, digest });
  return true;
}

/** How a payload is stored is of no use to a verification, and not in every finding. */
function withoutScheme({ findings, ...group }: CheckedGroup) {
  const plain = findings.map(({ reference, ...finding }) => {
    if (reference === undefined) return finding;
    return { ...finding, reference: { bytes: reference.bytes, digest: reference.digest } };
  });
  return { ...group, findings: plain };
}

function tableOf(bytes: Buffer, windowBytes = 2 * 1024 * 1024) {
  const read = (position: number, room: Buffer): number =>
    bytes.copy(room, 0, position, position + room.length);
  const room = Buffer.alloc(windowBytes);
  return readSegmentTable({ size: bytes.length, read }, { digest: true, room });
}

test.each([4096, 2048])(
  "through %i bytes a segment reads as it does whole",
  async (windowBytes) => {
    for (const path of contexts.keys()) {
      const bytes = files.get(`${directory}/${path}`)!;
      expect(await compare(path, bytes, windowBytes)).toBe(true);
    }
  },
);

test("with any byte changed, what is taken is what the whole reading finds whole", async () => {
  let taken = 0;
  for (const path of contexts.keys()) {
    const right = files.get(`${directory}/${path}`)!;
    for (let at = 0; at < right.length; at += 1) {
      const values = [right[at]! ^ (1 << (at % 8)), 0, 0x7d].filter((each) => each !== right[at]);
      const bytes = Buffer.from(right);
      bytes.writeUInt8(values[at % values.length]!, at);
      if (await compare(path, bytes, 8192)) taken += 1;
    }
  }
  expect(taken).toBe(0);
}, 300_000);

test("with a record changed under a right checksum, what is taken is what the whole reading finds whole", async () => {
  for (const path of contexts.keys()) {
    const right = files.get(`${directory}/${path}`)!;
    for (let at = 0; at + 12 < right.length && right.readUInt32BE(at) > 0;) {
      const end = at + 12 + right.readUInt32BE(at);
      for (const place of [at + 8, at + 12, at + 13, end - 2, end - 1]) {
        const bytes = Buffer.from(right);
        bytes[place]! ^= 1;
        bytes.writeUInt32BE(crc32(bytes.subarray(at + 8, end)), at + 4);
        expect(await compare(path, bytes, 8192)).toBe(false);
      }
      at = end;
    }
  }
});

test("records about the log itself, of no usual form or of no payload are told as a whole reading tells them", async () => {
  const digest = `sha256:${"0a".repeat(32)}`;
  const bodies = [
    ...["erasure", "hold", "key", "pruned", "policy", "kept", "x"].map(
      (kind) => `{"kind":"${kind}"}`,
    ),
    String.raw`{"kind":"\u006bey"}`,
    String.raw`{"kind":"p\u0072uned","n":1}`,
    '{"kind":7}',
    '{ "kind": "key" }',
    "[]",
    '{"kind":"x","payload":1}',
    `{"payload":{"bytes":07,"digest":"${digest}","scheme":"a"}}`,
    ...["0", "7", "900000000000000", "9000000000000001", "1e3", '"1"'].map(
      (bytes) => `{"payload":{"bytes":${bytes},"digest":"${digest}","scheme":"plain-1"}}`,
    ),
    ...["", "A", "a", "a".repeat(40), "a".repeat(41), "a_b", String.raw`\u0061`].map(
      (scheme) => `{"payload":{"bytes":1,"digest":"${digest}","scheme":"${scheme}"}}`,
    ),
    `{"payload":{"bytes":1,"digest":"${digest.toUpperCase()}","scheme":"a"}}`,
    `{"payload":{"bytes":1,"digest":"${digest}","scheme":"a","x":1}}`,
    `{"payload":{"digest":"${digest}","bytes":1,"scheme":"a"}}`,
  ];
  const context = { origin: "o", log: "l", first: 0, state: emptyState() };
  const about = { origin: "o", log: "l", first: 0, batch: 1, bytes: 8192, frontier: [] };
  const frontier = new Frontier();
  for (const body of bodies) frontier.push(leafHash(Buffer.from(body)));
  const content = [
    encodeHeader({ v: 1, kind: "records", ...about }),
    ...bodies.map((body) => encodeFrame(frameType.entry, 1, Buffer.from(body))),
    encodeCommit(1, headOf(frontier)),
  ];
  const bytes = Buffer.alloc(8192);
  Buffer.concat(content).copy(bytes);
  contexts.set("made", context);
  expect(await compare("made", bytes)).toBe(true);
  contexts.delete("made");
});

test("a header that is right by itself is taken in its own place alone", async () => {
  const places = [...contexts.values()];
  for (const [path, context] of contexts) {
    const file = { first: context.first, path };
    const table = (await tableOf(files.get(`${directory}/${path}`)!))!;
    expect(stepsOfTable(file, table, context)).toBeDefined();
    const { state, previous } = context;
    const wrong: SegmentContext[] = [
      { ...context, origin: "example.org/other" },
      { ...context, log: `sha256:${"0".repeat(64)}` },
      { ...context, state: { batch: state!.batch + 1, frontier: state!.frontier } },
      { ...context, previous: { first: previous?.first ?? 0, digest: `sha256:${"0".repeat(64)}` } },
      ...places.filter((each) => each !== context),
    ];
    const { state: _, ...unknown } = context;
    for (const each of [...wrong, unknown]) {
      expect(stepsOfTable(file, table, each)).toBeUndefined();
    }
  }
});

test("cut, torn and empty segments are left to the whole reading", async () => {
  for (const path of contexts.keys()) {
    const right = files.get(`${directory}/${path}`)!;
    for (let size = 0; size < right.length; size += 13) {
      for (const bytes of [Buffer.from(right).fill(0, size), right.subarray(0, size)]) {
        await compare(path, bytes, 8192);
      }
    }
  }
}, 300_000);
