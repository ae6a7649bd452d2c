import { checkExpression } from "../../cel/checker.ts";
import { functionDeclarations } from "../../cel/declaration.ts";
import type { CelType } from "../../cel/type.ts";
import { mayOverlap } from "../../compile/check/matched-tools.ts";
import { prune } from "../../compile/check/prune.ts";
import { argumentsType } from "../../compile/check/type-scope.ts";
import { commonTypes, outcomeTypes } from "../../compile/check/variable-types.ts";
import type { Tool } from "../../document/kinds.ts";
import { inlined } from "../condition/inline.ts";
import { placeSlot } from "../condition/place.ts";
import { absentSet } from "../domain/value-set.ts";
import { any, atom, not } from "../formula/formula.ts";
import type { Seen } from "../rule-analysis.ts";
import { partSpan } from "./lint-set.ts";
import type { LintSet, PlacedRule } from "./lint-set.ts";
import type { Asked, Questions, Regions } from "./question.ts";
import type { OwnedPath } from "./rule-reads.ts";

/**
 * What a rule that narrows reads as if it were always there: where it is not, the condition is an
 * error, which denies what an allow grants. WHY neither what no schema declares nor `claims`: an
 * agent leaves those out at will, and an error is the safe answer to that. `dead`: rules that never hold.
 */
export function checkReads(dead: ReadonlySet<string>, questions: Questions, set: LintSet): void {
  const types = new Map<Tool | undefined, CelType>();
  const typeOf = (tool: Tool | undefined): CelType => {
    const known = types.get(tool) ?? argumentsType(tool);
    types.set(tool, known);
    return known;
  };
  for (const placed of set.rules) {
    const { rule, policy, name } = placed;
    // Of what never holds it is told anyway that it denies where it cannot be evaluated.
    if (rule.effect === "allow" || policy.mode === "observe" || dead.has(name)) continue;
    const { tools, undescribed } = set.tools.of(policy.match);
    const args = [...tools.map(typeOf), ...(undescribed ? [typeOf(undefined)] : [])];
    for (const read of unguardedReads(placed, args, set)) tellRead(placed, read, questions, set);
  }
}

/** A reading of what may be missing. */
interface UnguardedPath {
  /** what may be missing on the way to what is read, the outermost first */
  readonly missing: readonly [string, ...string[]];
  readonly read: OwnedPath;
}

/** Where the condition reads what may be missing and no test before has shown, once for a path. */
function unguardedReads(
  placed: PlacedRule,
  args: readonly CelType[],
  set: LintSet,
): readonly UnguardedPath[] {
  const { when } = placed.rule;
  if (when === undefined) return [];
  const optional = set.whenReads(placed).paths.flatMap((read) => {
    const parts = read.existence ? [] : args.flatMap((type) => optionalParts(read.path, type));
    return parts.length === 0 ? [] : [{ read, parts: new Set(parts) }];
  });
  const ast = optional.length === 0 ? undefined : inlined(when.ast, placed.policy);
  if (ast === undefined) return [];
  const unguarded = new Set(
    args.flatMap((type) => {
      const whole = prune(ast, { args: type, others: args, constants: new Map() });
      return typeof whole === "boolean" ? [] : absentReads(whole, type);
    }),
  );
  const found = new Map<string, UnguardedPath>();
  for (const { read, parts } of optional) {
    const [first, ...others] = [...parts]
      .filter((part) => unguarded.has(part))
      .toSorted((a, b) => a.length - b.length);
    if (first === undefined || found.has(first)) continue;
    found.set(first, { missing: [first, ...others], read });
  }
  return [...found.values()];
}

const variables = new Map([...commonTypes, ...outcomeTypes]);

/** What is read with no test before it and may be absent; errors are told by the compiler. */
function absentReads(ast: Parameters<typeof checkExpression>[0], args: CelType): readonly string[] {
  const environment = {
    variables: new Map([...variables, ["args", args], ["original", args]]),
    functions: functionDeclarations,
    names: new Map(),
  };
  return checkExpression(ast, environment).unguarded.flatMap(({ reason, path }) =>
    reason === "absent" ? [path] : [],
  );
}

/** Roots whose fields may be missing through no fault of the agent, besides arguments. */
const roots: ReadonlySet<string> = new Set([
  "agent",
  "context",
  "outcome",
  "resource",
  "session",
  "user",
]);

/** The beginnings of a path that may be absent: fields a schema leaves open, keys of attributes. */
function optionalParts(path: readonly string[], args: CelType): readonly string[] {
  const [root = "", ...fields] = path;
  const isArgument = root === "args";
  if (!isArgument && !roots.has(root)) return [];
  const found: string[] = [];
  let type = isArgument ? args : variables.get(root);
  for (const [index, field] of fields.entries()) {
    if (type?.kind === "nullable") type = type.of;
    if (field === "*" || (type?.kind !== "object" && type?.kind !== "map")) break;
    const part = path.slice(0, index + 2).join(".");
    if (type.kind === "map") {
      if (!isArgument) found.push(part);
      type = type.value;
      continue;
    }
    const declared = type.fields.get(field);
    if (declared?.optional === true) found.push(part);
    type = declared?.type;
  }
  return found;
}

function tellRead(
  placed: PlacedRule,
  { missing, read }: UnguardedPath,
  questions: Questions,
  set: LintSet,
): void {
  const { name } = placed;
  const span = partSpan(read.owner, read.range, set);
  const [path] = missing;
  const message = `\`${path}\` may be missing, and reading it then is an error, which denies`;
  const tests = missing.map((part) => `has(${part})`);
  const suggestion = `write \`${tests.join(" && ")} && …\` to let pass what comes without it, or \`!${tests.join(" || !")} || …\` to narrow that too`;
  // Of resources nothing is known that a request could be made of.
  if (path.startsWith("resource.")) {
    set.tell("unguarded_read", message, span, { rules: [name], suggestion });
    return;
  }
  const denied = ({ decision, errors }: Seen): boolean =>
    decision.code === "eval_error" && errors.includes(name);
  const granting = set.rules.filter(
    ({ rule, policy }) =>
      rule.effect === "allow" &&
      policy.mode === "enforce" &&
      mayOverlap(policy.match, placed.policy.match, set.bundle),
  );
  const answer = questions.ask([placed, ...granting], (regions) =>
    denialAsked(placed, path.split("."), denied, regions),
  );
  if (answer.kind === "none") return;
  const witness = questions.confirmed(answer, denied);
  if (answer.kind === "unknown" || witness === undefined) {
    const because = answer.kind === "unknown" ? answer.because : "another rule refuses it as well";
    const words = `whether a request without \`${path}\` is denied for it could not be decided: ${because}`;
    set.tell("unguarded_read", words, span, { rules: [name], level: "unknown" });
    return;
  }
  set.tell("unguarded_read", message, span, { rules: [name], suggestion, witness });
}

/** A request that comes without it, that some allow grants and that nothing else refuses. */
function denialAsked(
  placed: PlacedRule,
  path: readonly string[],
  expected: Asked["expected"],
  { place, of }: Regions,
): Asked | undefined {
  const region = of(placed);
  const { rules, placed: sides } = place;
  const slot = placeSlot(sides, path);
  if (region === undefined || slot === undefined) return undefined;
  const grants = rules.flatMap(({ rule, holds }) => (rule.effect === "allow" ? [holds] : []));
  const refusals = rules.filter(({ rule }) => rule.effect === "deny" || rule.effect === "contain");
  const must = [region.errs, atom(slot, absentSet), any(grants)];
  return { must, beside: refusals.map(({ holds }) => not(holds)), expected };
}
