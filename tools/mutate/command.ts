import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import type { Trial } from "./campaign.ts";
import type { Mutant } from "./mutant.ts";
import { reportText, survivorText } from "./report.ts";
import type { Report } from "./report.ts";
import { decisionCore } from "./room.ts";
import { runMutation } from "./run.ts";
import type { Explanation } from "./survivor.ts";

const usage = `Usage: npm run mutate -- [options]

Changes the code of the decision core in one small place at a time and runs the tests against it:
a change that no test notices is a survivor. Changes are tried in an order that the seed decides,
until the minutes are over.

Options:
  --minutes N      how long to go on (default 20)
  --seed S         which mutants come first (default 1)
  --room PATH      a file or folder to mutate instead of the decision core; may be repeated
  --tests PATH     a test file to run instead of all that lead to the room; may be repeated
  --again FILE     only the survivors in a report that \`-o json\` has printed before
  --processes N    how many run tests at once (default: one less than there are cores)
  --least PERCENT  exit with 1 when the score is lower (default 90)
  --record         add the result to docs/assurance.json
  -o, --output F   \`table\` or \`json\` (default table)
  -h, --help       this text

Examples:
  npm run mutate -- --minutes 20
  npm run mutate -- --room packages/engine/src/reference/combine.ts --minutes 5
  npm run mutate -- --minutes 5 --seed 7 -o json > report.json
  npm run mutate -- --again report.json

Survivors that no test can kill are explained in tools/mutate/survivors.json.`;

interface Wishes {
  readonly minutes: number;
  readonly seed: number;
  readonly processes: number;
  readonly least: number;
  readonly paths: readonly string[];
  readonly tests: readonly string[];
  readonly again?: string;
  readonly json: boolean;
  readonly record: boolean;
}

/** The exit code of \`npm run mutate\` with these arguments: 2 when they make no sense. */
export async function runMutateCommand(given: readonly string[]): Promise<number> {
  const wishes = wishesOf(given);
  if (typeof wishes === "string") {
    if (wishes === usage) console.log(usage);
    else console.error(`${wishes}\nsee \`npm run mutate -- --help\``);
    return wishes === usage ? 0 : 2;
  }
  const root = rootFolder();
  const survivorsFile = join(root, "tools/mutate/survivors.json");
  const explanations = JSON.parse(readFileSync(survivorsFile, "utf8")) as Explanation[];
  const order = { root, explanations, ...wishes };
  const progress = progressOf(wishes.minutes);
  const report = await runMutation(
    wishes.again === undefined ? order : { ...order, wanted: survivorIn(wishes.again) },
    { say: (line) => console.error(line), onTrial: progress },
  );
  console.log(wishes.json ? JSON.stringify(report, null, 2) : reportText(report));
  if (wishes.record) record(root, report);
  return report.total.score >= wishes.least ? 0 : 1;
}

/** What the arguments ask for; a text to show when they ask for nothing that can be done. */
function wishesOf(given: readonly string[]): Wishes | string {
  let values;
  try {
    ({ values } = parseArgs({ args: [...given], options }));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (values.help) return usage;
  const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
  const [processes, least] = [Number(values.processes), Number(values.least)];
  if (!(minutes > 0) || !(least >= 0)) return "`--minutes` and `--least` are numbers";
  if (!Number.isSafeInteger(seed) || seed < 0) return "`--seed` is a whole number";
  if (!Number.isSafeInteger(processes) || processes < 1) return "`--processes` is a whole number";
  if (!["table", "json"].includes(values.output)) return "`--output` is `table` or `json`";
  const { room = decisionCore, tests = [], again, record } = values;
  const json = values.output === "json";
  const wishes = { minutes, seed, processes, least, paths: room, tests, json, record };
  return again === undefined ? wishes : { ...wishes, again };
}

const options = {
  minutes: { type: "string", default: "20" },
  seed: { type: "string", default: "1" },
  room: { type: "string", multiple: true },
  tests: { type: "string", multiple: true },
  again: { type: "string" },
  processes: { type: "string", default: String(Math.max(1, availableParallelism() - 1)) },
  least: { type: "string", default: "90" },
  record: { type: "boolean", default: false },
  output: { type: "string", short: "o", default: "table" },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** The root of the repository, from its sources and from what is built of them alike. */
function rootFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, "package-lock.json"))) folder = dirname(folder);
  return folder;
}

/** Whether a mutant is among the survivors of an earlier report. */
function survivorIn(file: string): (mutant: Mutant) => boolean {
  const { survivors } = JSON.parse(readFileSync(file, "utf8")) as Report;
  const key = ({ path, mutator, before, after }: Omit<Explanation, "reason">): string =>
    JSON.stringify([path, mutator, before, after]);
  const keys = new Set(survivors.map(key));
  return (mutant) => keys.has(key(mutant));
}

/** Says every few seconds how far the run is, and of each survivor at once. */
function progressOf(minutes: number): (trial: Trial) => void {
  const startedMs = performance.now();
  let saidMs = startedMs;
  let tried = 0;
  let killed = 0;
  return ({ mutant, fate }) => {
    tried += 1;
    if (fate === "killed" || fate === "timed out") killed += 1;
    else console.error(survivorText({ ...mutant, fate }));
    const nowMs = performance.now();
    if (nowMs - saidMs < 10_000) return;
    saidMs = nowMs;
    const spent = ((nowMs - startedMs) / 60_000).toFixed(1);
    console.error(`${tried} mutants, ${killed} killed, ${spent} of ${minutes} min`);
  };
}

/** Adds the run to docs/assurance.json: what was tried, on which commit, and the score. */
function record(root: string, { seed, minutes, total }: Report): void {
  const file = join(root, "docs/assurance.json");
  const assurance = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
  const mutation = { seed, commit, minutes, ...total };
  writeFileSync(file, `${JSON.stringify({ ...assurance, mutation }, null, 2)}\n`);
}
