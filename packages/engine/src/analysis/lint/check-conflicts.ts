import type { Modification } from "../../document/policy.ts";
import { mayOverlap } from "../../compile/check/matched-tools.ts";
import { modificationPathText } from "../../compile/modification-path.ts";
import { rulePartSpan, ruleSpan } from "./lint-set.ts";
import type { LintSet, PlacedRule } from "./lint-set.ts";
import type { Seen } from "../rule-analysis.ts";
import type { Questions } from "./question.ts";

/** Pairs of one group that are compared; a group has the rules of one tool and path. */
const pairsMax = 500;

/** Rules that match together and cannot both have their way. */
export function checkConflicts(
  dead: ReadonlySet<string>,
  questions: Questions,
  set: LintSet,
): void {
  const living = set.rules.filter(
    ({ name, policy }) => !dead.has(name) && policy.mode === "enforce",
  );
  checkSets(living, questions, set);
  checkSandboxes(living, questions, set);
}

interface SetPath {
  readonly placed: PlacedRule;
  readonly modification: Modification;
}

/** Two values for one path: equal ones merge, every other overlap of two `set` denies. */
function checkSets(rules: readonly PlacedRule[], questions: Questions, set: LintSet): void {
  const sets = rules.flatMap((placed): readonly SetPath[] =>
    placed.rule.effect === "modify"
      ? placed.rule.modifications
          .filter(({ operation }) => operation === "set")
          .map((modification) => ({ placed, modification }))
      : [],
  );
  const keysOf = ({ placed, modification }: SetPath): readonly string[] =>
    toolNames(placed, set).map((tool) => `${tool} ${modification.path[0] ?? ""}`);
  for (const [one, other] of pairs(sets, keysOf, set, "modify_conflict")) {
    if (!contradicts(one.modification, other.modification)) continue;
    if (one.placed === other.placed || !overlap(one.placed, other.placed, set)) continue;
    const rules = [one.placed, other.placed];
    const conflict = ({ decision }: Seen): boolean =>
      decision.code === "modify_conflict" &&
      rules.every(({ name }) => decision.rules.includes(name));
    const answer = questions.ask(rules, ({ of }) => {
      const [left, right] = [of(one.placed), of(other.placed)];
      if (left === undefined || right === undefined) return undefined;
      return { must: [left.holds, right.holds], conflicting: true, expected: conflict };
    });
    const path = modificationPathText({ root: "args", segments: one.modification.path });
    const detail = {
      rules: rules.map(({ name }) => name),
      notes: [
        {
          message: `\`${other.placed.name}\` sets it here`,
          span: other.modification.source,
        },
      ],
    };
    if (answer.kind === "none") continue;
    const witness = questions.confirmed(answer, conflict);
    if (answer.kind === "unknown") {
      const message = `whether \`${path}\` can be set in two ways at once could not be decided: ${answer.because}`;
      set.tell("modify_conflict", message, one.modification.source, {
        ...detail,
        level: "unknown",
      });
    } else {
      const message = `\`${other.placed.name}\` can set \`${path}\` to something else for the same request, which denies it`;
      const suggestion = "let the two conditions exclude each other, or set it in one rule";
      set.tell("modify_conflict", message, one.modification.source, {
        ...detail,
        suggestion,
        witness,
      });
    }
  }
}

function contradicts(one: Modification, other: Modification): boolean {
  const length = Math.min(one.path.length, other.path.length);
  if (one.path.slice(0, length).some((step, at) => step !== other.path[at])) return false;
  return one.path.length !== other.path.length || one.value?.text !== other.value?.text;
}

/** Two Sandboxes at one place: the lowest rank is used, whatever the other was for. */
function checkSandboxes(rules: readonly PlacedRule[], questions: Questions, set: LintSet): void {
  const sandboxed = rules.filter(({ rule }) => rule.effect === "sandbox");
  const ranks = new Map(set.bundle.sandboxes.map(({ name, rank }) => [name, rank]));
  const keysOf = (placed: PlacedRule): readonly string[] => toolNames(placed, set);
  for (const [one, other] of pairs(sandboxed, keysOf, set, "sandbox_overlap")) {
    if (one.rule.effect !== "sandbox" || other.rule.effect !== "sandbox") continue;
    if (one.rule.sandbox === other.rule.sandbox || !overlap(one, other, set)) continue;
    const answer = questions.ask([one, other], ({ of }) => {
      const [left, right] = [of(one), of(other)];
      if (left === undefined || right === undefined) return undefined;
      const both = ({ matched }: { readonly matched: readonly string[] }): boolean =>
        matched.includes(one.name) && matched.includes(other.name);
      return { must: [left.holds, right.holds], expected: both };
    });
    if (answer.kind === "none") continue;
    const [used, unused] =
      (ranks.get(one.rule.sandbox) ?? 0) < (ranks.get(other.rule.sandbox) ?? 0)
        ? [one, other]
        : [other, one];
    const detail = {
      rules: [unused.name, used.name],
      notes: [{ message: `\`${used.name}\` asks for the other`, span: ruleSpan(used, set) }],
    };
    const span = rulePartSpan(unused, ["in"], set);
    if (answer.kind === "unknown") {
      const message = `whether it meets \`${used.name}\` could not be decided: ${answer.because}`;
      set.tell("sandbox_overlap", message, span, { ...detail, level: "unknown" });
      continue;
    }
    const message = `where \`${used.name}\` holds too, its sandbox has the lower rank and is used`;
    const suggestion = "let the two conditions exclude each other, if each is to have its own";
    const witness = questions.confirmed(
      answer,
      ({ decision, matched }) => matched.includes(unused.name) && decision.sandbox !== undefined,
    );
    set.tell("sandbox_overlap", message, span, { ...detail, suggestion, witness });
  }
}

function toolNames({ policy }: PlacedRule, set: LintSet): readonly string[] {
  const { tools, undescribed } = set.tools.of(policy.match);
  return [...tools.map(({ name }) => name), ...(undescribed ? ["*"] : [])];
}

function overlap(one: PlacedRule, other: PlacedRule, set: LintSet): boolean {
  return mayOverlap(one.policy.match, other.policy.match, set.bundle);
}

/** Pairs of items that share a key, each pair once; what is too many is told as unknown. */
function* pairs<Item extends object>(
  items: readonly Item[],
  keysOf: (item: Item) => readonly string[],
  set: LintSet,
  code: "modify_conflict" | "sandbox_overlap",
): Generator<readonly [Item, Item]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    for (const key of keysOf(item)) groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  const order = new Map(items.map((item, index) => [item, index]));
  const seen = new Set<string>();
  for (const [key, group] of groups) {
    let count = 0;
    for (const [at, one] of group.entries()) {
      for (const other of group.slice(at + 1)) {
        const pair = `${order.get(one) ?? ""} ${order.get(other) ?? ""}`;
        if (seen.has(pair)) continue;
        seen.add(pair);
        count += 1;
        if (count <= pairsMax) yield [one, other];
      }
    }
    if (count > pairsMax) tellTooMany(key, count, set, code);
  }
}

function tellTooMany(
  key: string,
  count: number,
  set: LintSet,
  code: "modify_conflict" | "sandbox_overlap",
): void {
  const [first] = set.bundle.policies;
  if (first === undefined) return;
  const message = `of ${count} pairs of rules on \`${key.trim()}\` only ${pairsMax} were compared`;
  set.tell(code, message, first.source, { level: "unknown" });
}
