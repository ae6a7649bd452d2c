import { parseJson } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import { badArguments } from "../failure.ts";
import { readBytes } from "../input-file.ts";
import type { RuleKillCount } from "./learn-report.ts";

/** What a stress came to, by rule. */
export interface StressedRules {
  /** digest of the policy set that was attacked */
  readonly bundle: string;
  readonly mutants: number;
  readonly survived: number;
  /** by `policy/rule`; rules that stopped nothing are absent */
  readonly rules: ReadonlyMap<string, RuleKillCount>;
}

/**
 * Reads what `holdfast stress -o json` printed.
 *
 * @throws CommandFailure exit 2 when the file is something else
 */
export function readStressedRules(path: string): StressedRules {
  const bytes = readBytes(path);
  try {
    const { bundle, notAdaptive, adaptive, rules } = objectOf(parseJson(bytes));
    if (typeof bundle !== "string" || !Array.isArray(rules)) throw new TypeError("no stress");
    const tallies = [objectOf(notAdaptive), objectOf(adaptive)];
    const sum = (name: string): number =>
      tallies.reduce((total, tally) => total + countIn(tally, name), 0);
    return {
      bundle,
      mutants: sum("mutants"),
      survived: sum("survived"),
      rules: new Map((rules as readonly Json[]).map((each) => killsOf(objectOf(each)))),
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "unreadable";
    throw badArguments(
      `\`${path}\` is not what \`holdfast stress --policy DIR … -o json\` prints: ${reason}`,
    );
  }
}

function killsOf(rule: JsonObject): [string, RuleKillCount] {
  const { rule: name } = rule;
  if (typeof name !== "string") throw new TypeError("a rule without a name");
  const all = countIn(rule, "killed") + countIn(rule, "killedAdaptive");
  return [name, { all, alone: countIn(rule, "alone") }];
}

function objectOf(json: Json | undefined): JsonObject {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new TypeError("no stress");
  }
  return json as JsonObject;
}

function countIn(json: JsonObject, name: string): number {
  const count = json[name];
  if (typeof count !== "number") throw new TypeError(`no number \`${name}\``);
  return count;
}
