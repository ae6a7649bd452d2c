import { witnessRequest } from "@holdfast/engine";
import type { CaseWitness } from "@holdfast/engine";
import type { JsonObject } from "@holdfast/model";

type Request = CaseWitness["request"];

const agents: readonly Request["agent"][] = [
  { id: "bot", roles: ["support"] },
  { id: "lead", roles: ["lead", "support"] },
  { id: "guest", roles: [] },
];

const calls: readonly (readonly [string, readonly JsonObject[]])[] = [
  [
    "mail.send",
    [
      {},
      { to: "a@x", n: 1 },
      { to: "b@y", n: 3, flag: true },
      { to: "ab.x.example", n: 2, flag: false },
      { to: "bot", n: 5 },
      { n: 9, flag: true },
      { to: "", n: 0 },
      { to: "a@x", n: -1 },
    ],
  ],
  [
    "db.read",
    [
      {},
      { to: "a@x" },
      { to: "b@y", n: 3 },
      { to: "axx", n: 5, tags: ["a"] },
      { to: "lead", tags: ["a", "b"] },
      { to: "a", n: 2 },
    ],
  ],
  ["raw.do", [{}, { n: 3 }, { n: "k" }, { deep: { er: 2 }, n: 5 }, { deep: 1, missing: 1 }]],
  ["x.other", [{}, { n: 3, to: "a@x" }]],
  ["fs.put", [{}, { to: "a@x", n: 3 }, { to: "b", n: 2.5, extra: 1 }, { extra: { deep: [] } }]],
];

/** Arguments and tools that fewer rules look at, each in a few surroundings alone. */
const rare: readonly (readonly [string, JsonObject])[] = [
  ["mail.send", { to: "a@x", n: 9_007_199_254_740_994 }],
  ["mail.send", { to: "a@x", n: 1e19 }],
  ["mail.send", { to: "a@x", n: 2.5 }],
  ["mail.send", { to: "a@x", extra: 1 }],
  ["db.read", { to: "ab", n: null, tags: [] }],
  ["db.read", { to: "ab", tags: [] }],
  ["db.read", { to: "longer than twelve" }],
  ["raw.do", { n: 1e300 }],
  ["raw.do", { n: 2.5, deep: { er: null } }],
  ["raw.do", { n: -9_223_372_036_854_775_808 }],
  ["raw.do", { n: [], deep: [] }],
  ["raw.do", { n: { er: 1 } }],
  ["fs.put", { to: "A@X", n: -0.5, extra: null }],
  ["fs.put", { n: 1e19 }],
  ["mail.other", { n: 3, to: "a@x" }],
  ["zzz.any", { n: 3, to: "a@x" }],
  ["local.do", {}],
];

const minuteMs = 60_000;

/** What is around a call, and what was before it. */
interface Around {
  readonly around: Partial<Request>;
  readonly history: Pick<CaseWitness["given"], "events" | "meters">;
  /** ids of the agents through which it comes */
  readonly hops: readonly string[];
}

const nothing = { events: {}, meters: {} };
const once = { events: { seen: [minuteMs], done: [2 * minuteMs] }, meters: { spent: 2 } };
const often = {
  events: { seen: [15 * minuteMs, 11 * minuteMs], done: [minuteMs] },
  meters: { spent: 5, often: 2 },
};
const session = { session: { id: "s1" } };
const admin = { user: { id: "u", roles: ["admin"] } };

const arounds: readonly Around[] = [
  { around: {}, history: nothing, hops: [] },
  { around: { ...session, context: { x: 3 } }, history: once, hops: ["lead"] },
  { around: { ...session, ...admin, context: { x: "k" } }, history: often, hops: [] },
  {
    around: { ...session, environment: "staging", action: { kind: "mcp" } },
    history: once,
    hops: [],
  },
  { around: { ...admin, context: { x: 3 } }, history: nothing, hops: [] },
];

/** What is around a call more rarely. */
const rareArounds: readonly (Around & { readonly agent: Request["agent"] })[] = [
  { agent: { id: "bot", roles: [] }, around: { ...session }, history: once, hops: [] },
  {
    agent: { id: "lead", roles: ["lead"], attributes: { team: "a" }, owner: "user:ana" },
    around: { session: { id: "s1", root: "s0", task: "t" }, user: { id: "u" }, tenant: "other" },
    history: often,
    hops: [],
  },
  {
    agent: { id: "lead", roles: ["lead"], version: "2" },
    around: { ...session, ...admin, action: { operation: "read" }, claims: { x: 1 } },
    history: nothing,
    hops: ["lead", "bot"],
  },
  {
    agent: { id: "bot", roles: ["support"] },
    around: { user: null, environment: "nowhere", context: { deep: { er: 1 } } },
    history: once,
    hops: [],
  },
  {
    agent: { id: "bo", roles: ["support", "lead"] },
    around: { environment: "development", resources: [{ type: "host", id: "a" }] },
    history: nothing,
    hops: ["bot", "lead", "guest"],
  },
];

/** A request of the universe. */
export interface Member {
  readonly witness: CaseWitness;
  readonly request: NonNullable<ReturnType<typeof witnessRequest>>;
  /** `server.name` */
  readonly tool: string;
}

/**
 * Every tool with some arguments, for three agents, in five surroundings, each with a history; and
 * what is rarer, in fewer of them.
 */
export function universe(phase: "call" | "result"): readonly Member[] {
  const [plainAgent] = agents;
  const rarely = calls.flatMap(([tool, list]) =>
    list
      .slice(0, 3)
      .flatMap((args) =>
        rareArounds.map((around) => member(phase, tool, args, around.agent, around)),
      ),
  );
  const odd = rare.flatMap(([tool, args]) =>
    [
      ...arounds.slice(0, 2).map((around) => ({ agent: plainAgent, around })),
      ...rareArounds.slice(1, 3).map((around) => ({ agent: around.agent, around })),
    ].flatMap(({ agent, around }) =>
      agent === undefined ? [] : [member(phase, tool, args, agent, around)],
    ),
  );
  return [...common(phase), ...rarely, ...odd];
}

function common(phase: "call" | "result"): readonly Member[] {
  return calls.flatMap(([tool, list]) =>
    list.flatMap((args) =>
      agents.flatMap((agent) => arounds.map((around) => member(phase, tool, args, agent, around))),
    ),
  );
}

function member(
  phase: "call" | "result",
  tool: string,
  args: JsonObject,
  agent: Request["agent"],
  { around, history, hops }: Around,
): Member {
  const [server = "", name = ""] = tool.split(".");
  const request: Request = {
    ...around,
    agent,
    tool: { server, name },
    args,
    ...(hops.length > 0 ? { delegation: hops.map(hopOf) } : {}),
    ...(phase === "call" ? {} : resultOf(around, args)),
  };
  const given = { ...history, restrictions: [], external: {}, documents: [], results: [] };
  const witness = { given, request };
  const read = witnessRequest(witness);
  if (read === undefined) throw new Error("a request of the universe is none");
  return { tool, witness, request: read };
}

function hopOf(id: string): NonNullable<Request["delegation"]>[number] {
  const agent = agents.find((each) => each.id === id) ?? { id };
  return { agent: id === "lead" ? { id, roles: ["lead"] } : agent, scopes };
}

const scopes: string[] = [...new Set([...calls, ...rare].map(([tool]) => `tool:${tool}`))];

function resultOf(around: Partial<Request>, args: JsonObject): Partial<Request> {
  const secret = Object.keys(args).length;
  const result: JsonObject = secret === 0 ? {} : { secret: secret === 1 ? "k" : "v" };
  const status = secret > 2 ? ("failure" as const) : ("success" as const);
  const action = { ...around.action, phase: "result" as const };
  return { action, result, outcome: { status, durationMs: 1 } };
}
