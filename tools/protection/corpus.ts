import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readToolDefinition } from "@holdfast/learn";
import type { LearnedRun, ToolDefinition } from "@holdfast/learn";
import { parseJson } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import { readInjecAgent } from "./injecagent.ts";
import { listOf, numbersOf, objectOf, rowsOf, textOf } from "./json-row.ts";

/** A recorded run, with what is known of it. Of all this only prompt and calls are ever decided on. */
export interface LabelledRun extends LearnedRun {
  readonly suite: string;
  readonly model: string;
  readonly task: string;
  readonly injection: string | undefined;
  readonly isAttacked: boolean;
  /** whether the user's task was solved */
  readonly isSolved: boolean;
  /** whether the attack succeeded */
  readonly isCompromised: boolean;
  /** whether running it again confirms what is said of it */
  readonly isConfirmed: boolean;
  /** calls without each of which the attack fails */
  readonly attackCalls: readonly number[];
  /** calls without all of which the attack fails */
  readonly attackGroups: readonly (readonly number[])[];
  /** calls without each of which the task fails */
  readonly neededCalls: readonly number[];
}

/** A run put together of the calls of a user's task and those of an attacker's. */
export interface SplicedRun extends LearnedRun {
  readonly suite: string;
  readonly task: string;
  readonly injection: string;
  /** places of the attacker's calls */
  readonly attackerCalls: ReadonlySet<number>;
}

/** The runs of one data set. */
export interface Corpus {
  readonly dataset: string;
  readonly runs: readonly LabelledRun[];
  readonly spliced: readonly SplicedRun[];
  readonly definitions: ReadonlyMap<string, readonly ToolDefinition[]>;
}

/** Reads the data sets in a folder that are there. */
export function readCorpora(folder: string): readonly Corpus[] {
  const named = ["agentdojo", "agentdyn"].flatMap((dataset) => {
    const rows = rowsOf(join(folder, dataset, "runs.jsonl"));
    if (rows === undefined) return [];
    const spliced = rowsOf(join(folder, dataset, "spliced.jsonl")) ?? [];
    const definitions = readDefinitions(join(folder, dataset, "tools_by_suite.json"));
    return [
      {
        dataset,
        runs: rows.map((row) => labelledRun(row)),
        spliced: spliced.map((row, at) => splicedRun(row, at)),
        definitions,
      },
    ];
  });
  const all: Corpus[] = [...named];
  const cases = readInjecAgent(join(folder, "injecagent"));
  if (cases !== undefined) all.push(cases);
  const airline = rowsOf(join(folder, "tau", "tau_airline_gpt4o.jsonl"));
  if (airline !== undefined) {
    const runs = airline.map((row, at) => conversationRun(row, at));
    all.push({ dataset: "tau", runs, spliced: [], definitions: new Map() });
  }
  return all;
}

function readDefinitions(path: string): ReadonlyMap<string, readonly ToolDefinition[]> {
  if (!existsSync(path)) return new Map();
  const suites = objectOf(parseJson(readFileSync(path, "utf8")));
  return new Map(
    Object.entries(suites).map(([suite, all]) => [
      suite,
      listOf(all).map((each) => readToolDefinition(each)),
    ]),
  );
}

function labelledRun(row: JsonObject): LabelledRun {
  const replay = objectOf(row["replay"]);
  const isAttacked = row["attack_type"] !== "none";
  return {
    id: textOf(row["id"]),
    user_prompt: textOf(row["user_prompt"]),
    calls: callsOf(row["calls"]),
    suite: textOf(row["suite"]),
    model: textOf(row["model"]),
    task: textOf(row["user_task_id"]),
    injection: isAttacked ? textOf(row["injection_task_id"]) : undefined,
    isAttacked,
    isSolved: row["utility"] === true,
    isCompromised: isAttacked && row["security"] === true,
    isConfirmed: replay["attack"] === true,
    attackCalls: numbersOf(replay["attack_critical"]),
    attackGroups: listOf(replay["attack_critical_groups"]).map((each) => numbersOf(each)),
    neededCalls: numbersOf(replay["util_critical"]),
  };
}

function splicedRun(row: JsonObject, at: number): SplicedRun {
  const calls = listOf(row["calls"]).map((each) => objectOf(each));
  const attackers = calls.flatMap(({ by }, place) => (by === "attacker" ? [place] : []));
  return {
    id: `spliced-${at}`,
    user_prompt: textOf(row["user_prompt"]),
    calls: callsOf(row["calls"]),
    suite: textOf(row["suite"]),
    task: textOf(row["user_task_id"]),
    injection: textOf(row["injection_task_id"]),
    attackerCalls: new Set(attackers),
  };
}

/** A run in which a person answers in between: all that was typed counts as the prompt. */
function conversationRun(row: JsonObject, at: number): LabelledRun {
  return {
    id: `conversation-${at}`,
    user_prompt: listOf(row["user_messages"])
      .map((each) => textOf(each))
      .join("\n"),
    calls: callsOf(row["calls"]),
    suite: textOf(row["suite"]),
    model: textOf(row["pipeline"]),
    task: JSON.stringify(row["task_id"] ?? null),
    injection: undefined,
    isAttacked: false,
    isSolved: row["reward"] === 1,
    isCompromised: false,
    isConfirmed: false,
    attackCalls: [],
    attackGroups: [],
    neededCalls: [],
  };
}

function callsOf(json: Json | undefined): LearnedRun["calls"] {
  return listOf(json).map((each) => {
    const { tool, args, result, error, name, kwargs } = objectOf(each);
    return { tool: textOf(tool ?? name), args: objectOf(args ?? kwargs), result, error };
  });
}
