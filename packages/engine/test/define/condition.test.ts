import {
  cel,
  defineEvent,
  defineList,
  definePolicy,
  defineTool,
  deny,
  set,
  text,
} from "@holdfast/engine/define";
import type { Condition, Scope } from "@holdfast/engine/define";
import { expect, test } from "vitest";

const tool = defineTool({
  name: "a.b",
  labels: ["read"],
  schema: {
    type: "object",
    properties: {
      amount: { type: "number" },
      count: { type: "integer" },
      note: { type: "string" },
      "odd-name": { type: "string" },
      urgent: { type: "boolean" },
      $ref: { type: "string" },
      tags: { type: "array", items: { type: "string" } },
    },
  },
});
const seen = defineEvent({ name: "seen-it", at: "begin", key: ["global"] });
const hosts = defineList({ name: "bad-hosts", type: "domain", items: ["x.example"] });

type ToolScope = Scope<readonly [typeof tool]>;

/** The CEL of a condition over the tool's arguments. */
function celOf(condition: (scope: ToolScope) => Condition): unknown {
  const policy = definePolicy({
    name: "p",
    match: { tools: [tool] },
    rules: (scope) => [deny("r", { when: condition(scope) })],
  });
  const { rules } = policy.spec;
  return Array.isArray(rules)
    ? (rules as readonly { readonly when?: unknown }[])[0]?.when
    : undefined;
}

test("a condition prints as a person would write it", () => {
  expect(celOf(({ args }) => args.amount.gt(0).and(args.amount.le(5000)))).toBe(
    "args.amount > 0 && args.amount <= 5000",
  );
  expect(celOf(({ args }) => args.amount.plus(1).times(2).gt(args.count))).toBe(
    "(args.amount + 1.0) * 2.0 > args.count",
  );
  expect(celOf(({ args }) => args.count.plus(1).gt(2.5))).toBe("args.count + 1 > 2.5");
  expect(celOf(({ args, has }) => has(args.note).and(args.note.in(["a", "b"]).not()))).toBe(
    'has(args.note) && !(args.note in ["a", "b"])',
  );
  expect(celOf(({ args, has }) => has(args["odd-name"]).or(args["odd-name"].eq("x")))).toBe(
    'has(args.`odd-name`) || args["odd-name"] == "x"',
  );
  expect(celOf(({ args, has }) => has(args.$ref))).toBe('"$ref" in args');
  expect(celOf(({ args }) => args.tags.all("t", (t) => t.size().lt(9)))).toBe(
    "args.tags.all(t, size(t) < 9)",
  );
  expect(celOf(({ args, lists }) => lists(hosts).contains(args.note))).toBe(
    'args.note in lists["bad-hosts"]',
  );
  expect(
    celOf(({ context, has }) => has(context.at("ticket")).and(context.at("ticket").eq("T-1"))),
  ).toBe('has(context.ticket) && context.ticket == "T-1"');
  expect(celOf(() => cel("false"))).toBe("false");
});

test("what is interpolated into CEL becomes a value, never syntax", () => {
  const evil = '" || true || "';
  expect(celOf(() => cel`args.note == ${evil}`)).toBe(`args.note == '" || true || "'`);
  expect(celOf(() => cel`args.note == ${'\\" || true'}`)).toBe(`args.note == r'\\" || true'`);
  expect(celOf(() => cel`args.note in ${["a", 'b"']} && args.count > ${-1}`)).toBe(
    `args.note in ["a", 'b"'] && args.count > (-1)`,
  );
  expect(celOf(() => cel`args.count == ${10n} && args.amount < ${0.5} && ${true} != ${null}`)).toBe(
    "args.count == 10 && args.amount < 0.5 && true != null",
  );
  expect(celOf(({ args }) => cel`!${args.count.gt(1).or(args.count.lt(0))}`)).toBe(
    "!(args.count > 1 || args.count < 0)",
  );
  expect(
    celOf(({ args }) => cel`${args.note}.startsWith("a") && size(${{ a: args.note }}) == 1`),
  ).toBe('args.note.startsWith("a") && size({"a": args.note}) == 1');
  expect(celOf(() => cel`happened(${seen}) && count(${"other"}, duration("1h")) > 1`)).toBe(
    'happened("seen-it") && count("other", duration("1h")) > 1',
  );
  expect(celOf(() => cel`args.note.matches("\\.md$") && slot0_ == ${1}`)).toBe(
    'args.note.matches("\\\\.md$") && slot0_ == 1',
  );
});

test("a value cannot stand inside quotes, in a comment or as a name", () => {
  const note = "x";
  for (const wrong of [
    () => cel`args.note == "${note}"`,
    () => cel`args.note == '${note}!'`,
    () => cel`true // ${note}`,
    () => cel`args.${note} == 1`,
    () => cel`args.tags.exists(${note}, true)`,
  ]) {
    expect(wrong).toThrow(/stands where no value can|wants a plain variable name|is not CEL/u);
  }
});

test("text that is not CEL is refused where it is written, with what is wrong", () => {
  expect(() => cel`args.amount >`).toThrow(/`args.amount >` is not CEL: .* at its end/u);
  expect(() => cel("args.amount ) 1")).toThrow(/before `\) 1`/u);
  const error = thrownBy(() => cel`args.amount > > 1`);
  expect(error).toMatchObject({ name: "HoldfastError", code: "definition_invalid" });
  expect(error.stack).toContain("condition.test.ts");
});

function thrownBy(wrong: () => unknown): Error {
  try {
    wrong();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("nothing was thrown");
}

test("CEL of several lines loses the indentation it shares, and text in quotes does not", () => {
  const long = cel`
    args.count > 1
      && args.count < 9`;
  expect(celOf(() => long)).toBe("args.count > 1\n  && args.count < 9");
  expect(celOf(() => cel("true\n  || false"))).toBe("true\n  || false");
  const quoted = cel`
    args.note == """a
    b"""`;
  expect(celOf(() => quoted)).toBe('args.note == """a\n    b"""');
});

test("a name bound by a macro never takes the place of another", () => {
  expect(
    celOf(({ args }) => args.tags.exists("t", (t) => args.tags.exists("u", (u) => u.eq(t)))),
  ).toBe("args.tags.exists(t, args.tags.exists(u, u == t))");
  expect(() =>
    celOf(({ args }) => args.tags.exists("t", (t) => args.tags.exists("t", (u) => u.eq(t)))),
  ).toThrow("an inner element is called `t` too");
  expect(() =>
    celOf(({ args }) => args.tags.exists("t", (t) => cel`args.tags.exists(t, t == ${t})`)),
  ).toThrow("an element is called `t`, which a value in it reads");
  expect(() => celOf(({ args }) => args.tags.exists("args", () => cel`true`))).toThrow(
    "`args` is a name",
  );
  expect(() => celOf(({ args }) => args.tags.exists("in", () => cel`true`))).toThrow("cannot name");
});

test("a reason holds terms to be filled in, and everything else as text", () => {
  const reasons: string[] = [];
  definePolicy({
    name: "p",
    match: { tools: [tool] },
    params: { limit: 100 },
    rules: ({ args, params, choose }) => {
      reasons.push(
        text`over ${params.limit} {today}, by ${"{me}"} and ${seen}`,
        text`${choose(args.amount.gt(1), "a}", args.note)}`,
        text`${cel`{"a": 1}`.at("a")}${cel`{}`}`,
      );
      return [deny("r")];
    },
  });
  expect(reasons).toEqual([
    "over {params.limit} {{today}}, by {{me}} and seen-it",
    '{args.amount > 1 ? "a}" : args.note}',
    '{ {"a": 1}.a}{ {}}',
  ]);
});

test("what JavaScript would do behind the author's back is an error that says so", () => {
  const scopeOf = (use: (scope: ToolScope) => unknown) => () =>
    definePolicy({
      name: "p",
      match: { tools: [tool] },
      rules: (scope) => {
        use(scope);
        return [];
      },
    });
  expect(scopeOf(({ args }) => Number(args.amount) > 5)).toThrow(
    "`args.amount` is known only when",
  );
  expect(scopeOf(({ args }) => String(args.note))).toThrow("build conditions with its methods");
  expect(scopeOf(({ args }) => Reflect.get(args, "amout"))).toThrow(
    "unknown field `amout` of the arguments of `a.b`; did you mean `amount`?",
  );
  expect(scopeOf((scope) => Reflect.get(scope.session, "owner"))).toThrow(
    "unknown field `owner` of session",
  );
  expect(scopeOf(({ args }) => args.count.plus(0.5))).toThrow("a whole number is needed here");
  expect(scopeOf(({ args }) => args.amount.gt(Number.NaN))).toThrow("not a finite number");
  expect(scopeOf(({ args }) => args.note.eq("\ud800"))).toThrow("surrogate");
  expect(scopeOf(({ args, has }) => has(args))).toThrow("`has` takes a field");
  expect(scopeOf(({ agent }) => set(agent.id, "x"))).toThrow("`set` takes a path, as `args.note`");
});

test("a condition that JavaScript's operators dropped is refused, not lost", () => {
  const lost = (condition: (scope: ToolScope) => Condition, dropped: string) =>
    expect(() => celOf(condition)).toThrow(`\`${dropped}\` was built and is not used`);
  lost(({ args }) => args.count.gt(1) && args.count.lt(9), "args.count > 1");
  lost(({ args, happened }) => happened(seen) && args.count.lt(9), 'happened("seen-it")');
  lost(({ args }) => args.urgent && args.count.lt(9), "args.urgent");
  lost(({ args }) => cel`${args.count} > 1` && args.count.lt(9), "args.count > 1");
  lost(({ args }) => cel`true`.and(args.urgent) && args.count.lt(9), "true && args.urgent");
  lost(({ args }) => (args.urgent.not() ? args.count.lt(9) : args.count.lt(1)), "!args.urgent");
  lost(({ args }) => args.tags.exists("t", (t) => t.eq("a") && t.ne("b")), 't == "a"');
  lost(({ args, context }) => context.at("ok") && args.count.lt(9), "context.ok");
  lost(({ args }) => {
    const negated = !args.urgent as unknown as Condition;
    return args.count.lt(9).or(negated);
  }, "args.urgent");
  expect(() =>
    definePolicy({
      name: "p",
      match: { tools: [tool] },
      variables: ({ args }) => ({ both: args.urgent && args.count.gt(1) }),
      rules: [],
    }),
  ).toThrow("`args.urgent` was built and is not used");
  expect(() =>
    defineEvent({
      name: "e",
      at: "begin",
      match: { tools: [tool] },
      key: ["global"],
      when: ({ args }) => args.urgent && args.count.gt(1),
    }),
  ).toThrow("`args.urgent` was built and is not used");
});
