import { describe, expect, test } from "vitest";
import { loadPolicySet } from "@holdfast/engine";

const tool = `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: pay.batch}
spec:
  labels: [money]
  arguments: {text: url, name: shell}
  schema:
    type: object
    properties:
      few: {type: array, maxItems: 50, items: {type: string, maxLength: 64}}
      more: {type: array, maxItems: 200, items: {type: string}}
      open: {type: array, items: {type: string}}
      other: {type: array, items: {type: string}}
      rows: {type: array, items: {type: object, properties: {tags: {type: array, items: {type: string}}, name: {type: string}}}}
      map: {type: object, maxProperties: 10, additionalProperties: {type: string, maxLength: 20}}
      mode: {enum: [fast, slow]}
      text: {type: string}
      name: {type: string, maxLength: 100}
      id: {type: integer}
---
apiVersion: holdfast.dev/v1
kind: List
metadata: {name: hosts}
spec: {type: string, items: [a.example, b.example]}
---
apiVersion: holdfast.dev/v1
kind: List
metadata: {name: threats}
spec: {type: domain, items: [${Array.from({ length: 5_000 }, (_, index) => `h${index}.example`).join(", ")}]}
`;

/** What loading says of a condition on the tool; undefined when it may stand. */
function refusal(when: string, tools = "[pay.batch]"): string | undefined {
  const text = `${tool}---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: p}
spec:
  match: {tools: ${tools}}
  params: {limit: 100, pattern: "^[a-z]+$", words: [one, two, three]}
  variables: {long: "args.open.map(x, x + '!')"}
  rules: [{id: a, effect: deny, when: ${JSON.stringify(when)}}]
`;
  const loaded = loadPolicySet([{ path: "p.yaml", text }]);
  if (loaded.ok) return undefined;
  return loaded.diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ code, message, suggestion }) => `${code}: ${message}; ${suggestion}`)
    .join("\n");
}

describe("an expression that goes over arguments", () => {
  test.each([
    "args.open.all(x, x != '')",
    "args.open.exists(x, x.startsWith('a') && size(x) < 100 || x.matches('^a.*b$') || x.contains('c'))",
    "args.rows.all(r, r.tags.exists(t, t == r.name) && r.tags.all(t, t.startsWith('x')))",
    "args.rows.exists(r, r.name.contains('secret') || r.name.lowerAscii().contains('token'))",
    "args.rows.filter(r, r.name != '').map(r, r.name).exists(n, n.endsWith('x'))",
    "args.few.exists(x, args.more.exists(y, x == y))",
    "args.few.exists(x, args.open.exists(y, x == y))",
    "args.map.exists(k, args.map[k] == k && args.few.exists(x, x == k))",
    "args.open.exists(x, x in lists.hosts) && args.open.all(x, lists.hosts.exists(h, x.endsWith(h)))",
    "args.open.exists(x, params.words.exists(w, x.contains(w)))",
    "args.text.matches(params.pattern) || args.text.contains(args.name)",
    "args.open.exists(x, agent.roles.exists(r, r == x))",
    "variables.long.exists(x, x.endsWith('!')) && args.text.contains('needle')",
    "urls.exists(u, u.private || lists.threats.exists(h, domain(u.host, h)))",
    "shell.commands.exists(c, c.name == 'rm' && c.argv.exists(a, a.contains('r')))",
    "args.few.exists(x, lists.threats.exists(h, domain(x, h)))",
    "args.few.distinct().size() == args.few.size() && overlap(args.open, ['a', 'b'])",
    "lists.range(100).all(i, lists.range(100).all(j, i * j < 10000))",
    "args.rows.map(r, r.name).join(',').size() < 1000 && args.text.split(',').all(p, p != '')",
  ])("may be a pass over all there is, and a pass in a pass over what is bounded: %s", (when) => {
    expect(refusal(when)).toBe(undefined);
  });

  test.each([
    ["args.open.exists(x, args.other.exists(y, x == y))", "`args.open` and `args.other`"],
    ["args.open.all(x, args.open.filter(y, y == x).size() == 1)", "`args.open`"],
    ["args.rows.exists(r, args.rows.exists(s, r.name == s.name))", "`args.rows`"],
    ["args.rows.exists(r, args.open.exists(x, r.tags.exists(t, t == x)))", "`args.rows`"],
    ["variables.long.all(x, args.open.exists(y, x == y))", "`variables.long` and `args.open`"],
    ["args.open.exists(x, lists.threats.exists(h, domain(x, h)))", "the size of `args.open`: by"],
    ["args.open.map(x, x + '!').distinct().size() > 3", "the size of `args.open`: by"],
    ["args.open.distinct().size() > 3", "`args.open`"],
    ["overlap(args.open, args.other)", "`args.open` and `args.other`"],
    ["args.text.matches(args.name)", "`args.text`"],
    ["args.open.exists(x, x in args.other)", "`args.open`"],
    ["lists.range(args.id).all(i, lists.range(args.id).all(j, i != j))", "go over fewer values"],
    ["cel.bind(a, args.open, a.exists(x, a.exists(y, x == y)))", "`a`"],
  ])("may not go over everything within a pass over everything: %s", (when, named) => {
    const found = refusal(when) ?? "";
    expect(found).toMatch(
      /^condition_cost: this can take [\d,^]+ steps, more than the 100,000,000/u,
    );
    expect(found).toContain(named);
  });

  test.each([
    "size(args.open) <= 100 && args.open.exists(x, args.other.exists(y, x == y))",
    "size(args.open) > params.limit || args.open.exists(x, args.other.exists(y, x == y))",
    "!(args.open.size() >= 100) && args.open.exists(x, args.other.exists(y, x == y))",
    "100 >= size(args.open) ? args.open.exists(x, args.other.exists(y, x == y)) : false",
    "size(variables.long) < 50 && variables.long.all(x, args.open.exists(y, x == y))",
    "args.rows.all(r, size(r.tags) <= 10 && size(args.rows) <= 100 && r.tags.all(t, args.rows.exists(s, s.name == t)))",
    "size(args.text) <= 1000 && args.text.matches(args.name)",
  ])("may, where a test before it bounds one of the two: %s", (when) => {
    expect(refusal(when)).toBe(undefined);
  });

  test.each([
    "args.open.exists(x, args.other.exists(y, x == y)) && size(args.open) <= 100",
    "size(args.open) <= 100 || args.open.exists(x, args.other.exists(y, x == y))",
    "size(args.open) >= 100 && args.open.exists(x, args.other.exists(y, x == y))",
    "size(args.few) <= 1 && args.open.exists(x, args.other.exists(y, x == y))",
    "args.rows.exists(args, size(args.tags) <= 9) && args.rows.exists(r, args.rows.exists(s, r == s))",
  ])("may not, where the test says something else or comes too late: %s", (when) => {
    expect(refusal(when)).toMatch(/^condition_cost/u);
  });

  test("is judged for each tool it can meet, and the ones it is too much for are named", () => {
    const when = "args.few.exists(x, args.more.exists(y, x == y))";
    expect(refusal(when, "[pay.batch]")).toBe(undefined);
    expect(refusal(when, "[pay.batch, pay.unknown-one]")).toMatch(/^condition_cost/u);
    expect(refusal(when, "['*']")).toContain("`args.few` and `args.more`");
  });
});

describe("every expression of a set", () => {
  const heavy = "args.a.exists(x, args.b.exists(y, x == y))";
  test.each([
    [
      "a variable",
      "kind: Policy\nmetadata: {name: p}\nspec: {variables: {v: 'HEAVY'}, rules: [{id: a, effect: deny}]}",
    ],
    [
      "a reason",
      "kind: Policy\nmetadata: {name: p}\nspec: {rules: [{id: a, effect: deny, reason: '{HEAVY}'}]}",
    ],
    [
      "a set value",
      "kind: Policy\nmetadata: {name: p}\nspec: {rules: [{id: a, effect: modify, set: {args.c: 'HEAVY'}}]}",
    ],
    [
      "an Event",
      "kind: Event\nmetadata: {name: e}\nspec: {at: begin, when: 'HEAVY', key: [global]}",
    ],
    [
      "an amount",
      "kind: Meter\nmetadata: {name: m}\nspec: {reserve: 'HEAVY ? 1 : 2', key: [global], window: 1h}",
    ],
    [
      "a settlement",
      "kind: Meter\nmetadata: {name: m}\nspec: {settle: 'HEAVY ? 1 : 2', key: [global], window: 1h}",
    ],
    [
      "a resource of a tool",
      'kind: Tool\nmetadata: {name: a.b}\nspec: {labels: [read], resources: [{type: t, id: \'HEAVY ? "a" : "b"\'}]}',
    ],
    [
      "the input of an External",
      "kind: External\nmetadata: {name: x}\nspec: {http: {url: 'https://x.example'}, input: {a: 'HEAVY'}}",
    ],
  ])("has a bound: %s", (_, document) => {
    const text = `apiVersion: holdfast.dev/v1\n${document.replace("HEAVY", heavy)}\n`;
    const loaded = loadPolicySet([{ path: "p.yaml", text }]);
    const codes = loaded.ok ? [] : loaded.diagnostics.map(({ code }) => code);
    expect(codes).toContain("condition_cost");
  });
});
