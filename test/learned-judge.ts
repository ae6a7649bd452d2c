import { createEngine, loadPolicySet } from "@holdfast/engine";
import type { PolicyFileText } from "@holdfast/engine";
import { readToolDefinition } from "@holdfast/learn";
import type { JudgedCall, LearnedRun, ToolDefinition } from "@holdfast/learn";
import { replayRun } from "@holdfast/runtime";

/** Definitions of tools, each by its name and those of its arguments. */
export function definitionsOf(
  tools: readonly (readonly [name: string, args: readonly string[]])[],
): readonly ToolDefinition[] {
  return tools.map(([name, args]) => {
    const properties = Object.fromEntries(args.map((each) => [each, {}]));
    return readToolDefinition({ name, inputSchema: { properties } });
  });
}

/** What learned policies decide of each call of a run, by the real engine. */
export function judgeBy(
  files: readonly PolicyFileText[],
  server = "local",
): (run: LearnedRun) => readonly JudgedCall[] {
  const loaded = loadPolicySet(files, { root: "" });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics.map(({ message }) => message)));
  const engine = createEngine(loaded.bundle);
  const setting = { agent: "agent", server, environment: "production" };
  return ({ id, user_prompt, calls }) =>
    replayRun(engine, { id, user_prompt, calls: [...calls] }, setting).map(
      ({ decision: { effect, rules } }) => ({ effect, rules }),
    );
}
