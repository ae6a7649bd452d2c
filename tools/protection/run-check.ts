import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { run as holdfast } from "holdfast";
import { parseJson } from "@holdfast/model";
import type { PolicyFileText } from "@holdfast/engine";
import type { LearnedRun } from "@holdfast/learn";
import { Judge, setting } from "./arm.ts";
import { listOf, objectOf, textOf } from "./json-row.ts";

/** What became of calls that the runner and the command decided. */
export interface CheckedCalls {
  readonly calls: number;
  /** calls by the effect that both came to */
  readonly effects: Readonly<Record<string, number>>;
  /** in words, each call that they decided otherwise */
  readonly differences: readonly string[];
}

/**
 * Decides each call of runs twice by the same policies: as the measurement does, and by `holdfast check --runs`
 * on files, as a person would.
 */
export async function checkRuns(
  files: readonly PolicyFileText[],
  runs: readonly LearnedRun[],
): Promise<CheckedCalls> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-check-"));
  try {
    for (const { path, text } of files) write(join(folder, "policies", path), text);
    const judge = new Judge(files);
    const effects: Record<string, number> = {};
    const differences: string[] = [];
    let calls = 0;
    for (const run of runs) {
      const judged = judge.judge(run).map(({ effect, rules }) => `${effect} ${rules.join(" ")}`);
      const { id, user_prompt, calls: made } = run;
      write(join(folder, "run.jsonl"), JSON.stringify({ id, user_prompt, calls: made }));
      const checked = await checkedCalls(folder, id);
      for (const [at, verdict] of judged.entries()) {
        const effect = verdict.slice(0, verdict.indexOf(" "));
        effects[effect] = (effects[effect] ?? 0) + 1;
        if (checked[at] === verdict) continue;
        differences.push(`${id} call ${at}: ${verdict}, by check ${checked[at] ?? "nothing"}`);
      }
      calls += judged.length;
    }
    return { calls, effects, differences };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** What the command says of each call of a run. */
async function checkedCalls(folder: string, id: string): Promise<readonly string[]> {
  const { agent, server, environment } = setting;
  const options = {
    policy: join(folder, "policies"),
    runs: join(folder, "run.jsonl"),
    run: id,
    agent,
    environment,
    output: "jsonl",
    "tool-server": server,
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    streams[name].on("data", (chunk: Buffer) => (texts[name] += chunk.toString("utf8")));
  }
  const code = await holdfast(["check", ...args], {
    stdin: Readable.from([]),
    ...streams,
    env: {},
  });
  await new Promise((resolve) => setImmediate(resolve));
  if (code !== 0) return [`exit code ${code}: ${texts.stderr.trim()}`];
  const lines = texts.stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const { effect, rules } = objectOf(parseJson(line));
    return `${textOf(effect)} ${listOf(rules).map(textOf).join(" ")}`;
  });
}
