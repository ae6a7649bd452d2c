import type { Bundle } from "@holdfast/engine";
import { escapedJson } from "@holdfast/model";
import { argumentTests, tightnesses } from "./argument-test.ts";
import type { ArgumentTest } from "./argument-test.ts";
import type { RefusedCall } from "./refused-call.ts";

/** A change of a policy set that lets approved calls run. Each one widens. */
export type PolicyEdit = {
  /** CEL: what the rule leaves out, or the grant is for */
  readonly condition: string;
  /** records of the approved calls that it is for */
  readonly calls: readonly number[];
  /** records of refused calls that nobody has looked at and that it would let run too */
  readonly admits: readonly number[];
} & (
  | { readonly kind: "except"; readonly policy: string; readonly rule: string }
  | { readonly kind: "grant"; readonly tool: string; readonly agents: readonly string[] }
);

/** A call that no change of this kind lets run, and why. */
export interface Unresolved {
  readonly sequence: number;
  readonly because: string;
}

/** What is proposed. */
export interface Refinement {
  /** sorted by what they change */
  readonly edits: readonly PolicyEdit[];
  readonly unresolved: readonly Unresolved[];
}

/**
 * The smallest change that lets approved calls run: each rule that refuses one leaves out calls of
 * that tool by those agents with those targets, and a call that no rule grants gets a grant of the same
 * narrowness. Conditions take in no call that a person denied, and as few as can be of those that
 * nobody has looked at; of equal ones the shortest is taken. Pure, whatever the order of calls.
 */
export function refine(
  refused: readonly RefusedCall[],
  { policies }: Pick<Bundle, "policies">,
): Refinement {
  const calls = refused.toSorted((a, b) => a.sequence - b.sequence);
  const unresolved: Unresolved[] = [];
  const groups = new Map<string, RefusedCall[]>();
  for (const call of calls.filter(({ review }) => review === "approved")) {
    const because = unchangeable(call, policies);
    if (because !== undefined) unresolved.push({ sequence: call.sequence, because });
    else {
      for (const cause of causesOf(call)) {
        const key = JSON.stringify([cause, call.server, call.tool]);
        groups.set(key, [...(groups.get(key) ?? []), call]);
      }
    }
  }
  const edits: PolicyEdit[] = [];
  for (const key of [...groups.keys()].sort()) {
    const approved = groups.get(key) ?? [];
    const [cause] = JSON.parse(key) as [string];
    const others = calls.filter(
      (call) =>
        call.review !== "approved" &&
        isSameTool(call, approved[0]) &&
        causesOf(call).includes(cause),
    );
    const edit = editFor(cause, approved, others, policies);
    if (edit !== undefined) edits.push(edit);
    else {
      const because = "no condition on its arguments tells it from a call that was denied";
      for (const { sequence } of approved) unresolved.push({ sequence, because });
    }
  }
  return { edits, unresolved };
}

/** What refuses a call: its rules, or that nothing grants it. */
function causesOf({ code, rules }: RefusedCall): readonly string[] {
  return code === "default_deny" ? [""] : rules;
}

function unchangeable(
  { code, rules, server, tool, agent }: RefusedCall,
  policies: Bundle["policies"],
): string | undefined {
  if (code === "default_deny") {
    const open = [`${server}.${tool}`, agent].find((name) => isPattern(name));
    return open === undefined
      ? undefined
      : `\`${open}\` ends with \`*\`, and a grant for it would be one for every name that begins so`;
  }
  if (code === "limit") {
    return `${rules.join(", ")} is a limit; raise its \`max\`, or its Meter, by hand`;
  }
  if (code !== "rule") return `it is refused with \`${code}\`, which no rule can leave out`;
  const builtIn = rules.find((rule) => ruleOf(rule, policies) === undefined);
  return builtIn === undefined ? undefined : `\`${builtIn}\` is built in, and lifted by no policy`;
}

function ruleOf(name: string, policies: Bundle["policies"]) {
  const at = name.indexOf("/");
  const policy = policies.find((each) => each.name === name.slice(0, at));
  const rule = policy?.rules.find(({ id }) => id === name.slice(at + 1));
  return policy === undefined || rule === undefined ? undefined : { policy, rule };
}

function isSameTool(one: RefusedCall, other: RefusedCall | undefined): boolean {
  return one.server === other?.server && one.tool === other.tool;
}

function editFor(
  cause: string,
  approved: readonly RefusedCall[],
  others: readonly RefusedCall[],
  policies: Bundle["policies"],
): PolicyEdit | undefined {
  const agents = [...new Set(approved.map(({ agent }) => agent))].sort();
  const own = others.filter(({ agent }) => agents.includes(agent));
  const choice = chosen(approved, own);
  const [first] = approved;
  if (choice === undefined || first === undefined) return undefined;
  const tool = `${first.server}.${first.tool}`;
  const parts = choice.tests.map(({ text }) => text);
  const common = {
    calls: approved.map(({ sequence }) => sequence),
    admits: choice.admits.map(({ sequence }) => sequence),
  };
  if (cause === "") {
    return { kind: "grant", tool, agents, condition: parts.join(" && ") || "true", ...common };
  }
  const found = ruleOf(cause, policies);
  if (found === undefined) return undefined;
  const { match } = found.policy;
  const which = [
    ...(isExactly(match.tools, [tool])
      ? []
      : [`tool.server == ${text(first.server)} && tool.name == ${text(first.tool)}`]),
    ...(isExactly(match.agents, agents)
      ? []
      : [
          agents.length === 1
            ? `agent.id == ${text(agents[0] ?? "")}`
            : `agent.id in [${agents.map((each) => text(each)).join(", ")}]`,
        ]),
  ];
  const condition = [...which, ...parts].join(" && ") || "true";
  return { kind: "except", policy: found.policy.name, rule: found.rule.id, condition, ...common };
}

/** The tests that take in the approved calls, no denied one, and the fewest others; the loosest of equals. */
function chosen(
  approved: readonly RefusedCall[],
  others: readonly RefusedCall[],
):
  | { readonly tests: readonly ArgumentTest[]; readonly admits: readonly RefusedCall[] }
  | undefined {
  const found = tightnesses.flatMap((tightness) => {
    const tests = argumentTests(
      approved.map(({ args }) => args),
      tightness,
    );
    const taken = others.filter(({ args }) => tests.every((test) => test.holds(args)));
    if (taken.some(({ review }) => review === "denied")) return [];
    return [{ tests, admits: taken }];
  });
  const fewest = Math.min(...found.map(({ admits }) => admits.length));
  // A rule for one tool without any target would be given up whole: then what is short counts.
  return (
    found.find(({ admits, tests }) => admits.length === fewest && tests.length > 0) ??
    found.find(({ admits }) => admits.length === fewest)
  );
}

function isExactly(patterns: readonly string[] | undefined, names: readonly string[]): boolean {
  return (
    patterns !== undefined &&
    patterns.length === names.length &&
    names.every((name) => patterns.includes(name) && !isPattern(name))
  );
}

/** Whether a match takes a name for all that begin so: agents and tools are called as others please. */
function isPattern(name: string): boolean {
  return name.endsWith("*");
}

function text(value: string): string {
  return escapedJson(JSON.stringify(value));
}
