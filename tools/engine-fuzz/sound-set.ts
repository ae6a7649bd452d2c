import { parseExpression } from "@holdfast/engine";
import type { Bundle } from "@holdfast/engine";
import type { Chance } from "./chance.ts";

type Policy = Bundle["policies"][number];
type Rule = Policy["rules"][number];
type Expression = NonNullable<Rule["when"]>;

const position = { offset: 0, line: 1, column: 1 };
const source = { file: "policies/sound.yaml", start: position, end: position };

/** Conditions that hardly ever err; `#` stands for a number. */
const tests: readonly string[] = [
  "has(args.n) && args.n > #",
  "has(args.n) && args.n == #",
  "has(args.amount) && args.amount >= #",
  "has(args.amount) && args.amount != #",
  "has(args.rate) && args.rate < #.5",
  "has(args.text) && args.text.startsWith('k')",
  "has(args.text) && args.text in ['x', 'k', 'keys/1']",
  "has(args.to) && args.to == 'x'",
  "has(args.to) && args.to.endsWith('x')",
  "has(args.flag) && args.flag",
  "has(args.tags) && size(args.tags) > 1",
  "has(context.x) && context.x == #",
  "agent.id == 'bot'",
  "agent.id in ['lead', 'other', '__proto__']",
  "'admin' in agent.roles",
  "has(agent.version)",
  "user != null",
  "user == null || user.id == 'u'",
  "action.kind == 'mcp'",
  "action.phase == 'call'",
  "tool.server == 'a'",
  "'money' in action.labels",
  "tool.server != 'e' || tool.name != 'run' || shell.network",
  "tool.name != 'get' || urls.exists(u, u.private)",
  "happened('reached')",
  "happened('tried', duration('90s'))",
  "count('tried', duration('10m')) > #",
  "count('paid', duration('1h')) <= #",
  "meter('spent') > #.0",
  "meter('daily') >= #.0",
  "size(delegation) == 0",
  "delegation.exists(hop, hop.agent.id == 'lead')",
  "size(resources) < #",
  "now.getMinutes() % 2 == 0",
  "original == args",
  "at_least(tool.classification, 'internal')",
  "variables.high",
];

/** What a result may be asked on top, in phase `result`. */
const resultTests: readonly string[] = [
  "type(result) == map && has(result.secret) && result.secret == 'k'",
  "type(result) == map && has(result.x)",
  "type(result) == string",
  "outcome.status == 'failure'",
  "outcome.durationMs > 2.0",
  "has(outcome.cost) && outcome.cost > #.0",
];

/**
 * A set in which most actions are granted and then narrowed by rules of every effect, whose
 * conditions seldom err: in sets made wholly by chance nearly everything ends in an error, and
 * what a grant is joined from would be decided by nobody.
 */
export function soundSet(chance: Chance, fixed: Bundle, number: number): Bundle {
  // Of few effects in a set, or the narrowest would decide nearly everything.
  const few = chance.some(narrowing, 3);
  const policies = [
    soundPolicy(chance, "p0", "call", ["allow"]),
    ...Array.from({ length: 2 + chance.below(4) }, (_, index) =>
      soundPolicy(chance, `p${index + 1}`, chance.once(3) ? "result" : "call", few),
    ),
    ...(chance.once(2) ? [limitPolicy(chance)] : []),
  ];
  const meters = fixed.meters.map((meter) =>
    "calendar" in meter.window ? { ...meter, window: { slidingMs: 3_600_000 } } : meter,
  );
  return { ...fixed, meters, digest: `sha256:${String(number).padStart(64, "0")}`, policies };
}

const narrowing: readonly Rule["effect"][] = [
  "modify",
  "modify",
  "modify",
  "sandbox",
  "throttle",
  "throttle",
  "defer",
  "step_up",
  "step_up",
  "deny",
  "contain",
];

function soundPolicy(
  chance: Chance,
  name: string,
  phase: Policy["match"]["phase"],
  effects: readonly Rule["effect"][],
): Policy {
  const grants = effects.includes("allow");
  const rules = Array.from({ length: 1 + chance.below(3) }, (_, index) => {
    const effect = chance.of(effects);
    const isRare = effect === "deny" || effect === "contain";
    // What is granted not always shows whether a decision that was kept is given to others too.
    const always = index === 0 && !isRare && chance.once(grants ? 2 : 4);
    return soundRule(chance, `r${index}`, effect, { phase, always });
  });
  const target = chance.of([
    { tools: ["a.*", "c.pay"] },
    { labels: ["money", "exec"] },
    { labels: ["egress", "destructive"] },
    { labels: ["write"], tools: ["e.*"] },
    { agentRoles: ["support", "lead"] },
    { kinds: ["tool", "mcp"] as const },
    {},
    {},
    {},
  ]);
  return {
    kind: "Policy",
    name,
    labels: {},
    mode: !grants && chance.once(6) ? "observe" : "enforce",
    match: { ...(grants ? {} : target), phase },
    params: { limit: 3, word: "k" },
    variables: [
      { name: "high", expression: parsed("has(args.amount) && args.amount > params.limit") },
    ],
    rules,
    source,
  };
}

/** Limits that are met after a few actions, whatever else is so. */
function limitPolicy(chance: Chance): Policy {
  const rules = Array.from({ length: 1 + chance.below(2) }, (_, index) => {
    const effect = chance.of(["throttle", "throttle", "step_up", "deny"] as const);
    const rule = soundRule(chance, `r${index}`, effect, { phase: "call", always: true });
    const max = chance.of([0, 3, 7.5, 12]);
    return { ...rule, limit: { meter: chance.of(["spent", "often"]), max, source } };
  });
  return { ...soundPolicy(chance, "limits", "call", ["deny"]), mode: "enforce", rules };
}

interface Place {
  readonly phase: Policy["match"]["phase"];
  /** the rule has no condition */
  readonly always: boolean;
}

function soundRule(chance: Chance, id: string, effect: Rule["effect"], place: Place): Rule {
  const parts = ["of ", parsed("agent.id"), chance.of([" at most", "", " {?}"])];
  const base = {
    id,
    ...(place.always ? {} : { when: condition(chance, place.phase) }),
    ...(chance.once(3) ? { reason: { text: "made", parts, source } } : {}),
    obligations: chance.once(3)
      ? chance.some(
          [{ notify: "ops" }, { log: "full" as const }, { run: "hook:page" }, { label: "seen" }],
          3,
        )
      : [],
    ownAuthority: chance.once(4),
    source,
  };
  const args = chance.of([{ n: 1 }, { text: "k", n: 2 }, parsed("{'n': size(agent.roles)}")]);
  const refusing = chance.once(3) ? { ...base, fallback: { tool: "a.read", args } } : base;
  const meter = chance.of(["spent", "often", "daily", "spent"]);
  const max = chance.of([0, 1, 2, 9, 10.5, 25]);
  const limited = chance.once(2) ? { limit: { meter, max, source } } : {};
  const retry = chance.once(2) ? { retryAfterMs: chance.of([1, 5_000, 90_000]) } : {};
  switch (effect) {
    case "allow":
      return { ...base, effect };
    case "modify": {
      const modifications = changes(chance, place.phase);
      const when = there(modifications, place.phase, base.when?.text);
      return { ...base, when, effect, modifications };
    }
    case "sandbox":
      return { ...base, effect, sandbox: chance.of(["dry", "dry", "shells"]) };
    case "throttle":
      return { ...refusing, effect, ...limited, ...retry };
    case "defer":
      return { ...refusing, effect, timeoutMs: 60_000, ...retry };
    case "step_up": {
      const from = chance.some(["user:bo", "user:cy", "group:leads"], 2);
      const ttlMs = chance.of([60_000, 300_000, 300_001]);
      return {
        ...refusing,
        effect,
        ...limited,
        approval: { from, quorum: 1 + chance.below(2), ttlMs },
      };
    }
    case "deny":
      return { ...refusing, effect, ...limited };
    case "contain": {
      const kinds = ["network", "read_only", "label:money", "tool:b.*", "server:c", "delegation"];
      const ttl = chance.once(3) ? {} : { ttlMs: chance.of([1, 30_000]) };
      return { ...refusing, effect, restrict: chance.some(kinds, 2), ...ttl };
    }
  }
}

/** Changes that mostly can be made: below what is there, of a type that is wanted. */
function changes(
  chance: Chance,
  phase: Policy["match"]["phase"],
): Extract<Rule, { effect: "modify" }>["modifications"] {
  const call = [["text"], ["n"], ["to"], ["rate"], ["deep", "er"]];
  const paths = phase === "call" ? call : [["secret"], ["x"], ["deep", "er"], ["own"], []];
  return Array.from({ length: 1 + chance.below(2) }, () => {
    const path = chance.of(paths);
    const numeric = path[0] === "n" || path[0] === "rate";
    const value = parsed(numeric ? chance.of(["1", "2"]) : chance.of(["'k'", "'x'", "agent.id"]));
    if (path.length > 0 && chance.once(2))
      return { operation: "set", path, value, source } as const;
    if (path.length > 0 && chance.once(2)) return { operation: "remove", path, source } as const;
    const mask = chance.once(3) ? (["secrets", "pii"] as const) : ("whole" as const);
    return { operation: "mask", path, mask, source } as const;
  });
}

/** That all is there that is changed; few tools bear to be given what they do not have. */
function there(
  modifications: ReturnType<typeof changes>,
  phase: Policy["match"]["phase"],
  also: string | undefined,
): Expression {
  const subject = phase === "call" ? "args" : "result";
  const tests = modifications.map(({ path }) => {
    const [field, inner] = path;
    if (field === undefined) return "true";
    const has = `type(${subject}) == map && has(${subject}.${field})`;
    return inner === undefined ? has : `${has} && type(${subject}.${field}) == map`;
  });
  return parsed(
    [...new Set(tests), ...(also === undefined ? [] : [also])]
      .map((one) => `(${one})`)
      .join(" && "),
  );
}

function condition(chance: Chance, phase: Policy["match"]["phase"]): Expression {
  const test = (): string => {
    const text = phase === "result" && chance.once(2) ? chance.of(resultTests) : chance.of(tests);
    return `(${text.replace("#", String(chance.of([0, 1, 2, 3, 5])))})`;
  };
  const joined = chance.of([
    () => test(),
    () => test(),
    () => `${test()} && ${test()}`,
    () => `${test()} || ${test()}`,
    () => `!${test()}`,
    () => `${test()} ? ${test()} : ${test()}`,
  ]);
  return parsed(joined());
}

function parsed(text: string): Expression {
  const made = parseExpression(text);
  if (!made.ok) throw new Error(`a condition of a sound set does not parse: ${text}`);
  return { text, ast: made.ast, source, offsets: [] };
}
