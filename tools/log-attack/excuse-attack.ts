import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { headAt, openLog } from "@holdfast/log";
import { canonicalBytes } from "@holdfast/model";
import { segmentsOf, withFiles } from "./attack.ts";
import type { Attack } from "./attack.ts";
import { baseOrigin } from "./base-log.ts";
import type { LogContents } from "./base-log.ts";
import { blankedPayloads } from "./payload-attack.ts";

/** Attacks by somebody without the key, who appends a record that excuses what they take away. */
export const excuseAttacks: readonly Attack[] = [
  {
    name: "a payload is blanked, and a record that nobody signed says that it was erased",
    codes: ["log_payload_erased"],
    async *forgeries({ signed: { files, head } }) {
      const told = { v: 1, kind: "erasure", time: 0, erased: [[0, head.size - 1]] };
      const { files: appended } = await appendedTo(files, () => told);
      for (const { what, files: forged } of blankedPayloads(appended)) {
        yield { what, files: forged, held: {} };
        yield { what: `${what}, with a held head`, files: forged, held: { head } };
      }
    },
  },
  {
    name: "segments are removed, and a record that nobody signed says that they were pruned",
    codes: ["log_missing_segment"],
    async *forgeries({ signed: { files, head } }) {
      const segments = segmentsOf(files);
      const minimum = firstOf(segments[3] ?? "");
      const { files: appended } = await appendedTo(files, async (directory) => {
        const root = (await headAt(directory, minimum))?.root ?? "";
        return { v: 1, kind: "pruned", time: 0, minimum, root, previous: 0, before: 1, by: "eve" };
      });
      const payloads = [...files.keys()].filter((path) => path.endsWith(".pay")).toSorted();
      const gone = [
        ...segments.slice(0, 3),
        ...payloads.filter((_, at) => firstOf(payloads[at + 1] ?? "") <= minimum),
      ];
      const changes = Object.fromEntries(gone.map((path) => [path, undefined]));
      const forged = withFiles(appended, changes);
      yield { what: `${gone.length} files`, files: forged, held: {} };
      yield { what: `${gone.length} files, with a held head`, files: forged, held: { head } };
    },
  },
];

/** Index of the first record of a file; without a bound when there is no file. */
function firstOf(path: string): number {
  const [digits] = /\d{20}/u.exec(path) ?? [];
  return digits === undefined ? Number.POSITIVE_INFINITY : Number(digits);
}

/** A log with one more record, written as any writer would and not signed. */
async function appendedTo(
  files: LogContents,
  record: (directory: string) => object | Promise<object>,
): Promise<{ readonly files: LogContents }> {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-attack-"));
  try {
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), bytes);
    }
    const body = canonicalBytes(JSON.parse(JSON.stringify(await record(directory))));
    const log = await openLog({ directory, origin: baseOrigin, now: () => 0 });
    await log.append(body).durable;
    await log.close();
    const paths = segmentsOf(files).map((path) => [path, readFileSync(join(directory, path))]);
    return { files: withFiles(files, Object.fromEntries(paths) as Record<string, Buffer>) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
