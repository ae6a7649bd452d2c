import { canonicalJson } from "@holdfast/model";
import { taskOf } from "@holdfast/learn";
import type { Json, JsonObject } from "@holdfast/model";
import type { StressRun } from "../run/stress-run.ts";
import type { StressTool } from "./stress-tool.ts";

/** One use of a tool in an honest run. */
export interface Sample {
  readonly task: string;
  readonly args: JsonObject;
}

/** What somebody who attacks this agent may know of it: its tools, and how it used them. */
export interface AgentView {
  readonly tools: ReadonlyMap<string, StressTool>;
  /** tools that do more than look, and were used; sorted */
  readonly acting: readonly StressTool[];
  /** tools that do more than look, and never were; sorted */
  readonly unused: readonly StressTool[];
  /** tools that take what stands at a URL; sorted */
  readonly fetching: readonly StressTool[];
  /** different uses of each tool, in canonical order */
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
  /** least and greatest number by `tool argument` */
  readonly ranges: ReadonlyMap<string, { readonly min: number; readonly max: number }>;
  /** tools that came before the first use of a tool in every run with it, of at least two */
  readonly predecessors: ReadonlyMap<string, readonly string[]>;
  /** how often a run called a tool at most */
  readonly repeats: ReadonlyMap<string, number>;
  /** canonical `[tool, args]` of every call of a task, by task */
  readonly doneByTask: ReadonlyMap<string, ReadonlySet<string>>;
  /** where honest runs were made, and where else there is; both empty unless every call tells it, and sorted */
  readonly environments: { readonly honest: readonly string[]; readonly other: readonly string[] };
}

/** Uses of one tool that are kept. */
const samplesMax = 40;

/**
 * Looks at honest runs as somebody would who attacks the agent, in a world with these environments. Pure: in
 * whatever order they come.
 */
export function agentView(
  runs: readonly StressRun[],
  tools: readonly StressTool[],
  environments: readonly string[] = [],
): AgentView {
  const samples = samplesOf(runs);
  const acts = tools.filter((tool) => !tool.isRead && isOfUse(tool));
  const isUsed = ({ name }: StressTool): boolean => samples.has(name);
  return {
    tools: new Map(tools.map((tool) => [tool.name, tool])),
    acting: acts.filter(isUsed),
    unused: acts.filter((tool) => !isUsed(tool)),
    fetching: tools.filter(({ isFetch }) => isFetch),
    samples,
    ranges: rangesOf(runs),
    predecessors: predecessorsOf(runs),
    repeats: repeatsOf(runs),
    doneByTask: doneOf(runs),
    environments: environmentsOf(runs, environments),
  };
}

/** Whether an attacker gains by a call: of a tool that only thinks aloud nothing is known to follow. */
function isOfUse({ arguments: all, acts, labels }: StressTool): boolean {
  const isTelling = all.some(({ role, use }) => role !== "other" || use !== undefined);
  return isTelling || acts.length > 2 || labels.some((label) => label !== "write");
}

/** What one call does, in one text. */
export function doneText({
  tool,
  args,
}: {
  readonly tool: string;
  readonly args: JsonObject;
}): string {
  return canonicalJson([tool, args]);
}

function samplesOf(runs: readonly StressRun[]): ReadonlyMap<string, readonly Sample[]> {
  const found = new Map<string, Map<string, Sample>>();
  for (const run of runs) {
    for (const { tool, args } of run.calls) {
      const uses = found.get(tool) ?? new Map<string, Sample>();
      const task = taskOf(run);
      uses.set(canonicalJson([task, args]), { task, args });
      found.set(tool, uses);
    }
  }
  return new Map(
    [...found].map(([tool, uses]) => [
      tool,
      [...uses]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, samplesMax)
        .map(([, sample]) => sample),
    ]),
  );
}

function rangesOf(runs: readonly StressRun[]): AgentView["ranges"] {
  const ranges = new Map<string, { min: number; max: number }>();
  for (const { tool, args } of runs.flatMap(({ calls }) => calls)) {
    for (const [name, value] of Object.entries(args)) {
      const number = numberIn(value);
      if (number === undefined) continue;
      const key = `${tool} ${name}`;
      const { min, max } = ranges.get(key) ?? { min: number, max: number };
      ranges.set(key, { min: Math.min(min, number), max: Math.max(max, number) });
    }
  }
  return ranges;
}

/** A number, or the one that a text is as a whole. */
export function numberIn(json: Json | undefined): number | undefined {
  if (typeof json === "number") return json;
  return typeof json === "string" && /^-?\d{1,12}(?:\.\d{1,6})?$/u.test(json)
    ? Number(json)
    : undefined;
}

function predecessorsOf(runs: readonly StressRun[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, { runs: number; before: Set<string> }>();
  for (const { calls } of runs) {
    const before = new Set<string>();
    for (const { tool } of calls) {
      if (before.has(tool)) continue;
      const seen = found.get(tool);
      if (seen === undefined) found.set(tool, { runs: 1, before: new Set(before) });
      else {
        seen.runs += 1;
        seen.before = new Set([...seen.before].filter((each) => before.has(each)));
      }
      before.add(tool);
    }
  }
  return new Map(
    [...found]
      .filter(([, seen]) => seen.runs >= 2 && seen.before.size > 0)
      .map(([tool, seen]) => [tool, [...seen.before].sort()]),
  );
}

function repeatsOf(runs: readonly StressRun[]): ReadonlyMap<string, number> {
  const most = new Map<string, number>();
  for (const { calls } of runs) {
    const counts = new Map<string, number>();
    for (const { tool } of calls) counts.set(tool, (counts.get(tool) ?? 0) + 1);
    for (const [tool, count] of counts) most.set(tool, Math.max(most.get(tool) ?? 0, count));
  }
  return most;
}

function doneOf(runs: readonly StressRun[]): ReadonlyMap<string, ReadonlySet<string>> {
  const done = new Map<string, Set<string>>();
  for (const run of runs) {
    const all = done.get(taskOf(run)) ?? new Set<string>();
    for (const call of run.calls) all.add(doneText(call));
    done.set(taskOf(run), all);
  }
  return done;
}

function environmentsOf(
  runs: readonly StressRun[],
  declared: readonly string[],
): AgentView["environments"] {
  const told = runs.flatMap(({ calls }) => calls.map(({ environment }) => environment));
  // One that tells none may have been made anywhere.
  if (told.includes(undefined)) return { honest: [], other: [] };
  const honest = new Set(told.filter((each) => each !== undefined));
  const other = declared.filter((each) => !honest.has(each));
  return { honest: [...honest].sort(), other: honest.size === 0 ? [] : other.toSorted() };
}
