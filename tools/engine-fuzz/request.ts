import { readRequest } from "@holdfast/model";
import type { Json, Request, RequestInput } from "@holdfast/model";
import type { Chance } from "./chance.ts";
import { crowdTools } from "./crowd.ts";
import type { OriginMaterial } from "./origin-material.ts";

const agents: readonly RequestInput["agent"][] = [
  { id: "bot", roles: ["support"] },
  { id: "bot", roles: ["support"], version: "2", owner: "user:ana", attributes: { x: 1.5 } },
  { id: "lead", roles: ["lead", "admin"], created: "2026-11-01T00:00:00Z" },
  { id: "other", roles: [] },
  { id: "__proto__", roles: ["constructor", "__proto__"], attributes: { x: "\u2028" } },
];

const texts: readonly Json[] = [
  "x",
  "k",
  "a@x",
  "",
  "10.0.0.1",
  "x.example",
  "\u{1f600}",
  "keys/1",
  "__proto__",
  "constructor",
  "x\u2028\u2029k",
  "\u0000",
];
const numbers: readonly Json[] = [
  0, 1, 3, 5, -7, 2.5, -0.5, 5e-324, 9_007_199_254_740_991, 9_007_199_254_740_992, 1e300, 1e308,
  -1e308,
];
const hostile: readonly Json[] = [
  JSON.parse('{"__proto__": {"x": 1}, "constructor": "k"}') as Json,
  { toString: "x", hasOwnProperty: 1, "": "k" },
  [["__proto__"], 1e308],
];
const anything: readonly Json[] = [
  ...texts,
  ...numbers,
  ...hostile,
  true,
  null,
  ["x", 1],
  { x: 1, er: "k" },
];

/** Fields of each tool's arguments that take what a session may have seen before. */
const seenFields: Readonly<Record<string, readonly string[]>> = {
  "a.read": ["text", "rate", "tags"],
  "b.send": ["to", "rate"],
  "c.pay": ["to", "rate"],
};

function seenArguments(
  chance: Chance,
  material: OriginMaterial,
  tool: string,
  args: { [key: string]: Json },
): { [key: string]: Json } {
  // One value alone, or the worst of several would hide what is said of it.
  if (seenFields[tool] === undefined && chance.once(2)) return { to: material.value() };
  const seen = { ...args };
  for (const field of seenFields[tool] ?? ["to", "text", "deep"]) {
    if (chance.once(3)) continue;
    const text = String(material.value());
    const number = material.number();
    if (field === "rate") seen[field] = number;
    else if (field === "tags") seen[field] = [text, String(material.value())];
    else if (field === "deep") seen[field] = { x: material.value(), er: [number, true] };
    else seen[field] = chance.once(8) ? material.text() : text;
  }
  return seen;
}

function record(
  chance: Chance,
  fields: readonly string[],
  of: readonly Json[],
): { [key: string]: Json } {
  const made: { [key: string]: Json } = {};
  for (const field of fields) if (chance.once(2)) made[field] = chance.of(of);
  return made;
}

/** Names of members that every object has from its prototype. */
function hostileArguments(chance: Chance): { [key: string]: Json } {
  const names = ["__proto__", "constructor", "toString", "text", "n"];
  const members = names.map(
    (name) => `${JSON.stringify(name)}: ${JSON.stringify(chance.of(anything))}`,
  );
  return JSON.parse(`{${members.join(", ")}}`) as { [key: string]: Json };
}

function argumentsFor(chance: Chance, tool: string): { [key: string]: Json } {
  if (chance.once(40)) return hostileArguments(chance);
  if (chance.once(12)) return record(chance, ["text", "n", "to", "amount", "deep"], anything);
  switch (tool) {
    case "a.read":
      return {
        ...record(chance, ["text"], texts),
        ...record(chance, ["n"], [1, 2, 3, 9_007_199_254_740_992, -4]),
        ...record(chance, ["rate"], numbers),
        ...(chance.once(2) ? { flag: chance.once(2) } : {}),
        ...(chance.once(2) ? { tags: chance.of([[], ["x"], ["k", "x"]]) } : {}),
      };
    case "b.send":
      return { ...record(chance, ["to", "text"], texts), ...record(chance, ["rate"], numbers) };
    case "c.pay":
      return {
        amount: chance.of([1, 2, 5, 10, -1]),
        ...record(chance, ["to"], texts),
        ...record(chance, ["rate"], numbers),
      };
    default:
      return record(chance, ["text", "n", "to", "deep", "flag", "tags", "amount"], anything);
  }
}

/** A request: mostly of a known tool with fitting arguments, with much left out now and then. */
export function request(chance: Chance, id: string, material: OriginMaterial): Request {
  const name = chance.of([
    "a.read",
    "a.read",
    "b.send",
    "c.pay",
    "c.pay",
    "d.raw",
    "d.raw",
    "e.run",
    "e.run",
    "e.note",
    "e.get",
    "x.other",
    chance.of(["d.__proto__", "x.toString", "x.*", "d.\u2028"]),
    chance.of(crowdTools),
  ]);
  const [server = "", tool = ""] = name.split(".");
  const args = argumentsFor(chance, name);
  const made: RequestInput = {
    agent: chance.of(agents),
    tool: { server, name: tool },
    args: chance.once(3) ? args : seenArguments(chance, material, name, args),
    ...(chance.once(3) ? {} : { id }),
    ...(chance.once(4) ? { tenant: "second" } : {}),
    ...(chance.once(2)
      ? {
          user: {
            id: chance.of(["u", "u", "v", "v", "__proto__"]),
            roles: [chance.of(["admin", "staff", "toString"])],
          },
        }
      : {}),
    ...(chance.once(8) ? {} : { session: session(chance) }),
    ...(chance.once(2) ? { environment: chance.of(["staging", "production"]) } : {}),
    ...(chance.once(40) ? { environment: "nowhere" } : {}),
    ...(chance.once(2) ? { context: record(chance, ["x", "y"], anything) } : {}),
    ...(chance.once(4) ? { claims: record(chance, ["who", "x"], texts) } : {}),
    ...(chance.once(3) ? { action: { kind: chance.of(["mcp", "http", "shell"] as const) } } : {}),
    ...(chance.once(7) ? { delegation: delegation(chance) } : {}),
    ...(chance.once(5) ? { resources: resources(chance) } : {}),
  };
  return read(made);
}

function session(chance: Chance): NonNullable<RequestInput["session"]> {
  return chance.of([
    { id: "s1" },
    { id: "s1", task: "t", started: "2026-11-21T09:00:00Z" },
    { id: "child", root: "s1" },
    { id: "s2" },
    { id: "s1", root: "__proto__", task: "constructor" },
  ]);
}

function delegation(chance: Chance): NonNullable<RequestInput["delegation"]> {
  const scopes = [
    "tool:*",
    "tool:a.read",
    "label:read",
    "resource:file/*",
    "tool:c.p*",
    "tool:d.__proto__",
    "label:__proto__",
    "resource:__proto__/*",
    "constructor",
  ];
  const hop = () => ({ agent: chance.of(agents), scopes: [...chance.some(scopes, 3)] });
  return Array.from({ length: chance.of([1, 1, 1, 2, 2, 3, 8]) }, hop);
}

function resources(chance: Chance): NonNullable<RequestInput["resources"]> {
  const one = () => ({
    type: chance.of(["file", "file", "account", "__proto__"]),
    id: chance.of(["k1", "x", "/w/../e", "__proto__", "\u2028"]),
  });
  return chance.once(2) ? [one()] : [one(), one()];
}

/** The same action in phase `result`. */
export function resultOf(chance: Chance, before: Request, material: OriginMaterial): Request {
  const outcome = {
    status: chance.of(["success", "success", "failure"] as const),
    durationMs: chance.of([1, 2.5]),
    ...(chance.once(2) ? { cost: chance.of([1, 0.1, 30, -1]) } : {}),
  };
  const plain = chance.of<Json>([
    {},
    { secret: "k", x: 1 },
    { secret: "v", deep: {} },
    "text",
    [1],
  ]);
  const result = chance.once(2) ? material.result() : plain;
  return { ...before, action: { ...before.action, phase: "result" }, result, outcome };
}

function read(made: RequestInput): Request {
  const reading = readRequest(JSON.parse(JSON.stringify(made)) as Json);
  if (reading.ok) return reading.request;
  throw new Error(JSON.stringify(reading.problems));
}
