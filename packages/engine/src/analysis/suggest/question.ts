import type { Span } from "@holdfast/model";
import { printExpression } from "../../cel/printer.ts";
import type { Expr } from "../../cel/syntax.ts";
import { takeApart } from "../../compiled/trace/logic.ts";
import type { Bundle } from "../../document/bundle.ts";
import type { Policy, Rule } from "../../document/policy.ts";
import type { PartCoverage } from "../../policy-test/part-coverage.ts";
import type { PolicyTestRun } from "../../policy-test/run.ts";
import { oneLine } from "../../one-line.ts";
import { decidingConditions } from "./deciding.ts";

/** Something no case shows yet, and the rules by which a request that shows it is known. */
export interface Question {
  /** what a case would show, in words: the name of the case */
  readonly shows: string;
  readonly source: Span;
  /** `policy/rule` that must hold, one of these at a time, and what must not hold beside it */
  readonly ways: readonly { readonly holds: string; readonly not?: string }[];
  readonly observed: boolean;
  /** whether a run of tests shows it */
  readonly isShown: (run: Pick<PolicyTestRun, "coverage" | "parts">) => boolean;
}

/** Questions about a bundle, and the bundle with the rules that ask them beside its own. */
export interface Questions {
  readonly asking: Bundle;
  readonly questions: readonly Question[];
}

/**
 * What the cases of a bundle do not show, as questions to a solver. A part is asked about by a rule
 * like the one it stands in, whose condition says that the part decides; such rules are added to a
 * copy of the set, under names that no policy text can have, and only their holding is looked at.
 */
export function questionsOf(bundle: Bundle, run: PolicyTestRun): Questions {
  const probes = new Map<Policy, Rule[]>();
  const probe = (policy: Policy, rule: Rule, when: Expr | undefined): string => {
    const own = probes.get(policy) ?? [];
    const id = `?${own.length}`;
    own.push(probeOf(rule, id, when));
    probes.set(policy, own);
    return `${policy.name}/${id}`;
  };
  const held = run.coverage
    .filter(({ cases }) => cases === 0)
    .map(({ rule: name, source }): Question => ({
      shows: `${name} holds`,
      source,
      ways: [{ holds: name }],
      observed: ruleNamed(bundle, name)?.policy.mode === "observe",
      isShown: ({ coverage }) => coverage.some(({ rule, cases }) => rule === name && cases > 0),
    }));
  const parts = run.parts.flatMap((part) => partQuestions(part, bundle, probe));
  const policies = bundle.policies.map((policy) => {
    const added = probes.get(policy);
    return added === undefined
      ? policy
      : Object.assign({}, policy, { rules: [...policy.rules, ...added] });
  });
  return { asking: { ...bundle, policies }, questions: [...held, ...parts] };
}

type Probe = (policy: Policy, rule: Rule, when: Expr | undefined) => string;

function partQuestions(part: PartCoverage, bundle: Bundle, probe: Probe): readonly Question[] {
  const name = part.rules[0] ?? "";
  const found = ruleNamed(bundle, name);
  if (found === undefined) return [];
  const { policy, rule } = found;
  return ([true, false] as const).flatMap((outcome) => {
    const key = outcome ? "true" : "false";
    if (part.decided[key] > 0) return [];
    const { file, start } = part.source;
    return {
      shows: `${name}: ${wordsOf(part, outcome)}`,
      source: part.source,
      ways:
        part.kind === "limit"
          ? [outcome ? { holds: name } : { holds: probe(policy, rule, rule.when?.ast), not: name }]
          : partWays(part, policy, rule, outcome).map((when) => ({
              holds: probe(policy, rule, when),
            })),
      observed: policy.mode === "observe",
      isShown: ({ parts }) =>
        parts.some(
          (one) =>
            one.source.file === file &&
            one.source.start.offset === start.offset &&
            one.expression === part.expression &&
            one.decided[key] > 0,
        ),
    };
  });
}

function wordsOf({ kind, expression }: PartCoverage, outcome: boolean): string {
  const text = oneLine(expression, 200);
  if (kind === "limit") return `${text} is ${outcome ? "passed" : "kept"}`;
  return `${text} is ${outcome ? "true" : "false"} and decides`;
}

function partWays(
  part: PartCoverage,
  policy: Policy,
  { when }: Rule,
  outcome: boolean,
): readonly Expr[] {
  if (when === undefined) return [];
  const apart = takeApart(when, policy);
  const { file, start, end } = part.source;
  return decidingConditions(apart, `${file}:${start.offset}:${end.offset}`, outcome);
}

/** A rule that holds where `when` does and the rule it stands for would be looked at. */
function probeOf(
  { effect, ownAuthority, source, when: before }: Rule,
  id: string,
  when: Expr | undefined,
): Rule {
  const condition =
    when === undefined || before === undefined
      ? {}
      : { when: { ...before, text: printExpression(when), ast: when } };
  const base = { id, ownAuthority, source, obligations: [], ...condition };
  if (effect === "allow") return { ...base, effect };
  return effect === "modify" ? { ...base, effect, modifications: [] } : { ...base, effect: "deny" };
}

function ruleNamed(
  { policies }: Bundle,
  name: string,
): { readonly policy: Policy; readonly rule: Rule } | undefined {
  for (const policy of policies) {
    for (const rule of policy.rules)
      if (`${policy.name}/${rule.id}` === name) return { policy, rule };
  }
  return undefined;
}
