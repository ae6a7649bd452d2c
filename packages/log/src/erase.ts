import { encodeFrame, frameType } from "./frame.ts";
import { readWhole, removeIfThere, writeAll } from "./files.ts";
import type { LogFiles } from "./files.ts";
import { payloadSeries, recoveryPath } from "./layout.ts";
import { readPayloadFrame, readPayloadOpening } from "./payload-scan.ts";
import { listSeries } from "./survey.ts";
import type { Survey } from "./survey.ts";

/**
 * Puts zeros in the place of the payloads of these records, for ever; everything else stays where it
 * is, so that every proof holds. Each file is replaced at once, and what it was is overwritten.
 * **Contract:** nobody writes to the log.
 */
export async function erasePayloads(
  files: LogFiles,
  directory: string,
  { survey, indexes }: { readonly survey: Survey; readonly indexes: ReadonlySet<number> },
): Promise<void> {
  const { description, digest } = survey.described;
  const context = { origin: description.origin, log: digest };
  for (const { path, first } of (await listSeries(files, directory, payloadSeries)).files) {
    const bytes = await readWhole(files, `${directory}/${path}`);
    if (bytes === undefined) continue;
    const opening = readPayloadOpening(bytes, { ...context, first });
    if (!opening.ok) continue;
    const count = eraseIn(bytes, opening.at, indexes);
    if (count > 0) await replaceWholly(files, directory, { path, bytes });
  }
}

function eraseIn(bytes: Buffer, from: number, indexes: ReadonlySet<number>): number {
  let count = 0;
  for (let at = from; ;) {
    const frame = readPayloadFrame(bytes, at);
    if (frame.kind !== "payload") return count;
    if (indexes.has(frame.index) && !frame.erased) {
      const content = Buffer.alloc(frame.end - frame.content + indexBytes);
      content.writeBigUInt64BE(BigInt(frame.index));
      encodeFrame(frameType.erased, frame.batch, content).copy(bytes, at);
      count += 1;
    }
    at = frame.end;
  }
}

/** The index of its record begins the content of a payload frame. */
const indexBytes = 8;

/**
 * Puts the new bytes in the place of the old, durably and at once. The old file would keep its bytes
 * on the disk when its name goes, unless they are written over.
 */
async function replaceWholly(
  files: LogFiles,
  directory: string,
  { path, bytes }: { readonly path: string; readonly bytes: Buffer },
): Promise<void> {
  const temporary = `${directory}/${recoveryPath}`;
  const old = await files.open(`${directory}/${path}`, "write");
  try {
    await removeIfThere(files, temporary);
    const made = await files.open(temporary, "create");
    try {
      await writeAll(made, bytes, 0);
      await made.sync();
    } finally {
      await made.close();
    }
    await files.rename(temporary, `${directory}/${path}`);
    await files.syncDirectory(`${directory}/${payloadSeries.folder}`);
    await files.syncDirectory(directory);
    await writeAll(old, Buffer.alloc(bytes.length), 0);
    await old.sync();
  } finally {
    await old.close();
  }
}
