// Appends to the log in argv[2] until it is killed, and tells each record on stdout once the log
// has acknowledged it: `index body` in one line. Run by chaos.ts in a process of its own.
import { writeSync } from "node:fs";
import { openLog } from "@holdfast/log";
import { canonicalBytes, digestOfBytes } from "@holdfast/model";

const [, , directory, callers, run] = process.argv;
const log = await openLog({
  directory,
  origin: "example.org/chaos",
  now: () => 1_700_000_000_000,
  segmentBytes: 256 * 1024,
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
