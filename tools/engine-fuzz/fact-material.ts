import type { ActionFacts, FactAnswer, Facts, Json, Request } from "@holdfast/model";
import type { Chance } from "./chance.ts";

/**
 * Facts for a request, whatever its tool annotates: whole, opaque, of a wrong type, lacking
 * members, in error, or not gathered at all; of what was asked and, apart, of what may run.
 */
export function factsFor(chance: Chance, request: Request): ActionFacts | undefined {
  if (chance.once(8)) return undefined;
  const original = facts(chance, request);
  return {
    ...(chance.once(20) ? {} : { original }),
    ...(chance.once(3) ? {} : { decided: chance.once(3) ? original : facts(chance, request) }),
    ...(chance.once(3) ? { observed: facts(chance, request) } : {}),
  };
}

function facts(chance: Chance, request: Request): Facts {
  const some: Record<string, FactAnswer> = {};
  const note = (name: string, value: () => Json): void => {
    if (!chance.once(8)) some[name] = answer(chance, value);
  };
  note("shell", () => shell(chance));
  note("sql", () => sql(chance));
  note("urls", () => list(chance, () => url(chance)));
  note("paths", () => list(chance, () => path(chance)));
  note("content", () => content(chance, request));
  note("k8s", () => kubernetes(chance));
  return some;
}

function answer(chance: Chance, value: () => Json): FactAnswer {
  if (chance.once(6)) {
    const code = chance.of(["unannotated", "invalid", "limit", "unavailable"] as const);
    return { error: { code, reason: "made" } };
  }
  return { value: chance.once(12) ? chance.of(wrong) : value() };
}

const wrong: readonly Json[] = [
  null,
  "x",
  [],
  {},
  [{}],
  { opaque: "no" },
  { opaque: false, more: 1 },
  [{ opaque: false, host: 1 }],
  { opaque: false, writes: ["\ud800"] },
  { opaque: false, commands: [{ name: 1 }] },
  { bytes: 1.5 },
];

function kubernetes(chance: Chance): Json {
  const verb = chance.of(["get", "PATCH", "delete", "watch"]);
  const object = { verb, group: "", version: "v1", resource: "pods", namespace: "a", name: "b" };
  return record(chance, {
    ...object,
    objects: [object],
    images: ["a"],
    privileged: chance.once(2),
    opaque: false,
  });
}

function record(chance: Chance, members: Readonly<Record<string, Json>>): Json {
  if (chance.once(6)) return { opaque: true };
  const entries = Object.entries(members).filter(() => !chance.once(20));
  return Object.fromEntries(chance.once(2) ? entries : entries.toReversed());
}

function list(chance: Chance, make: () => Json): Json {
  return Array.from({ length: chance.of([0, 1, 1, 2, 3]) }, make);
}

function shell(chance: Chance): Json {
  const command = (): Json => ({
    name: chance.of(["ls", "rm", "/bin/rm", "x", "mkfs.ext4"]),
    argv: ["x"],
    flags: [],
    env: chance.of<Json>([{}, { k: "x" }]),
    nested: chance.once(2),
  });
  return record(chance, {
    commands: list(chance, command),
    reads: list(chance, () => "/w/x"),
    writes: list(chance, () => "/w/k"),
    network: chance.once(2),
    destructive: chance.once(4),
    opaque: false,
  });
}

function sql(chance: Chance): Json {
  const statement = (): Json => ({
    kind: chance.of(["select", "DELETE", "drop", "update", "truncate"]),
    tables_read: ["public.x"],
    has_where: chance.once(2),
    limit: chance.of<Json>([null, 1, 5]),
  });
  const members = { statements: list(chance, statement), writes: chance.once(2), opaque: false };
  return record(chance, members);
}

function url(chance: Chance): Json {
  return record(chance, {
    arg: "to",
    scheme: "https",
    host: chance.of(["x", "x.example", "10.0.0.1"]),
    port: 443,
    private: chance.once(2),
    opaque: false,
  });
}

function path(chance: Chance): Json {
  return record(chance, {
    arg: "n",
    mode: chance.of(["read", "write"]),
    raw: "x",
    real: chance.of(["/w/x", "/k", "/w/../k"]),
    exists: chance.once(2),
    link: chance.once(4),
    opaque: false,
  });
}

/** Findings in the texts of the request, mostly where they are said to be. */
function content(chance: Chance, { action, args, result }: Request): Json {
  const texts = [
    ["text", args["text"]],
    ["deep.er", member(args["deep"], "er")],
    ["result", result],
    ["result.secret", member(result, "secret")],
    ["result.deep.er", member(member(result, "deep"), "er")],
  ] as const;
  const spans = texts.flatMap(([arg, text]): Json[] => {
    if (typeof text !== "string" || text === "" || chance.once(3)) return [];
    const inResult = arg === "result" || arg.startsWith("result.");
    if (inResult !== (action.phase === "result") && !chance.once(8)) return [];
    const start = chance.below(text.length);
    const end = start + 1 + chance.below(text.length - start + (chance.once(12) ? 1 : 0));
    return [{ type: chance.of(["key", "email"]), arg, start, end }];
  });
  const found = (type: string): Json =>
    spans.some((span) => member(span, "type") === type) || chance.once(12)
      ? [{ type, arg: "text" }]
      : [];
  return {
    secrets: found("key"),
    pii: found("email"),
    injection: list(chance, () => ({ marker: "x", arg: "text" })),
    invisible: chance.once(4),
    bytes: chance.below(9),
    ...(chance.once(12) ? {} : { spans }),
  };
}

function member(json: Json | undefined, name: string): Json | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  return (json as Readonly<Record<string, Json>>)[name];
}
