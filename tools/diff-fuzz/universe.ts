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
];

const minuteMs = 60_000;

/** What is around a call, and what was before it. */
interface Around {
  readonly around: Partial<Request>;
  readonly history: Pick<CaseWitness["given"], "events" | "meters">;
  readonly delegated: boolean;
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
  { around: {}, history: nothing, delegated: false },
  { around: { ...session, context: { x: 3 } }, history: once, delegated: true },
  { around: { ...session, ...admin, context: { x: "k" } }, history: often, delegated: false },
  {
    around: { ...session, environment: "staging", action: { kind: "mcp" } },
    history: once,
    delegated: false,
  },
  { around: { ...admin, context: { x: 3 } }, history: nothing, delegated: false },
];

/** A request of the universe. */
export interface Member {
  readonly witness: CaseWitness;
  readonly request: NonNullable<ReturnType<typeof witnessRequest>>;
  /** `server.name` */
  readonly tool: string;
}

/** Every tool with some arguments, for three agents, in five surroundings, each with a history. */
export function universe(phase: "call" | "result"): readonly Member[] {
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
  { around, history, delegated }: Around,
): Member {
  const [server = "", name = ""] = tool.split(".");
  const request: Request = {
    ...around,
    agent,
    tool: { server, name },
    args,
    ...(delegated ? { delegation: [hop] } : {}),
    ...(phase === "call" ? {} : resultOf(around, args)),
  };
  const given = { ...history, restrictions: [], external: {}, documents: [], results: [] };
  const witness = { given, request };
  const read = witnessRequest(witness);
  if (read === undefined) throw new Error("a request of the universe is none");
  return { tool, witness, request: read };
}

const hop = {
  agent: { id: "lead", roles: ["lead"] },
  scopes: ["tool:mail.send", "tool:db.read", "tool:raw.do", "tool:x.other"],
};

function resultOf(around: Partial<Request>, args: JsonObject): Partial<Request> {
  const secret = Object.keys(args).length;
  const result: JsonObject = secret === 0 ? {} : { secret: secret === 1 ? "k" : "v" };
  const status = secret > 2 ? ("failure" as const) : ("success" as const);
  const action = { ...around.action, phase: "result" as const };
  return { action, result, outcome: { status, durationMs: 1 } };
}
