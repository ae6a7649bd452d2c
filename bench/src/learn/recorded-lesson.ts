import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readToolDefinition, structuredTools, withStructuredResults } from "@holdfast/learn";
import type { LearnedRun, ToolDefinition } from "@holdfast/learn";
import { parseJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { readRun } from "@holdfast/runtime";

/** What a policy is learned from, and decides then. */
export interface BenchLesson {
  readonly name: string;
  readonly definitions: readonly ToolDefinition[];
  readonly runs: readonly LearnedRun[];
}

/** The honest runs that solved their tasks, of each suite of the corpora in a folder. */
export function recordedLessons(folder: string): readonly BenchLesson[] {
  return ["agentdojo", "agentdyn"].flatMap((dataset) => {
    const path = join(folder, dataset, "runs.jsonl.gz");
    if (!existsSync(path)) return [];
    const rows = gunzipSync(readFileSync(path)).toString("utf8").split("\n").filter(Boolean);
    const tools = JSON.parse(
      readFileSync(join(folder, dataset, "tools_by_suite.json"), "utf8"),
    ) as Readonly<Record<string, readonly Json[]>>;
    const honest = new Map<string, LearnedRun[]>();
    for (const [at, line] of rows.entries()) {
      const row = JSON.parse(line) as Readonly<Record<string, unknown>>;
      const task = String(row["user_task_id"]);
      if (row["attack_type"] !== "none" || row["utility"] !== true) continue;
      if (task.startsWith("injection")) continue;
      const suite = String(row["suite"]);
      // Halves of surrogate pairs may be in no request.
      const text = JSON.stringify(row, (_, value: unknown) =>
        typeof value === "string" ? value.replaceAll(/\p{Surrogate}/gu, "\uFFFD") : value,
      );
      honest.set(suite, [...(honest.get(suite) ?? []), readRun(parseJson(text), `line ${at + 1}`)]);
    }
    return [...honest]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([suite, runs]) => {
        const structured = structuredTools(runs);
        return {
          name: `${dataset} ${suite}`,
          definitions: (tools[suite] ?? []).map((each) => readToolDefinition(each)),
          runs: runs.map((run) => withStructuredResults(run, structured)),
        };
      });
  });
}
