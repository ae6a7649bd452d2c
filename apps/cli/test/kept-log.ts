import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { openLog } from "@holdfast/log";
import { openGuard } from "@holdfast/runtime";
import { folderOf, holdfast, quickstart, repository } from "./command.ts";

/** Writes a log of a guard: `reads` decisions, in segments so small that there are several. */
export async function keptLog(reads: number): Promise<KeptLog> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-kept-"));
  const data = join(folder, "log");
  const small = { directory: data, origin: "holdfast", now: () => 0, segmentBytes: 16_384 };
  await (await openLog(small)).close();
  await goOn(data, reads);
  return { data, remove: () => rmSync(folder, { recursive: true }) };
}

/** A log that many tests copy, each to change its copy. */
interface KeptLog {
  readonly data: string;
  readonly remove: () => void;
}

/** Opens a guard on the log once more and has it decide so many reads. */
export async function goOn(data: string, reads: number): Promise<void> {
  const pep = { type: "test", id: "t", version: "0" };
  const guard = await openGuard({ policies: quickstart, data, pep });
  const session = await guard.openSession({ agent: "writer" });
  const read = (path: string) =>
    guard.begin({
      agent: { id: "writer" },
      session: { id: session.id },
      tool: { server: "files", name: "read_text_file" },
      args: { path },
    });
  for (let done = 0; done < reads; done += 60) {
    const batch = Math.min(60, reads - done);
    await Promise.all(Array.from({ length: batch }, (_, at) => read(`${done + at}.md`)));
  }
  await guard.close();
}

/** A copy of a log for one test to change. */
export function copyOf(data: string): string {
  const copy = join(folderOf(), "log");
  cpSync(data, copy, { recursive: true });
  return copy;
}

/** What a log is held to. */
interface Held {
  readonly checkpoint?: string;
  readonly vkey?: string;
}

/** What `audit verify` and the verifier in Python say of a log, held to texts that were kept. */
export async function verdictsOf(data: string, held: Held = {}): Promise<readonly string[]> {
  const flags = Object.entries(held).flatMap(([name, text]) => {
    const path = join(folderOf({ [name]: text }), name);
    return [`--${name}`, path];
  });
  const ours = await holdfast(["audit", "verify", "-d", data, "-o", "json", ...flags]);
  const { checkpoint, vkey } = held;
  const asked = {
    directory: data,
    ...(checkpoint === undefined ? {} : { checkpoints: [checkpoint] }),
    ...(vkey === undefined ? {} : { vkeys: [vkey] }),
  };
  const theirs = await judgedByPython(JSON.stringify(asked));
  return [ours.stdout, theirs].map((text) => {
    const { state, problems } = JSON.parse(text) as Verdict;
    return [state, ...problems.map(({ code }) => code)].join(" ");
  });
}

interface Verdict {
  readonly state: string;
  readonly problems: readonly { readonly code: string }[];
}

let judge: { readonly ask: (line: string) => void; readonly answers: AsyncIterator<string> };

/** One process for all that is asked: starting Python costs more than most verdicts. */
async function judgedByPython(line: string): Promise<string> {
  judge ??= startedJudge();
  judge.ask(`${line}\n`);
  const { value } = (await judge.answers.next()) as { readonly value: string };
  return value;
}

function startedJudge(): typeof judge {
  const script = join(repository, "conformance/log/judge.py");
  const child = spawn("python3", [script], { stdio: ["pipe", "pipe", "inherit"] });
  // It ends with its input, so with this process at the latest.
  child.unref();
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { ask: (text) => void child.stdin.write(text), answers };
}
