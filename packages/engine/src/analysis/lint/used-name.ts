import { ruleExpressions } from "../../compile/check/rule-expressions.ts";
import type { Bundle } from "../../document/bundle.ts";
import type { Expression } from "../../document/expression.ts";
import type { Policy, Rule } from "../../document/policy.ts";
import { readsOf } from "./rule-reads.ts";
import type { OwnedCall, Reads } from "./rule-reads.ts";

/** Documents that are used by being named. */
export type NamedKind = "event" | "meter" | "list" | "sandbox" | "external" | "group";

/** What the rules of a set reach, directly or through what they read. */
export interface UsedNames {
  has(kind: NamedKind, name: string): boolean;
  /** params and variables that the rules of a policy read; `*` when one is read by no name */
  of(policy: Policy, root: "params" | "variables"): ReadonlySet<string>;
}

type Own = Record<"params" | "variables", Set<string>>;

/** Goes through all rules, and through the Events, Meters, Tools and Externals of the set. */
export function usedNames(bundle: Bundle): UsedNames {
  const names = new Set<string>();
  const own = new Map<Policy, Own>();
  for (const policy of bundle.policies) {
    const mine: Own = { params: new Set(), variables: new Set() };
    own.set(policy, mine);
    for (const rule of policy.rules) {
      for (const name of namedBy(rule)) names.add(name);
      for (const { expression } of ruleExpressions(rule)) {
        const reads = readsOf(expression, policy);
        collect(reads, names);
        collectOwn(reads, mine);
      }
    }
  }
  for (const { resources } of bundle.tools) {
    for (const { id } of resources) collect(readsOf(id), names);
  }
  for (const { input } of bundle.externals) {
    for (const each of Object.values(input)) collect(readsOf(each), names);
  }
  collectHistory(bundle, names);
  return {
    has: (kind, name) => names.has(`${kind} ${name}`) || names.has(`${kind} *`),
    of: (policy, root) => own.get(policy)?.[root] ?? new Set(),
  };
}

/** What a rule names outside its conditions. */
function namedBy(rule: Rule): readonly string[] {
  const limited = "limit" in rule && rule.limit !== undefined ? [`meter ${rule.limit.meter}`] : [];
  if (rule.effect === "sandbox") return [...limited, `sandbox ${rule.sandbox}`];
  if (rule.effect !== "step_up") return limited;
  const groups = rule.approval.from.filter((from) => from.startsWith("group:"));
  return [...limited, ...groups.map((from) => from.replace(":", " "))];
}

function collectOwn({ paths }: Reads, own: Own): void {
  for (const { path } of paths) {
    const [root, name = "*"] = path;
    if (root === "params" || root === "variables") own[root].add(name);
  }
}

function collect({ paths, calls }: Reads, names: Set<string>): void {
  for (const { path } of paths) {
    const [root, name = "*"] = path;
    if (root === "lists") names.add(`list ${name}`);
    if (root === "external") names.add(`external ${name}`);
  }
  for (const call of calls) for (const name of historyOf(call)) names.add(name);
}

const historyFunctions: ReadonlyMap<string, "event" | "meter"> = new Map([
  ["happened", "event"],
  ["count", "event"],
  ["since", "event"],
  ["meter", "meter"],
]);

/** The Events and Meters that a call names. */
function historyOf({ function: called, args }: OwnedCall): readonly string[] {
  const kind = historyFunctions.get(called);
  if (kind === undefined) return [];
  return args.flatMap((arg) => {
    const constant = arg !== undefined && "constant" in arg ? arg.constant : undefined;
    return constant?.type === "string" ? [`${kind} ${constant.value}`] : [];
  });
}

/** Events and Meters in use bring what their own expressions read. */
function collectHistory({ events, meters }: Bundle, names: Set<string>): void {
  const waiting = new Map<string, readonly (Expression | undefined)[]>([
    ...events.map(({ name, when }) => [`event ${name}`, [when]] as const),
    ...meters.map(({ name, reserve, settle }) => [`meter ${name}`, [reserve, settle]] as const),
  ]);
  for (let grown = true; grown;) {
    grown = false;
    for (const [key, expressions] of waiting) {
      if (!names.has(key)) continue;
      waiting.delete(key);
      grown = true;
      for (const each of expressions) if (each !== undefined) collect(readsOf(each), names);
    }
  }
}
