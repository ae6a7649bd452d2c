// Appends to the log in argv[2] until it is killed, and tells each record on stdout once the log
// has acknowledged it: `index body` in one line. Run by chaos.ts in a process of its own. With
// `drop-sync` in argv[5] the log's files leave fdatasync out, which tests have to notice.
import { writeSync } from "node:fs";
import { nodeFiles, openLog } from "@holdfast/log";
import { canonicalBytes, digestOfBytes } from "@holdfast/model";

const [, , directory, callers, run, mode] = process.argv;

const unsyncedFiles = {
  ...nodeFiles,
  async open(path, how) {
    const file = await nodeFiles.open(path, how);
    return {
      size: () => file.size(),
      read: (position, length) => file.read(position, length),
      write: (bytes, position) => file.write(bytes, position),
      sync: async () => undefined,
      isAt: (name) => file.isAt(name),
      close: () => file.close(),
    };
  },
};
const log = await openLog({
  directory,
  origin: "example.org/chaos",
  now: () => 1_700_000_000_000,
  segmentBytes: 256 * 1024,
  files: mode === "drop-sync" ? unsyncedFiles : nodeFiles,
});
writeSync(1, `open ${log.size} ${log.recovery?.truncatedBytes ?? 0}\n`);
await Promise.all(
  Array.from({ length: Number(callers) }, async (_, caller) => {
    for (let number = 0; ; number += 1) {
      const id = `${run}-${caller}-${number}`;
      const bytes = canonicalBytes({ id, text: "payload ".repeat(number % 50) });
      const digest = digestOfBytes(bytes);
      const payload = { scheme: "plain-1", digest, bytes: bytes.length };
      const body = canonicalBytes({ id, payload, v: 1 });
      const { index, durable } = log.append(body, { scheme: "plain-1", bytes });
      await durable;
      writeSync(1, `${index} ${id}\n`);
    }
  }),
);
