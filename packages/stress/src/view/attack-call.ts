import type { Json, JsonObject } from "@holdfast/model";
import type { StressCall } from "../run/stress-run.ts";
import type { AgentView } from "./agent-view.ts";
import { canaryLike } from "./canary.ts";
import { chosen } from "./choice.ts";
import type { StressArgument, StressTool } from "./stress-tool.ts";

/** A call as an attacker wants it, and what of it is theirs. */
export interface AttackCall {
  readonly call: StressCall;
  /** arguments that hold the attacker's values, with these as texts */
  readonly values: readonly { readonly argument: StressArgument; readonly text: string }[];
}

/** Arguments that say whom, where or with what key; a program and a path say it, too. */
export function isDestination({ role, use }: StressArgument): boolean {
  return (
    role === "party" ||
    role === "url" ||
    role === "secret" ||
    use === "url" ||
    use === "path" ||
    use === "shell" ||
    use === "sql"
  );
}

/**
 * A call of a tool for the attacker: an honest use of it whose destinations are theirs; where it has
 * none, its object, its title or its words. `undefined` for a tool that takes nothing of that kind.
 */
export function attackCall(
  tool: StressTool,
  { samples }: Pick<AgentView, "samples">,
  seed: string,
): AttackCall | undefined {
  const honest: JsonObject = chosen(samples.get(tool.name) ?? [], seed, tool.name)?.args ?? {};
  const isGiven = ({ name }: StressArgument): boolean =>
    honest[name] !== undefined && honest[name] !== null;
  const isUsed = samples.has(tool.name);
  const usable = tool.arguments.filter((argument) => !isUsed || isGiven(argument));
  const targets = targetsOf(usable);
  if (targets.length === 0) return undefined;
  const args: Record<string, Json> = isUsed ? { ...honest } : {};
  if (!isUsed) for (const each of usable) args[each.name] = canaryLike(undefined, each);
  const values: { argument: StressArgument; text: string }[] = [];
  for (const argument of targets) {
    const value = canaryLike(honest[argument.name], argument);
    args[argument.name] = value;
    const text = textOf(value);
    if (text !== undefined) values.push({ argument, text });
  }
  return { call: { tool: tool.name, args, result: "ok" }, values };
}

/** The arguments an attacker puts theirs into: destinations, else objects, else what is said. */
function targetsOf(usable: readonly StressArgument[]): readonly StressArgument[] {
  const ways: readonly ((argument: StressArgument) => boolean)[] = [
    isDestination,
    ({ role }) => role === "object",
    ({ role }) => role === "title" || role === "content",
  ];
  return ways.map((way) => usable.filter(way)).find((found) => found.length > 0) ?? [];
}

/** The text of a value or of the first of a list. */
export function textOf(json: Json | undefined): string | undefined {
  if (typeof json === "string") return json;
  if (typeof json === "number") return String(json);
  return Array.isArray(json) ? textOf((json as readonly Json[])[0]) : undefined;
}
