import { nearestName } from "@holdfast/model";
import { checkExpression } from "../../cel/checker.ts";
import { factsOf } from "../../cel/flow.ts";
import type { CelType } from "../../cel/type.ts";
import { typeText } from "../../cel/type-text.ts";
import { Unifier } from "../../cel/unifier.ts";
import type { Modification, Policy, Rule } from "../../document/policy.ts";
import { didYouMean } from "../report.ts";
import { expressionSpan, isSound } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import type { TypeScope } from "./type-scope.ts";

/**
 * What a modify rule changes must be there: every path is declared by the schema of every tool
 * it can meet, a value that is set fits, and its parent is sure to exist.
 */
export function checkModifications(
  rule: Extract<Rule, { effect: "modify" }>,
  policy: Policy,
  scopes: readonly TypeScope[],
  set: PolicySet,
): void {
  if (policy.match.phase === "result") return;
  const known = rule.when === undefined ? new Set<string>() : factsOf(rule.when.ast, true);
  for (const modification of rule.modifications) {
    const undeclared: Undeclared[] = [];
    for (const scope of scopes) checkOne(modification, scope, { known, undeclared }, set);
    tellUndeclared(modification, undeclared, set);
  }
}

/** A part of a path that the schema of a tool does not know. */
interface Undeclared {
  readonly place: string;
  readonly tool: string;
  readonly near: string | undefined;
}

/** One slip is told once, however many tools the rule can meet. */
function tellUndeclared(
  { source }: Modification,
  undeclared: readonly Undeclared[],
  set: PolicySet,
): void {
  const [first] = undeclared;
  if (first === undefined) return;
  const { place } = first;
  const tools = undeclared.filter((each) => each.place === place).map(({ tool }) => `\`${tool}\``);
  const shown =
    tools.length > 4 ? [...tools.slice(0, 3), `${tools.length - 3} other tools`] : tools;
  const suggestion = didYouMean(undeclared.find(({ near }) => near !== undefined)?.near);
  const message = `\`${place}\` is not declared by the schema of ${shown.join(", ")}`;
  set.report.error("unknown_argument", message, source, { suggestion });
}

/** What a modification is checked with; a path that a schema does not know is left to tell. */
interface Checks {
  readonly known: ReadonlySet<string>;
  readonly undeclared: Undeclared[];
}

function checkOne(
  modification: Modification,
  scope: TypeScope,
  { known, undeclared }: Checks,
  set: PolicySet,
): void {
  const { operation, path, value, source } = modification;
  let type = scope.args;
  for (const [index, name] of path.entries()) {
    const place = ["args", ...path.slice(0, index + 1)].join(".");
    const last = index === path.length - 1;
    const step = stepInto(type, name);
    if (step === "unknown") {
      const fields = type.kind === "object" ? type.fields.keys() : [];
      const near = nearestName(name, fields);
      undeclared.push({ place, tool: scope.tool?.name ?? "", near });
      return;
    }
    if (step === "scalar") {
      const parent = ["args", ...path.slice(0, index)].join(".");
      const message = `\`${parent}\` is ${typeText(type)} and has no fields`;
      set.report.error("set_parent", message, source);
      return;
    }
    if (operation === "set" && !last && step.optional && !known.has(`absent:${place}`)) {
      const message = `\`set\` creates no parents, and \`${place}\` can be absent`;
      const suggestion = `test for it: \`when: has(${place})\``;
      set.report.error("set_parent", message, source, { suggestion });
      return;
    }
    type = step.type;
  }
  if (value === undefined || !isSound(value, set)) return;
  const given = checkExpression(value.ast, scope.environment);
  if (given.errors.length > 0 || accepts(type, given.type)) return;
  const message = `\`args.${path.join(".")}\` is ${typeText(type)}, and this is ${typeText(given.type)}`;
  const span = expressionSpan(value, { start: 0, end: value.text.length }, set);
  set.report.error("set_type", message, span);
}

/** An int is a number in JSON, so it can stand for a double, but not the other way round. */
function accepts(wanted: CelType, given: CelType): boolean {
  const bare = wanted.kind === "nullable" ? wanted.of : wanted;
  if (bare.kind === "double" && ["int", "uint", "number"].includes(given.kind)) return true;
  if (bare.kind === "object") return ["object", "map", "dyn"].includes(given.kind);
  return new Unifier().assign(given, wanted);
}

/** What a field of a type is; `unknown` where there is none, `scalar` where there cannot be. */
export function stepInto(
  type: CelType,
  name: string,
): { readonly type: CelType; readonly optional: boolean } | "unknown" | "scalar" {
  if (type.kind === "dyn") return { type, optional: false };
  if (type.kind === "map") return { type: type.value, optional: true };
  if (type.kind === "nullable") return stepInto(type.of, name);
  if (type.kind !== "object") return "scalar";
  const field = type.fields.get(name);
  if (field !== undefined) return field;
  return type.rest === undefined ? "unknown" : { type: type.rest, optional: true };
}
