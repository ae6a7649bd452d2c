import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { openLog, readLog, verifyLog } from "@holdfast/log";
import { canonicalBytes } from "@holdfast/model";
import { baseOrigin } from "./base-log.ts";
import { frameBytes, reframed, refilled } from "./frame-edit.ts";

/** What is used of `@holdfast/log` to write, built as it is or changed. */
export interface WriterModule {
  readonly openLog: typeof openLog;
  readonly readLog: typeof readLog;
  readonly verifyLog: typeof verifyLog;
}

/** A way to use or misuse a writer. */
export interface WriterAttack {
  readonly name: string;
  /** @returns every promise that was not kept */
  readonly run: (module: WriterModule, directory: string) => Promise<readonly string[]>;
}

const now = (): number => 1_700_000_000_000;

/** Attacks on the writer, each in a folder of its own. */
export const writerAttacks: readonly WriterAttack[] = [
  {
    name: "rival: agt-append-cap: the 10,002nd append, and what comes after it",
    async run(module, directory) {
      const count = 10_050;
      const log = await openAt(module, directory);
      for (let done = 0; done < count;) {
        const until = Math.min(count, done < 9_990 ? done + 1000 : done + 1);
        let last: Promise<void> | undefined;
        for (; done < until; done += 1) last = log.append(numbered(done)).durable;
        await last;
      }
      await log.close();
      return heldTo(module, directory, count);
    },
  },
  {
    name: "rival: agt-lost-appends: twenty appends at once",
    async run(module, directory) {
      const log = await openAt(module, directory);
      const count = 20;
      const appended = Array.from({ length: count }, (_, number) => log.append(numbered(number)));
      await Promise.all(appended.map(({ durable }) => durable));
      const indexes = appended.map(({ index }) => index);
      await log.close();
      const broken = indexes.flatMap((index, number) =>
        index === number ? [] : [`append ${number} was told index ${index}`],
      );
      return [...broken, ...(await heldTo(module, directory, count))];
    },
  },
  {
    name: "rival: capfence-blank-hash: opening a log whose roots were blanked",
    async run(module, directory) {
      const log = await openAt(module, directory);
      for (let number = 0; number < 5; number += 1) await log.append(numbered(number)).durable;
      await log.close();
      blankRoots(directory);
      const before = contentsOf(directory);
      const opened = await openAt(module, directory).catch(() => undefined);
      await opened?.close();
      return [
        ...(opened === undefined ? [] : ["a log with blanked roots was opened"]),
        ...(contentsOf(directory) === before ? [] : ["a log with blanked roots was changed"]),
      ];
    },
  },
  {
    name: "two writers want one log",
    async run(module, directory) {
      const log = await openAt(module, directory);
      const second = await openAt(module, directory).catch(() => undefined);
      await log.append(numbered(0)).durable;
      await second?.close();
      await log.close();
      return second === undefined ? [] : ["a second writer was let in"];
    },
  },
];

/** Runs an attack in a new folder and removes it. */
export async function runWriterAttack(
  attack: WriterAttack,
  module: WriterModule,
): Promise<readonly string[]> {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-writer-"));
  try {
    return await attack.run(module, directory);
  } catch (error) {
    return [`thrown: ${String(error)}`];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function openAt({ openLog: open }: WriterModule, directory: string): ReturnType<typeof openLog> {
  return open({ directory, origin: baseOrigin, now, segmentBytes: 256 * 1024 });
}

function numbered(number: number): Uint8Array {
  return canonicalBytes({ v: 1, number });
}

/** What is wrong when the log does not hold exactly the records that were acknowledged, in order. */
async function heldTo(
  module: WriterModule,
  directory: string,
  count: number,
): Promise<readonly string[]> {
  const broken: string[] = [];
  const report = await module.verifyLog(directory);
  if (!report.ok) broken.push(`does not verify: ${report.problems[0]?.message}`);
  const log = await openAt(module, directory);
  if (log.size !== count) broken.push(`holds ${log.size} records of ${count}`);
  await log.close();
  let number = 0;
  for await (const { index, body } of module.readLog(directory)) {
    const isRight = index === number && Buffer.from(body).equals(numbered(number));
    if (!isRight) broken.push(`record ${number} is another`);
    number += 1;
    if (broken.length > 5) break;
  }
  return broken;
}

function blankRoots(directory: string): void {
  const name = readdirSync(join(directory, "seg")).find((each) => each.endsWith(".seg")) ?? "";
  const path = join(directory, "seg", name);
  const file = readFileSync(path);
  const frames = frameBytes(file).map((frame) => {
    if (frame[12] !== 0x43) return frame;
    const text = frame.subarray(13).toString("utf8");
    return reframed(frame, Buffer.from(text.replace(/"root":"[^"]*"/u, '"root":""')));
  });
  writeFileSync(path, refilled(file, frames));
}

function contentsOf(directory: string): string {
  const paths = readdirSync(join(directory, "seg")).toSorted();
  return paths
    .filter((name) => name.endsWith(".seg"))
    .map((name) => readFileSync(join(directory, "seg", name)).toString("latin1"))
    .join();
}
