import { loadPolicySet, parseExpression } from "@holdfast/engine";
import type { Bundle } from "@holdfast/engine";
import type { Chance } from "./chance.ts";
import { expressionText } from "./condition.ts";
import type { Wanted } from "./condition.ts";
import { fixedPolicySet } from "./fixed-set.ts";
import { plainCondition } from "./plain-condition.ts";

type Policy = Bundle["policies"][number];
type Rule = Policy["rules"][number];
type Event = Bundle["events"][number];
type Expression = NonNullable<Rule["when"]>;
type Match = Policy["match"];

/**
 * The documents that every generated set shares.
 * @throws Error when they do not compile, which is a bug of this file's neighbour
 */
export function fixedBundle(): Bundle {
  const loaded = loadPolicySet([{ path: "policies/fixed.yaml", text: fixedPolicySet }], {
    root: "policies",
  });
  if (loaded.ok) return loaded.bundle;
  throw new Error(loaded.diagnostics.map(({ code, message }) => `${code}: ${message}`).join("\n"));
}

const position = { offset: 0, line: 1, column: 1 };
const source = { file: "policies/made.yaml", start: position, end: position };

/** An expression as loading would make it, but unchecked: what it does at run time is the test. */
function expression(chance: Chance, type: Wanted, depth: number): Expression {
  for (;;) {
    const text = expressionText(chance, type, depth);
    const parsed = parseExpression(text);
    if (parsed.ok) return { text, ast: parsed.ast, source, offsets: [] };
  }
}

/** The fixed documents with a few generated policies, and now and then changed Events. */
export function policySet(chance: Chance, fixed: Bundle, number: number): Bundle {
  const policies = Array.from({ length: 2 + chance.below(4) }, (_, index) =>
    policy(chance, `p${index}`, index === 0),
  );
  if (chance.once(2)) policies.push(seenPolicy(chance));
  const events = fixed.events.map((event) =>
    chance.once(3) ? changedEvent(chance, event) : event,
  );
  // Periods of a calendar are slow to find for the reference, so few sets have them.
  const meters = chance.once(12) ? fixed.meters : fixed.meters.map(slidingMeter);
  return {
    ...fixed,
    meters,
    digest: `sha256:${String(number).padStart(64, "0")}`,
    policies,
    events,
  };
}

/** What the session knows of the arguments, asked in every way: part after part of a reason. */
const seenParts: readonly string[] = [
  "origin(args)",
  "origin(args.?to)",
  "origin(args.?text)",
  "origin(args.?deep)",
  "origin(args.?rate)",
  "origin(args.?tags)",
  "origin(result)",
  "from_only(args.?to, ['user', 'own', 'directory'])",
  "from_only(args, ['user', 'read', 'money', 'unlabelled'])",
  "from_only(args.?text, ['untrusted', 'own', 'user'])",
  "touches(args, 'untrusted')",
  "touches(args.?text, 'user')",
  "requested_by(args)",
  "requested_by([args.?to, args.?text])",
  "from_only(args.?rate, ['user', 'directory', 'read'])",
  "names_act(tool)",
  "names_act('b.send')",
];

/** A policy that only looks on, and tells of each action what the session knows of it. */
function seenPolicy(chance: Chance): Policy {
  const phase = chance.once(5) ? "result" : "call";
  const parts = chance.some(seenParts, 8).flatMap((text) => {
    const parsed = parseExpression(text);
    if (!parsed.ok) throw new Error(`a part of a reason does not parse: ${text}`);
    return [" ", { text, ast: parsed.ast, source, offsets: [] }];
  });
  const reason = { text: "made", parts, source };
  const tell = { id: "r0", effect: "deny", obligations: [], ownAuthority: false, source } as const;
  return {
    ...policy(chance, "seen", false),
    mode: "observe",
    match: { phase },
    rules: [{ ...tell, reason }],
  };
}

/** A set as most are: allow and deny rules on plain conditions, limits, few of anything else. */
export function plainSet(chance: Chance, fixed: Bundle, number: number): Bundle {
  const policies: Policy[] = Array.from({ length: 3 + chance.below(6) }, (_, index) => {
    const made = policy(chance, `p${index}`, index < 2);
    const phase = "call" as const;
    const rules = made.rules
      .filter(({ effect }) => effect === "allow" || effect === "deny" || chance.once(24))
      .map((rule) => plainRule(chance, rule));
    const variables = [{ name: "big", expression: freeOfVariables(chance) }];
    return { ...made, mode: "enforce" as const, match: { ...made.match, phase }, rules, variables };
  });
  if (chance.once(12)) policies.push(seenPolicy(chance));
  // A default would be filled in, and filling in takes the long way.
  const tools = fixed.tools.map((tool) =>
    tool.name === "a.read" && chance.once(2)
      ? { ...tool, schema: withoutDefaults(tool.schema) }
      : tool,
  );
  const meters = fixed.meters.map(slidingMeter);
  return { ...fixed, tools, meters, digest: digestOf(number), policies };
}

function withoutDefaults(schema: Bundle["tools"][number]["schema"]): NonNullable<typeof schema> {
  const text = JSON.stringify(schema ?? {}).replaceAll(',"default":1', "");
  return JSON.parse(text) as NonNullable<typeof schema>;
}

function plainRule(chance: Chance, rule: Rule): Rule {
  const { reason: _reason, when: _when, ...rest } = rule;
  const when = chance.once(6) ? undefined : plain(chance, 2);
  const words = chance.once(8) && rule.reason !== undefined ? { reason: rule.reason } : {};
  const obligations = chance.once(8) ? rule.obligations : [];
  return { ...rest, ...words, ...(when === undefined ? {} : { when }), obligations };
}

function plain(chance: Chance, depth: number): Expression {
  const text = plainCondition(chance, depth);
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(`a plain condition does not parse: ${text}`);
  return { text, ast: parsed.ast, source, offsets: [] };
}

function digestOf(number: number): string {
  return `sha256:${String(number).padStart(64, "0")}`;
}

function slidingMeter(meter: Bundle["meters"][number]): Bundle["meters"][number] {
  return "calendar" in meter.window ? { ...meter, window: { slidingMs: 3_600_000 } } : meter;
}

function changedEvent(chance: Chance, event: Event): Event {
  const when = expression(chance, "bool", 2);
  return { ...event, match: match(chance, "call"), when };
}

function policy(chance: Chance, name: string, granting: boolean): Policy {
  const phase = granting || chance.once(2) ? "call" : chance.once(3) ? "result" : "call";
  const mode = !granting && chance.once(5) ? "observe" : "enforce";
  const rules = Array.from({ length: 1 + chance.below(4) }, (_, index) =>
    rule(chance, `r${index}`, granting && index === 0),
  );
  return {
    kind: "Policy",
    name,
    labels: {},
    mode,
    match: granting && chance.once(2) ? { phase } : match(chance, phase),
    params: { limit: 3, word: "k", words: ["x", "k"] },
    variables: [
      { name: "big", expression: variable(chance, "bool", 2, ["big", "dear", "twice"]) },
      { name: "dear", expression: variable(chance, "bool", 1, ["dear", "twice"]) },
      { name: "twice", expression: variable(chance, "int", 2, ["twice"]) },
    ],
    rules,
    source,
  };
}

/** An expression that reads none of some variables: a policy set in which they went in circles does not load. */
function variable(
  chance: Chance,
  wanted: "bool" | "int",
  depth: number,
  unread: readonly string[],
): Expression {
  for (;;) {
    const made = expression(chance, wanted, depth);
    if (!unread.some((name) => made.text.includes(`variables.${name}`))) return made;
  }
}

function match(chance: Chance, phase: Match["phase"]): Match {
  const keys: Partial<Record<keyof Match, readonly string[]>> = {};
  const note = (key: keyof Match, times: number, items: readonly string[]): void => {
    if (chance.once(times)) keys[key] = chance.some(items, 2);
  };
  note("tools", 2, [
    "a.read",
    "b.send",
    "c.pay",
    "d.raw",
    "a.*",
    "*",
    "x.other",
    "c.p*",
    "e.run",
    "e.*",
  ]);
  note("labels", 5, [
    "read",
    "egress",
    "money",
    "unlabelled",
    "untrusted",
    "write",
    "internal",
    "destructive",
  ]);
  note("kinds", 7, ["tool", "mcp", "http"]);
  note("agents", 6, ["bot", "lead", "bo*", "*", "l*"]);
  note("agentRoles", 6, ["support", "lead", "admin"]);
  note("userRoles", 10, ["admin", "staff"]);
  note("environments", 8, ["staging", "production"]);
  return { ...keys, phase } as Match;
}

const effects: readonly Rule["effect"][] = [
  "allow",
  "allow",
  "allow",
  "modify",
  "sandbox",
  "throttle",
  "defer",
  "step_up",
  "deny",
  "deny",
  "contain",
];

function rule(chance: Chance, id: string, granting: boolean): Rule {
  const effect = granting ? "allow" : chance.of(effects);
  const when = chance.once(5) ? undefined : expression(chance, "bool", 3);
  const template: NonNullable<Rule["reason"]> = {
    text: "made",
    parts: ["for ", expression(chance, "string", 1), " of ", expression(chance, "int", 1)],
    source,
  };
  const base = {
    id,
    ...(when === undefined ? {} : { when }),
    ...(chance.once(4) ? { reason: template } : {}),
    obligations: chance.once(4)
      ? chance.some([{ notify: "ops" }, { log: "full" as const }, { run: "hook:page" }], 2)
      : [],
    ownAuthority: chance.once(4),
    source,
  };
  const refusing = chance.once(5)
    ? {
        ...base,
        fallback: {
          tool: "a.read",
          args: chance.once(2) ? { n: 1 } : expression(chance, "map", 1),
        },
      }
    : base;
  const limited = chance.once(3) ? { limit: limit(chance) } : {};
  return ruleOf(effect, chance, base, refusing, limited);
}

type Base = Omit<Extract<Rule, { effect: "allow" }>, "effect">;
type Limited = { readonly limit?: Extract<Rule, { effect: "deny" }>["limit"] };

function limit(chance: Chance): NonNullable<Extract<Rule, { effect: "deny" }>["limit"]> {
  const meter = chance.of(["spent", "often", "daily", "typed"]);
  return { meter, max: chance.of([0, 1, 2, 9, 10.5]), source };
}

function ruleOf(
  effect: Rule["effect"],
  chance: Chance,
  base: Base,
  refusing: Base,
  limited: Limited,
): Rule {
  const retry = chance.once(2) ? { retryAfterMs: chance.of([1, 5_000, 90_000]) } : {};
  const from = chance.some(["user:bo", "user:cy", "group:leads"], 2);
  switch (effect) {
    case "allow":
      return { ...base, effect };
    case "modify":
      return { ...base, effect, modifications: modifications(chance) };
    case "sandbox":
      return { ...base, effect, sandbox: chance.of(["dry", "shells"]) };
    case "throttle":
      return { ...refusing, effect, ...limited, ...retry } as Rule;
    case "defer":
      return { ...refusing, effect, timeoutMs: 60_000, ...retry };
    case "step_up": {
      const approval = { from, quorum: 1, ttlMs: chance.of([60_000, 300_000]) };
      return { ...refusing, effect, ...limited, approval } as Rule;
    }
    case "deny":
      return { ...refusing, effect, ...limited } as Rule;
    case "contain": {
      const restrict = chance.some(["network", "read_only", "label:money", "tool:b.*"], 2);
      return { ...refusing, effect, restrict, ...(chance.once(2) ? { ttlMs: 30_000 } : {}) };
    }
  }
}

function modifications(chance: Chance): Extract<Rule, { effect: "modify" }>["modifications"] {
  return Array.from({ length: 1 + chance.below(2) }, () => {
    const path = chance.of([["text"], ["n"], ["deep"], ["deep", "er"], ["secret"], ["to"], []]);
    const operation = chance.of(["set", "set", "remove", "mask"] as const);
    if (operation === "set") {
      const value = expression(chance, chance.of(["string", "int", "map"]), 1);
      return { operation, path, value, source };
    }
    if (operation === "remove") return { operation, path, source };
    const mask = chance.once(4) ? (["secrets"] as const) : ("whole" as const);
    return { operation, path, mask, source };
  });
}

/** A variable that read itself would be a compile error, and no engine has to bear one. */
function freeOfVariables(chance: Chance): ReturnType<typeof plain> {
  for (;;) {
    const expression = plain(chance, 1);
    if (!expression.text.includes("variables.")) return expression;
  }
}
