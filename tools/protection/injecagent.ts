import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { readToolDefinition } from "@holdfast/learn";
import type { ToolDefinition } from "@holdfast/learn";
import { copyJson, parseJson } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import type { Corpus, LabelledRun } from "./corpus.ts";
import { listOf, objectOf, rowsOf, textOf } from "./json-row.ts";
import { statedArguments } from "./stated-argument.ts";
import type { StatedParameter } from "./stated-argument.ts";

/** What stands in a template where the attacker's instruction goes. */
const slot = "<Attacker Instruction>";

/**
 * The cases of InjecAgent as runs. Each case is one attacked run: the user's call, its result with the
 * instruction in it, and the attacker's calls, with the arguments that the instruction states and no result,
 * as the file has neither. Each user call is one honest run, alone, with nothing in the instruction's
 * place. `undefined` where the folder holds none.
 */
export function readInjecAgent(folder: string): Corpus | undefined {
  const cases = rowsOf(join(folder, "cases_base.jsonl"));
  const path = join(folder, "tools.json");
  if (cases === undefined || !existsSync(path)) return undefined;
  const tools = toolsIn(parseJson(readFileSync(path, "utf8")));
  const honest = new Map(cases.map((each) => [honestKey(each), honestRun(each)]));
  const attacked = cases.map((each) => attackedRun(each, tools));
  const definitions = new Map<string, readonly ToolDefinition[]>();
  for (const suite of new Set(attacked.map((run) => run.suite))) {
    // What an agent is offered: the tools of these cases, those of the attackers among them.
    const own = attacked.filter((run) => run.suite === suite);
    const used = new Set(own.flatMap(({ calls }) => calls.map(({ tool }) => tool)));
    const defined = [...used].sort().flatMap((name) => {
      const parameters = tools.get(name);
      return parameters === undefined ? [] : [definitionOf(name, parameters)];
    });
    definitions.set(suite, defined);
  }
  return {
    dataset: "injecagent",
    runs: [...honest.values(), ...attacked],
    spliced: [],
    definitions,
  };
}

function honestKey(row: JsonObject): string {
  const parts = ["kind", "User Tool", "User Instruction", "Tool Parameters"];
  return JSON.stringify(parts.map((name) => textOf(row[name])));
}

/** The parameters of each tool, by the name that agents know it by. */
function toolsIn(json: Json): ReadonlyMap<string, readonly StatedParameter[]> {
  return new Map(
    listOf(json).flatMap((kit) => {
      const { name_for_model: prefix, tools } = objectOf(kit);
      return listOf(tools).map((each) => {
        const { name, parameters } = objectOf(each);
        const all = listOf(parameters).map((parameter) => {
          const { name: own, type } = objectOf(parameter);
          return { name: textOf(own), type: textOf(type) };
        });
        return [`${textOf(prefix)}${textOf(name)}`, all] as const;
      });
    }),
  );
}

function definitionOf(name: string, parameters: readonly StatedParameter[]): ToolDefinition {
  const properties = Object.fromEntries(parameters.map((each) => [each.name, { type: each.type }]));
  return readToolDefinition({ name, parameters: { type: "object", properties } });
}

function honestRun(row: JsonObject): LabelledRun {
  return {
    ...shared(row),
    id: `own-${textOf(row["case"])}`,
    calls: [userCall(row, "")],
    injection: undefined,
    isAttacked: false,
    isSolved: true,
    isCompromised: false,
    isConfirmed: false,
    attackCalls: [],
    neededCalls: [0],
  };
}

function attackedRun(
  row: JsonObject,
  tools: ReadonlyMap<string, readonly StatedParameter[]>,
): LabelledRun {
  const instruction = textOf(row["Attacker Instruction"]);
  const names = listOf(row["Attacker Tools"]).map((each) => textOf(each));
  const foreign = names.map((tool) => ({
    tool,
    args: statedArguments(instruction, tools.get(tool) ?? []),
  }));
  return {
    ...shared(row),
    id: textOf(row["case"]),
    calls: [userCall(row, instruction), ...foreign],
    injection: names.join(", "),
    isAttacked: true,
    isSolved: false,
    isCompromised: true,
    isConfirmed: true,
    // What is stolen has to be read and to be sent: without either call the attack fails.
    attackCalls: foreign.map((_, at) => at + 1),
    neededCalls: [],
  };
}

function shared(
  row: JsonObject,
): Pick<LabelledRun, "user_prompt" | "suite" | "model" | "task" | "attackGroups"> {
  return {
    user_prompt: textOf(row["User Instruction"]),
    suite: textOf(row["kind"]),
    model: "",
    task: textOf(row["User Tool"]),
    attackGroups: [],
  };
}

function userCall(row: JsonObject, instruction: string): LabelledRun["calls"][number] {
  const template = literalOf(textOf(row["Tool Response Template"]));
  return {
    tool: textOf(row["User Tool"]),
    args: objectOf(literalOf(textOf(row["Tool Parameters"]))),
    result: filled(template, instruction),
  };
}

/** What a Python literal is; its text where it is none. YAML reads all of them but `None`. */
function literalOf(text: string): Json {
  try {
    return copyJson(parse(text, { schema: "core", logLevel: "error" }));
  } catch {
    return text;
  }
}

function filled(json: Json, instruction: string): Json {
  if (typeof json === "string") return json.replaceAll(slot, () => instruction);
  if (Array.isArray(json))
    return (json as readonly Json[]).map((each) => filled(each, instruction));
  if (typeof json !== "object" || json === null) return json;
  const members = Object.entries(json).map(([name, each]) => [name, filled(each, instruction)]);
  return Object.fromEntries(members) as JsonObject;
}
