import { functionDeclarations, parseExpression, references } from "@holdfast/engine";
import type { CelType } from "@holdfast/engine";
import type {
  CelList,
  CelTerm,
  Condition,
  Definition,
  Scope,
  TermOf,
} from "@holdfast/engine/define";
import { definePolicy, deny } from "@holdfast/engine/define";
import type { JsonObject } from "@holdfast/model";
import { expect, test } from "vitest";
import { policyTable } from "../../src/cel/declaration-policy.ts";
import { schemaType } from "../../src/compile/check/schema-type.ts";
import { commonTypes, outcomeTypes, recordType } from "../../src/compile/check/variable-types.ts";
import type { TermOfValue } from "../../src/define/schema-term.ts";
import type { OrNull, TermKind } from "../../src/define/term.ts";
import type { CommonVariables, OutcomeVariables } from "../../src/define/vocabulary.ts";

/*
 * The author's editor and the compiler must type the same things alike. `Tree` writes a type of
 * `define/` down as data, so that the compiler of TypeScript holds each tree to the type, and the
 * test holds it to what the policy compiler knows.
 */

type Tree<Term> = Term extends OrNull ? { readonly orNull: BareTree<Term> } : BareTree<Term>;

type BareTree<Term> =
  Term extends CelList<infer Element>
    ? readonly [Tree<Element>]
    : Term extends CelTerm<"object">
      ? { readonly [Name in Exclude<keyof Term, symbol>]: Tree<Term[Name]> }
      : Term extends CelTerm<infer Kind>
        ? Extract<TermKind, Kind>
        : { readonly [Name in keyof Term]: Tree<Term[Name]> };

/** What the policy compiler knows of a type, in the same form. */
function treeOf(type: CelType): unknown {
  if (type.kind === "nullable") return { orNull: treeOf(type.of) };
  if (type.kind === "list") return [treeOf(type.element)];
  if (type.kind !== "object") return type.kind;
  return Object.fromEntries([...type.fields].map(([name, field]) => [name, treeOf(field.type)]));
}

const text = "string";
const agent: Tree<CommonVariables["agent"]> = {
  id: text,
  roles: [text],
  version: text,
  owner: text,
  created: "timestamp",
  attributes: "map",
};
const resource: Tree<CommonVariables["resource"]> = {
  type: text,
  id: text,
  classification: text,
  labels: [text],
  attributes: "map",
};
const finding = { type: text, arg: text } as const;

const variables: { readonly [Name in keyof CommonVariables]: Tree<CommonVariables[Name]> } = {
  tenant: text,
  agent,
  user: { orNull: { id: text, roles: [text], attributes: "map" } },
  delegation: [{ agent, scopes: [text] }],
  session: { id: text, root: text, task: text, started: "timestamp" },
  tool: { server: text, name: text, labels: [text], classification: text },
  action: { kind: text, operation: text, phase: text, labels: [text] },
  resources: [resource],
  resource,
  environment: text,
  context: "map",
  claims: "map",
  now: "timestamp",
  shell: {
    commands: [
      {
        name: text,
        argv: [text],
        flags: [text],
        operands: [text],
        env: "map",
        redirects: [{ op: text, path: text }],
        nested: "bool",
        interpreter: "bool",
        bare: "bool",
      },
    ],
    redirects: [{ op: text, path: text }],
    constructs: [text],
    globs: [text],
    reads: [text],
    writes: [text],
    network: "bool",
    destructive: "bool",
    unresolved: [text],
    opaque: "bool",
  },
  sql: {
    statements: [
      {
        kind: text,
        tables_read: [text],
        tables_written: [text],
        columns: [text],
        functions: [text],
        has_where: "bool",
        limit: { orNull: "int" },
        single_row: "bool",
        locks: "bool",
      },
    ],
    writes: "bool",
    opaque: "bool",
  },
  urls: [
    {
      arg: text,
      scheme: text,
      host: text,
      port: "int",
      path: text,
      query: text,
      ip_literal: "bool",
      private: "bool",
      userinfo: "bool",
      odd: [text],
      opaque: "bool",
    },
  ],
  paths: [
    {
      arg: text,
      mode: text,
      raw: text,
      real: text,
      exists: "bool",
      link: "bool",
      kind: text,
      links: "int",
      parts: [text],
      odd: [text],
      opaque: "bool",
    },
  ],
  content: {
    secrets: [finding],
    pii: [finding],
    injection: [{ marker: text, arg: text }],
    invisible: "bool",
    bytes: "int",
  },
  k8s: {
    verb: text,
    group: text,
    version: text,
    resource: text,
    namespace: text,
    name: text,
    objects: [
      { verb: text, group: text, version: text, resource: text, namespace: text, name: text },
    ],
    images: [text],
    privileged: "bool",
    capabilities: [text],
    host_paths: [text],
    host_network: "bool",
    host_pid: "bool",
    host_ipc: "bool",
    service_accounts: [text],
    secrets: [text],
    escalation: "bool",
    root: "bool",
    unconfined: "bool",
    rbac_verbs: [text],
    rbac_escalation: "bool",
    roles: [text],
    opaque: "bool",
  },
};

const outcome: { readonly [Name in keyof OutcomeVariables]: Tree<OutcomeVariables[Name]> } = {
  result: "dyn",
  outcome: { status: text, durationMs: "double", cost: "double" },
};

test("the variables of conditions are typed in the editor as the policy compiler types them", () => {
  const known = (types: ReadonlyMap<string, CelType>): unknown =>
    Object.fromEntries([...types].map(([name, type]) => [name, treeOf(type)]));
  expect(variables).toEqual(known(commonTypes));
  expect(outcome).toEqual(known(outcomeTypes));
});

/** Holds `tree` to the type of the schema, and both to what the policy compiler makes of it. */
function sameType<const Schema extends JsonObject>(
  schema: Schema,
  tree: Tree<TermOf<Schema>>,
): void {
  expect(tree, JSON.stringify(schema)).toEqual(treeOf(schemaType(schema, "x")));
}

test("a JSON Schema gives the same type in the editor and to the policy compiler", () => {
  sameType({ type: "string" }, "string");
  sameType({ type: "integer" }, "int");
  sameType({ type: "number" }, "double");
  sameType({ type: "boolean" }, "bool");
  sameType({}, "dyn");
  sameType({ $ref: "#/$defs/x", $defs: { x: {} } }, "dyn");
  sameType({ allOf: [{ type: "string" }] }, "dyn");
  sameType({ enum: ["a", "b"] }, "string");
  sameType({ type: "string", enum: ["a", "b"] }, "string");
  sameType({ enum: ["a", null] }, { orNull: "string" });
  sameType({ enum: ["a", 1] }, "dyn");
  sameType({ enum: [1, 2] }, "dyn");
  sameType({ const: "a" }, "string");
  sameType({ const: true }, "bool");
  sameType({ type: ["string", "null"] }, { orNull: "string" });
  sameType({ type: ["string", "integer"] }, "dyn");
  sameType({ anyOf: [{ type: "integer" }, { type: "null" }] }, { orNull: "int" });
  sameType({ anyOf: [{ type: "integer" }, { type: "string" }] }, "dyn");
  sameType({ oneOf: [{ type: "string" }, { const: "x" }] }, "string");
  sameType({ type: "array", items: { type: "number" } }, ["double"]);
  sameType({ type: "array" }, ["dyn"]);
  sameType({ type: "array", prefixItems: [{ type: "string" }] }, ["dyn"]);
  sameType({ type: "object" }, {});
  sameType({ type: "object", additionalProperties: { type: "string" } }, "map");
  sameType({ type: "object", additionalProperties: true }, "map");
  sameType({ type: "object", additionalProperties: false }, {});
  sameType({ properties: { a: { type: "string" } } }, { a: "string" });
  sameType(
    {
      type: "object",
      properties: { a: { type: "object", properties: { b: { type: "array", items: {} } } } },
    },
    { a: { b: ["dyn"] } },
  );
});

test("a parameter has the same type in the editor and to the policy compiler", () => {
  const same = <const Params extends JsonObject>(params: Params, tree: Tree<TermOfValue<Params>>) =>
    expect(tree).toEqual(treeOf(recordType(params, "params")));
  same(
    { limit: 100, share: 0.5, name: "a", on: true, names: ["a", "b"], mixed: ["a", 1] },
    {
      limit: "int",
      share: "double",
      name: "string",
      on: "bool",
      names: ["string"],
      mixed: ["dyn"],
    },
  );
  same(
    { deep: { x: null, sizes: [1, 2], pairs: [[1]] } },
    { deep: { x: "dyn", sizes: ["int"], pairs: ["dyn"] } },
  );
});

/** A condition of each function, and the CEL it must be. */
function calls(scope: Scope): readonly (readonly [Condition, string])[] {
  const { agent: who, now, paths, tool } = scope;
  return [
    [scope.happened("e"), 'happened("e")'],
    [scope.happened("e", "1h"), 'happened("e", duration("1h"))'],
    [scope.count("e", "1h").gt(1), 'count("e", duration("1h")) > 1'],
    [scope.since("e", "f"), 'since("e", "f")'],
    [scope.meter("m").gt(1), 'meter("m") > 1'],
    [scope.noWorse(scope.origin(who.id), "field"), 'no_worse(origin(agent.id), "field")'],
    [scope.fromOnly(who.id, ["user"]), 'from_only(agent.id, ["user"])'],
    [scope.touches(who.id, "x"), 'touches(agent.id, "x")'],
    [scope.requestedBy(tool).on_topic, "requested_by(tool).on_topic"],
    [scope.namesAct(tool), "names_act(tool)"],
    [scope.namesAct("a.b"), 'names_act("a.b")'],
    [paths.exists("p", (p) => scope.under(p, "/")), 'paths.exists(p, under(p, "/"))'],
    [scope.domain("a", "b"), 'domain("a", "b")'],
    [scope.inNet("10.0.0.1", "10.0.0.0/8"), 'in_net("10.0.0.1", "10.0.0.0/8")'],
    [scope.glob("*", who.id), 'glob("*", agent.id)'],
    [scope.plainText(who.id), "plain_text(agent.id)"],
    [
      scope.inWindow(now, "Europe/London", "mon-fri 09:00-17:00"),
      'in_window(now, "Europe/London", "mon-fri 09:00-17:00")',
    ],
    [scope.atLeast(tool.classification, "internal"), 'at_least(tool.classification, "internal")'],
    [
      scope.min(now, scope.timestamp("2026-11-21T10:00:00Z")).eq(now),
      'min(now, timestamp("2026-11-21T10:00:00Z")) == now',
    ],
    [
      scope.max(scope.duration("1h"), scope.duration("2h")).gt(scope.duration("1m")),
      'max(duration("1h"), duration("2h")) > duration("1m")',
    ],
    [scope.overlap(who.roles, ["a"]), 'overlap(agent.roles, ["a"])'],
    [
      scope.choose(scope.has(who.version), "x", who.id).eq("x"),
      '(has(agent.version) ? "x" : agent.id) == "x"',
    ],
    [scope.isNull(scope.user).or(scope.notNull(scope.user)), "user == null || user != null"],
    [scope.lists("trusted").contains(who.id), "agent.id in lists.trusted"],
    [scope.lists("bad-hosts").contains(who.id), 'agent.id in lists["bad-hosts"]'],
    [scope.external("hr").at("ok").eq(true), "external.hr.ok == true"],
    [scope.has(scope.field(who, "odd name")), "has(agent.`odd name`)"],
  ];
}

test("every function of the policy language can be built, with the name and arguments it has", () => {
  const expected: string[] = [];
  const built = definePolicy({
    name: "p",
    rules: (scope) =>
      calls(scope).map(([when, text], index) => {
        expected.push(text);
        return deny(`r${index}`, { when });
      }),
  });
  const texts = rulesOf(built).map(({ when }) => String(when));
  expect(texts).toEqual(expected);
  const called = texts.flatMap((text) => {
    const parsed = parseExpression(text);
    if (!parsed.ok) throw new Error(text);
    return references(parsed.ast).calls;
  });
  for (const { function: name, args, target } of called) {
    const overloads = functionDeclarations.get(name)?.overloads ?? [];
    const fits = overloads.some(
      ({ params, variadic }) => target === undefined && (variadic || params.length === args.length),
    );
    expect(fits, name).toBe(true);
  }
  const names = new Set(called.map((call) => call.function));
  expect(Object.keys(policyTable).filter((name) => !names.has(name))).toEqual([]);
});

function rulesOf(policy: Definition): readonly { readonly when?: unknown }[] {
  const { rules } = policy.spec;
  if (!Array.isArray(rules)) throw new Error("a policy has rules");
  return rules as readonly { readonly when?: unknown }[];
}
