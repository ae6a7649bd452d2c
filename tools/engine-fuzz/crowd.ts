import { parseExpression } from "@holdfast/engine";
import type { Bundle } from "@holdfast/engine";
import type { Chance } from "./chance.ts";

type Policy = Bundle["policies"][number];
type Rule = Policy["rules"][number];
type Match = Policy["match"];

/** Tools of the fixed set that exist by the dozen, `m.t0` and so on. */
export const crowdTools: readonly string[] = numbered("m.t", 40);

const names = {
  agents: ["bot", "__proto__", ...numbered("w", 130)],
  roles: ["support", "constructor", ...numbered("r", 130)],
  userRoles: ["admin", "toString", ...numbered("u", 90)],
  labels: ["read", "money", "unlabelled", "__proto__", ...numbered("l", 70)],
  kinds: ["tool", "mcp", "http", "sql", "shell", "file", "k8s", "secret", "ssh", "llm", "step"],
} as const;

const position = { offset: 0, line: 1, column: 1 };
const source = { file: "policies/crowd.yaml", start: position, end: position };

/**
 * Policies as large fleets have them: matches that name more agents, roles, users, tools or
 * labels than an index keeps apart, prefixes in every key, and a hundred rules under one key.
 */
export function crowd(chance: Chance): readonly Policy[] {
  const made = Array.from({ length: 1 + chance.below(3) }, (_, index) =>
    crowdPolicy(chance, `c${index}`, crowdMatch(chance), 1 + chance.below(3)),
  );
  if (!chance.once(2)) return made;
  const match = crowdMatch(chance);
  // A hundred rules in one policy, or as many policies of the same match.
  if (chance.once(2)) return [...made, crowdPolicy(chance, "c-many", match, 104)];
  return [
    ...made,
    ...Array.from({ length: 36 }, (_, index) => crowdPolicy(chance, `c-${index}`, match, 3)),
  ];
}

function crowdPolicy(chance: Chance, name: string, match: Match, rules: number): Policy {
  return {
    kind: "Policy",
    name,
    labels: {},
    mode: "enforce",
    match,
    params: { limit: 3, word: "k" },
    variables: [],
    rules: Array.from({ length: rules }, (_, index) => crowdRule(chance, `r${index}`, rules)),
    source,
  };
}

/** What such a rule asks is cheap, holds for few requests, and rarely errs. */
function crowdRule(chance: Chance, id: string, among: number): Rule {
  const number = chance.below(12);
  const text = chance.of([
    `has(args.n) && args.n == ${number}`,
    `has(args.amount) && args.amount > ${number}`,
    `agent.id == '${chance.of(names.agents)}'`,
    `'${chance.of(names.roles)}' in agent.roles`,
    `tool.name == 't${number}'`,
    // Among many rules one that errs would decide for all.
    among < 4 ? `args.n == ${number}` : `has(context.x) && context.x == ${number}`,
    `has(args.to) && args.to in ['k', 'x${number}']`,
  ]);
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(`a condition of a crowd does not parse: ${text}`);
  const when = { text, ast: parsed.ast, source, offsets: [] };
  const base = {
    id,
    ...(among < 4 && chance.once(3) ? {} : { when }),
    ...(chance.once(8) ? { reason: { text: "made", parts: [`number ${number}`], source } } : {}),
    obligations: chance.once(8) ? [{ label: "crowd" }] : [],
    ownAuthority: chance.once(3),
    source,
  };
  return chance.once(among < 4 ? 3 : 2)
    ? { ...base, effect: "deny" }
    : { ...base, effect: "allow" };
}

function crowdMatch(chance: Chance): Match {
  const keys: { -readonly [key in keyof Match]?: Match[key] } = {};
  const many = (items: readonly string[]): readonly string[] =>
    chance.some(items, chance.of([30, 62, 66, items.length]));
  const withPrefix = (items: readonly string[], prefixes: readonly string[]): readonly string[] =>
    chance.once(2) ? [...items, ...chance.some(prefixes, 2)] : items;
  const subject = chance.below(4);
  if (subject === 0) keys.agents = withPrefix(many(names.agents), ["w1*", "w*", "bo*", "__*"]);
  if (subject === 1) keys.agentRoles = many(names.roles);
  if (subject === 2) keys.userRoles = many(names.userRoles);
  if (chance.once(6)) keys.userRoles = chance.some(names.userRoles, 3);
  const target = chance.below(5);
  if (target === 0) {
    const tools = ["a.read", "c.pay", "d.__proto__", "x.other", ...crowdTools];
    keys.tools = withPrefix(many(tools), ["m.t1*", "m.*", "d.*", "c.p*", "x.*"]);
  }
  if (target === 1) keys.labels = many(names.labels);
  if (target === 2) keys.kinds = chance.some(names.kinds, chance.of([3, 11]));
  if (target === 3) keys.tools = chance.some(["*", "a.*", "m.*", "m.t2*", "d.*"], 3);
  if (chance.once(8)) keys.environments = ["staging"];
  return { ...keys, phase: "call" };
}

function numbered(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}
