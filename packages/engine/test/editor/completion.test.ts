import { loadPolicySet } from "@holdfast/engine";
import { completionAt } from "@holdfast/engine/editor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cursorIn, policyTexts } from "./policy-texts.ts";

const refunds = "p/refunds.yaml";

function complete(file: string, find: string, put: string) {
  const { survey, cursor } = cursorIn(file, find, put);
  return completionAt(survey, cursor);
}

interface Case {
  readonly what: string;
  readonly file?: string;
  readonly find: string;
  readonly put: string;
  /** all there is, or some of what there must be */
  readonly all?: readonly string[];
  readonly some?: readonly string[];
  readonly none?: readonly string[];
}

const cases: readonly Case[] = [
  {
    what: "keys of a document",
    find: "kind: Policy\n",
    put: "ki‸\n",
    some: ["kind"],
    none: ["spec"],
  },
  {
    what: "kinds",
    find: "kind: Policy\n",
    put: "kind: ‸\n",
    some: ["Policy", "PolicyTest", "Tool"],
  },
  { what: "the version", find: "holdfast.dev/v1", put: "‸", all: ["holdfast.dev/v1"] },
  {
    what: "keys of a spec on an empty line",
    find: "  params: {limit: 100}\n",
    put: "  ‸\n",
    all: ["mode", "params"],
  },
  {
    what: "keys of a rule by its effect",
    find: "      approval:",
    put: "      ‸\n      approval:",
    some: ["limit", "fallback", "obligations"],
    none: ["in", "set", "id", "when"],
  },
  { what: "keys in braces", find: "ttl: 15m}", put: "ttl: 15m, q‸}", all: ["quorum"] },
  {
    what: "keys in braces that are not closed",
    find: "{meter: spent, max: 1000}",
    put: "{meter: spent, m‸",
    some: ["max"],
  },
  {
    what: "the first key of a new rule",
    find: "    - id: daily\n",
    put: "    - ‸\n    - id: daily\n",
    some: ["id", "effect"],
  },
  {
    what: "effects",
    find: "effect: allow",
    put: "effect: ‸",
    some: ["allow", "contain", "step_up"],
  },
  {
    what: "tools in a list",
    find: "[pay.refund]",
    put: "[pay.refund, ma‸]",
    some: ["mail.read", "mail.*", "pay.*"],
    none: ["seen"],
  },
  { what: "roles", find: "[support]", put: "[‸]", all: ["lead", "support"] },
  { what: "meters", find: "meter: spent", put: "meter: ‸", all: ["spent"] },
  { what: "groups with their prefix", find: "group:leads", put: "group:‸", all: ["group:leads"] },
  { what: "sandboxes", find: "in: dry", put: "in: ‸", all: ["dry"] },
  {
    what: "labels of a match",
    file: "p/history.yaml",
    find: "[untrusted]",
    put: "[‸]",
    some: ["untrusted", "egress"],
  },
  {
    what: "moments of an Event",
    file: "p/history.yaml",
    find: "at: begin",
    put: "at: ‸",
    some: ["begin", "success"],
  },
  {
    what: "environments of a test",
    find: "environment: production}",
    put: "environment: ‸}",
    all: ["production", "staging"],
  },
  { what: "Events that a test states", find: "{seen: -2m}", put: "{‸}", all: ["seen"] },
  {
    what: "arguments of the tool in a test",
    find: "args: {amount: 200, customer: acme}",
    put: "args: {amount: 200, ‸}",
    all: ["customer", "tags", "address"],
  },
  {
    what: "rules that a test expects",
    find: "[refunds/tainted]",
    put: "[‸]",
    some: ["refunds/tainted", "refunds/grant"],
  },
  {
    what: "variables of a condition",
    find: "when: variables.big && ",
    put: "when: ‸ && ",
    some: ["args", "agent", "variables", "environment", "happened", "has"],
  },
  {
    what: "fields by the schema of the tool",
    find: "when: variables.big",
    put: "when: args.‸",
    some: ["amount", "customer", "tags", "address"],
    none: ["startsWith"],
  },
  {
    what: "fields of fields",
    find: "when: variables.big",
    put: "when: args.address.‸",
    some: ["city"],
  },
  {
    what: "a field while the rest is there",
    find: "args.amount <= 500.0",
    put: "args.am‸ <= 500.0",
    some: ["amount"],
  },
  {
    what: "variables and params by name",
    find: "variables.big &&",
    put: "variables.‸ &&",
    some: ["big"],
  },
  {
    what: "params in a variable",
    find: "double(params.limit)",
    put: "double(params.‸)",
    some: ["limit"],
  },
  { what: "lists", find: "lists.partners", put: "lists.‸", some: ["partners"] },
  {
    what: "methods of a text",
    find: "t.startsWith",
    put: "t.‸",
    some: ["startsWith", "matches"],
    none: ["exists"],
  },
  { what: "what a macro binds", find: 't.startsWith("x")', put: "‸", some: ["t", "args"] },
  {
    what: "macros of a list",
    find: 'args.tags.exists(t, t.startsWith("x"))',
    put: "args.tags.‸",
    some: ["exists", "all"],
  },
  { what: "Events in a call", find: "happened(seen)", put: "happened(‸)", some: ["seen"] },
  { what: "Events in quotes", find: 'count("seen"', put: 'count("‸"', all: ["seen"] },
  {
    what: "environments that are compared with",
    find: 'environment == "production"',
    put: 'environment == "‸',
    all: ["production", "staging"],
  },
  {
    what: "labels of the action",
    find: "when: variables.big",
    put: "when: '\"‸\" in action.labels'",
    some: ["money", "untrusted"],
  },
  { what: "a condition in a reason", find: "{params.limit}", put: "{params.‸}", some: ["limit"] },
  {
    what: "functions of a name space",
    find: "when: variables.big",
    put: "when: math.‸",
    some: ["greatest", "abs"],
  },
  { what: "nothing in the words of a reason", find: "a lead says", put: "a ‸ lead says", all: [] },
  { what: "nothing in a comment", find: "    - id: ask", put: "    # ‸\n    - id: ask", all: [] },
];

describe("completion offers", () => {
  test.each(cases)("$what", ({ file = refunds, find, put, all, some = [], none = [] }) => {
    const labels = complete(file, find, put).items.map(({ label }) => label);
    if (all !== undefined) expect(labels.toSorted()).toEqual(all.toSorted());
    expect(labels).toEqual(expect.arrayContaining([...some]));
    for (const label of none) expect(labels).not.toContain(label);
  });

  test("signatures and what a function is for", () => {
    const { items } = complete(refunds, "when: variables.big && ", "when: happ‸ && ");
    expect(items.find(({ label }) => label === "happened")).toEqual({
      label: "happened",
      kind: "function",
      detail: "(string<event>) -> bool\n(string<event>, duration) -> bool",
      documentation: "Whether an Event has occurred for this key, ever or within a duration",
      insert: "happened",
    });
  });

  test("types of fields, and that one may be absent", () => {
    const { items } = complete(refunds, "when: variables.big", "when: args.‸");
    const details = Object.fromEntries(items.map(({ label, detail }) => [label, detail]));
    expect(details).toMatchObject({ amount: "double", tags: "list(string), may be absent" });
  });

  test("a stretch that takes the place of what was typed", () => {
    const { start, end } = complete(refunds, "args.amount <= 500.0", "args.am‸ <= 500.0");
    expect(end - start).toBe(2);
  });
});

test("the set that the cases change compiles", () => {
  const files = Object.entries(policyTexts).map(([path, text]) => ({ path, text }));
  const loaded = loadPolicySet(files, { root: "p" });
  expect(loaded.ok ? [] : loaded.diagnostics).toEqual([]);
});

test("completion answers anywhere in a text that is cut off anywhere", () => {
  const whole = policyTexts[refunds] ?? "";
  fc.assert(
    fc.property(fc.nat(whole.length), fc.nat(whole.length), (cut, place) => {
      const text = whole.slice(0, cut);
      const at = Math.min(place, cut);
      const { survey, cursor } = cursorIn(refunds, whole, `${text.slice(0, at)}‸${text.slice(at)}`);
      const { start, end } = completionAt(survey, cursor);
      expect(start).toBeLessThanOrEqual(end);
      expect(end).toBe(cursor.offset);
    }),
    { numRuns: 60 },
  );
});
