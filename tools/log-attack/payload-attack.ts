import { fileOf, withFiles } from "./attack.ts";
import type { Attack, Forgery } from "./attack.ts";
import type { LogContents } from "./base-log.ts";
import { frameBytes, reframed, refilled } from "./frame-edit.ts";

const payloadType = 0x50;
const erasedType = 0x45;

/** Attacks on payloads, by somebody who sets every checksum right. */
export const payloadAttacks: readonly Attack[] = [
  {
    name: "a payload is exchanged",
    codes: ["log_payload_digest"],
    *forgeries({ signed: { files } }) {
      yield* changedFrames(files, (frame) => {
        const content = Buffer.from(frame.subarray(13));
        content[content.length - 2] = 0x39;
        return [reframed(frame, content)];
      });
    },
  },
  {
    name: "a payload is taken out",
    codes: ["log_payload_missing"],
    *forgeries({ signed: { files } }) {
      yield* changedFrames(files, () => []);
    },
  },
  {
    name: "a payload is blanked, and no record says why",
    codes: ["log_payload_erased"],
    *forgeries({ signed: { files } }) {
      yield* blankedPayloads(files);
    },
  },
  {
    name: "a payload is there that no record names",
    codes: ["log_payload_frame"],
    *forgeries({ signed: { files } }) {
      yield* changedFrames(files, (frame) => {
        const content = Buffer.from(frame.subarray(13));
        content.writeBigUInt64BE(content.readBigUInt64BE(0) + 1n, 0);
        return [frame, reframed(frame, content)];
      });
    },
  },
];

/** A log with one of its payloads erased as its owner would erase it. */
export function blankedPayloads(files: LogContents): Generator<Forgery> {
  return changedFrames(files, (frame) => {
    const content = Buffer.from(frame.subarray(13)).fill(0, 8);
    const erased = Buffer.from(frame);
    erased[12] = erasedType;
    return [reframed(erased, content)];
  });
}

/** The first payload file with one of its first payloads changed. */
function* changedFrames(
  files: LogContents,
  change: (frame: Buffer) => readonly Buffer[],
): Generator<Forgery> {
  const path = [...files.keys()].find((each) => each.endsWith(".pay")) ?? "";
  const file = fileOf(files, path);
  const frames = frameBytes(file);
  for (const place of [2, 3, 6]) {
    const changed = frames.flatMap((frame, at) =>
      at === place && frame[12] === payloadType ? change(frame) : [frame],
    );
    const what = `payload in frame ${place}`;
    yield { what, files: withFiles(files, { [path]: refilled(file, changed) }), held: {} };
  }
}
