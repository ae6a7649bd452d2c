import { expect, test } from "vitest";
import { checkExpression, functionDeclarations, parseExpression, typeText } from "@holdfast/engine";
import type { CelType, CheckResult, NameSet, TypeEnvironment } from "@holdfast/engine";

const string: CelType = { kind: "string" };
const dyn: CelType = { kind: "dyn" };

function object(name: string, fields: Record<string, CelType>): CelType {
  const entries = Object.entries(fields).map(
    ([field, type]) => [field.replace("?", ""), { type, optional: field.endsWith("?") }] as const,
  );
  return { kind: "object", name, fields: new Map(entries) };
}

const userFields = object("user", { id: string, roles: { kind: "list", element: string } });
const environment: TypeEnvironment = {
  variables: new Map<string, CelType>([
    [
      "args",
      object("args", {
        amount: { kind: "double" },
        count: { kind: "int" },
        "note?": { kind: "nullable", of: string },
        "tags?": { kind: "list", element: string },
        customer_id: string,
        price: { kind: "uint" },
      }),
    ],
    ["user", { kind: "nullable", of: userFields }],
    ["context", dyn],
    ["now", { kind: "timestamp" }],
    ["environment", { kind: "string", names: "environment" }],
    [
      "action",
      object("action", { labels: { kind: "list", element: { kind: "string", names: "label" } } }),
    ],
    ["attributes", { kind: "map", key: string, value: dyn }],
  ]),
  functions: functionDeclarations,
  names: new Map<NameSet, ReadonlySet<string>>([
    ["environment", new Set(["staging", "production"])],
    ["label", new Set(["egress", "write", "untrusted"])],
    ["event", new Set(["untrusted-read", "refund"])],
    ["meter", new Set(["refunds-usd"])],
    ["classification", new Set(["public", "restricted"])],
  ]),
};

function check(text: string): CheckResult {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(parsed.errors[0]!.message);
  return checkExpression(parsed.ast, environment);
}

test.each<[string, string]>([
  [
    "agnt.id == 'a'",
    'cel_unknown_variable [agnt] unknown variable `agnt`; a text stands in quotes: `"agnt"`',
  ],
  ["arg.amount > 1.0", "cel_unknown_variable [arg] unknown variable `arg`; did you mean `args`?"],
  [
    "args.ammount > 1.0",
    "cel_unknown_field [ammount] unknown field `ammount` of args; did you mean `amount`?",
  ],
  [
    "user.zzz == 1",
    "cel_unknown_field [zzz] unknown field `zzz` of user; its fields are `id`, `roles`",
  ],
  [
    "has(args.xyzzy)",
    "cel_unknown_field [xyzzy] unknown field `xyzzy` of args; its fields are `amount`, `count`, `customer_id`, `note`, `price`, `tags`",
  ],
  [
    'args["ammount"] > 1.0',
    'cel_unknown_field ["ammount"] unknown field `ammount` of args; did you mean `amount`?',
  ],
  [
    '"ammount" in args',
    'cel_unknown_field ["ammount"] unknown field `ammount` of args; did you mean `amount`?',
  ],
  ["args.amount.cents == 1", "cel_unknown_field [cents] double has no field `cents`"],
  [
    "args.amount * 2 > 1.0",
    "cel_no_overload [*] `*` is not defined for double and int; write `2.0`",
  ],
  [
    "args.count + args.amount > 1.0",
    "cel_no_overload [+] `+` is not defined for int and double; convert the int with `double(…)`",
  ],
  [
    "args.price + 1 > 1u",
    "cel_no_overload [+] `+` is not defined for uint and int; write the int with a `u` after it, or convert it with `uint(…)`",
  ],
  [
    '"n: " + args.count == ""',
    "cel_no_overload [+] `+` is not defined for string and int; convert to text with `string(…)`",
  ],
  [
    "args.customer_id > 5",
    "cel_no_overload [>] `>` is not defined for string and int; convert the text with `int(…)`",
  ],
  [
    "args.customer_id == 5",
    "cel_never_equal [args.customer_id == 5] string and int are never equal; convert one of them",
  ],
  [
    "args.customer_id == null",
    "cel_never_equal [args.customer_id == null] string is never null; test a field that can be absent with `has(…)`",
  ],
  [
    "args.count in ['1']",
    "cel_never_equal [args.count in ['1']] int is never in list(string); convert it",
  ],
  [
    "args.count in args.amount",
    "cel_no_overload [args.amount] `in` looks in a list or in the keys of a map, not in double",
  ],
  [
    "args.count && true",
    "cel_type [args.count] expected a bool, found int; compare it with a value, as in `… == …`",
  ],
  [
    "!args.count",
    "cel_no_overload [!] `!` is not defined for int; compare it with a value, as in `… == …`",
  ],
  [
    "args.count > 1 ? 1 : 'a'",
    "cel_type ['a'] the values of a conditional have one type, not int and string; convert one, or use `dyn(…)`",
  ],
  [
    "args.customer_id.startWith('a')",
    "cel_unknown_function [startWith] unknown function `startWith`; did you mean `startsWith`?",
  ],
  [
    "sized(args.tags) > 1",
    "cel_unknown_function [sized] unknown function `sized`; did you mean `size`?",
  ],
  [
    "maths.abs(1) == 1",
    "cel_unknown_function [abs] unknown function `maths.abs`; did you mean `math.abs`?",
  ],
  [
    "contains(args.customer_id, 'a')",
    "cel_no_overload [contains] write it after its first argument, as in `x.contains(…)`",
  ],
  [
    "args.customer_id.domain('a')",
    "cel_no_overload [domain] write `domain(…)`, with no value before it",
  ],
  [
    "args.customer_id.startsWith(1)",
    "cel_no_overload [startsWith] `startsWith` is not declared for `string.(int)`; it takes `string.(string) -> bool`",
  ],
  [
    "args.tags.all(t)",
    "cel_unknown_function [all] `all` does not take 1 argument; write it like `args.list.all(x, x > 0)`",
  ],
  [
    "args.tags.all(t, t)",
    "cel_type [t] expected a bool, found string; compare it with a value, as in `… == …`",
  ],
  ["args.count.all(t, true)", "cel_type [args.count] `all` goes over a list or a map, not int"],
  [
    "environment == 'prodution'",
    "cel_unknown_name ['prodution'] unknown environment `prodution`; did you mean `production`?",
  ],
  [
    "environment in ['staging', 'qa']",
    "cel_unknown_name ['qa'] unknown environment `qa`; there are `production`, `staging`",
  ],
  [
    "'egres' in action.labels",
    "cel_unknown_name ['egres'] unknown label `egres`; did you mean `egress`?",
  ],
  [
    "action.labels.exists(l, l == 'egres')",
    "cel_unknown_name ['egres'] unknown label `egres`; did you mean `egress`?",
  ],
  [
    "action.labels == ['egres']",
    "cel_unknown_name ['egres'] unknown label `egres`; did you mean `egress`?",
  ],
  [
    "happened(refunds)",
    "cel_unknown_name [refunds] unknown event `refunds`; did you mean `refund`?",
  ],
  [
    "happened(untrusted-read)",
    'cel_name [untrusted-read] name the event by a literal, as in `"untrusted-read"`',
  ],
  ["happened(args.customer_id)", "cel_name [args.customer_id] name the event by a literal"],
  [
    "meter('refund-usd') > 1.0",
    "cel_unknown_name ['refund-usd'] unknown meter `refund-usd`; did you mean `refunds-usd`?",
  ],
  [
    "at_least('secret', 'restricted')",
    "cel_unknown_name ['secret'] unknown classification `secret`; there are `public`, `restricted`",
  ],
  [
    "args.customer_id.matches('(a')",
    "cel_pattern ['(a'] `(a` cannot stand in an RE2 pattern: missing closing )",
  ],
  [
    "args.customer_id.matches(r'(a)\\1')",
    "cel_pattern [r'(a)\\1'] `\\1` cannot stand in an RE2 pattern: back-references are not in RE2; compare the parts with `==`",
  ],
  [
    "matches(args.customer_id, 'a(?!b)')",
    "cel_pattern ['a(?!b)'] `(?!` cannot stand in an RE2 pattern: look-around is not in RE2; test for the other text with a second condition",
  ],
  [
    "args.customer_id.matches('(?<=a)b')",
    "cel_pattern ['(?<=a)b'] `(?<=a)b` cannot stand in an RE2 pattern: look-around is not in RE2; test for the other text with a second condition",
  ],
  [
    "now > timestamp('2026-02-29T00:00:00Z')",
    "cel_time ['2026-02-29T00:00:00Z'] `2026-02-29T00:00:00Z` is not a timestamp; write it like `2026-11-21T10:00:00Z`",
  ],
  [
    "now - now > duration('5 minutes')",
    "cel_time ['5 minutes'] `5 minutes` is not a duration; write it like `90s` or `1h30m`",
  ],
  [
    "now.getHours('Europe London') > 1",
    "cel_zone ['Europe London'] `Europe London` is not a zone; write it like `Europe/London` or `+02:00`",
  ],
  [
    "in_window(now, 'UTC', 'mon-fri 9-17')",
    "cel_window ['mon-fri 9-17'] `mon-fri 9-17` is not weekly hours; write them like `mon-fri 09:00-17:00`",
  ],
  [
    "in_net(args.customer_id, '10.0.0.0/33')",
    "cel_net ['10.0.0.0/33'] `10.0.0.0/33` is not a CIDR block; write it like `10.0.0.0/8`",
  ],
  [
    "Refund{amount: 1}.amount == 1",
    'cel_struct [Refund{amount: 1}] `Refund{…}` makes a protobuf message, and there are no protobuf messages here; write a map, as in `{"field": value}`',
  ],
  ["{1.5: true}[1.5]", "cel_map_key [1.5] a map key is a string, int, uint or bool, not double"],
  [
    "[?args.count] == []",
    "cel_type [args.count] `?` before an element wants an optional value, not int",
  ],
  ["args.tags['a'] == ''", "cel_no_overload [['a']] list(string) has no index of type string"],
])("%s is refused with the place and what to do", (text, expected) => {
  const { errors } = check(text);
  expect(
    errors.map(
      ({ code, message, range }) => `${code} [${text.slice(range.start, range.end)}] ${message}`,
    ),
  ).toEqual([expected]);
});

test.each<[string, string]>([
  ["args.amount > 5 && args.count < 2.5 && args.price == 3", "bool"],
  ["args.amount in [1, 2, 3]", "bool"],
  ["args.count == 1.0", "bool"],
  ["args.amount * 2.0 + double(args.count)", "double"],
  ["now - duration('1h') < timestamp('2026-11-21T10:00:00+01:00')", "bool"],
  ["now + (now - now)", "timestamp"],
  ["context.ticket.id == 5 || context['a'] > 1.5", "bool"],
  ["attributes.team == 'a' && 'x' in attributes", "bool"],
  ["args.note == null ? 'none' : args.note", "string"],
  ["user == null ? null : user.id", "string or null"],
  [
    "happened(refund) && happened('untrusted-read', duration('5m')) && since(refund, 'untrusted-read')",
    "bool",
  ],
  ["count(refund, duration('1h')) > 3 && meter('refunds-usd') + args.amount > 100", "bool"],
  ["environment == 'production' && 'egress' in action.labels", "bool"],
  ["min(1, 2)", "int"],
  ["max([1.5, 2.0])", "double"],
  ["min(1, 2.5)", "dyn"],
  ["max(now, now)", "timestamp"],
  ["args.tags.map(t, size(t) > 1, t + 'x')", "list(string)"],
  ["args.tags.transformMap(i, t, i)", "map(int, int)"],
  ["attributes.map(k, k)", "list(string)"],
  ["args.?note.orValue('')", "string or null"],
  ["args.count > 1 ? args.count : context.n", "dyn"],
  ["[args.tags, [context.n]]", "list(list(dyn))"],
  ["cel.bind(n, args.count + 1, n * n)", "int"],
  ["type(args.count) == int && type(now) == google.protobuf.Timestamp", "bool"],
  ["from_only(args.customer_id, ['user', 'crm']) && no_worse(origin(args), 'field')", "bool"],
  ["overlap(args.tags, ['a']) && sets.contains(args.tags, [])", "bool"],
  ["size(args) == 2 && args == {'amount': 1.0}", "bool"],
])("%s is well typed", (text, type) => {
  const { errors, type: found } = check(text);
  expect(errors).toEqual([]);
  expect(typeText(found)).toBe(type);
});

test("every error of an expression is reported, in the order they stand", () => {
  const { errors } = check("args.ammount > 1 && foo(bar) || usr.id == 'a'");
  expect(errors.map((error) => error.suggestion ?? error.code)).toEqual([
    "amount",
    "cel_unknown_function",
    "cel_unknown_variable",
    "user",
  ]);
});

test("expressions made to be slow are checked in one pass", () => {
  const nested = (body: string): string =>
    Array.from({ length: 50 }, (_, at) => at).reduceRight<string>(
      (inner, at) => `cel.bind(x${at + 1}, ${body.replaceAll("x", `x${at}`)}, ${inner})`,
      "x50 == x50",
    );
  for (const body of ["{x: x}", "[x, x]", "{'a': x, 'b': x}", "x.?a.or(x.?b)"]) {
    expect(check(`cel.bind(x0, context.a, ${nested(body)})`).type.kind, body).toBe("bool");
  }
  const wide = Array.from({ length: 3_000 }, (_, at) => `args.count == ${at}`).join(" || ");
  expect(check(wide).errors).toEqual([]);
});

test.each<[string, string[]]>([
  ["user.id == 'a'", ["null user"]],
  ["user != null && user.id == 'a'", []],
  ["null != user && 'x' in user.roles", []],
  ["user == null || user.id == 'a'", []],
  ["user != null || user.id == 'a'", ["null user"]],
  ["user == null && user.id == 'a'", ["null user"]],
  ["user.id == 'a' && user != null", ["null user"]],
  ["!(user == null) && user.id == 'a'", []],
  ["!(user == null || args.count > 1) && user.id == 'a'", []],
  ["user != null ? user.id == 'a' : false", []],
  ["user == null ? user.id == 'a' : true", ["null user"]],
  ["(user != null || args.count > 1) && user.id == 'a'", ["null user"]],
  ["(user != null && args.count > 1) || user.id == 'a'", ["null user"]],
  ["user != null && args.tags.all(user, user == 'a')", ["absent args.tags"]],
  ["user != null && [user].all(user, user.id == 'a')", []],
  ["user != null && [args.?note.orValue(null)].exists(user, user.startsWith('a'))", ["null user"]],
  ["[args.?note.orValue(null)].exists(n, n != null && n.startsWith('a'))", []],
  ["[user].exists(u, u.id == 'a')", ["null u"]],
  ["size(args.tags) > 1", ["absent args.tags"]],
  ["has(args.tags) && size(args.tags) > 1", []],
  ["!has(args.tags) || size(args.tags) > 1", []],
  ["'tags' in args && args.tags.exists(t, t == 'a')", []],
  ["has(args.note) && args.note.startsWith('a')", ["null args.note"]],
  ["has(args.note) && args.note != null && args.note.startsWith('a')", []],
  ["args.?tags.orValue([]).exists(t, t == 'a')", []],
  ["attributes.team == 'a'", ["absent attributes.team"]],
  ["attributes['team'] == 'a'", ["absent attributes.team"]],
  ["has(attributes.team) && attributes['team'] == 'a'", []],
  ["'team' in attributes && attributes.team == 'a'", []],
  ["attributes[?'team'].orValue('') == 'a'", []],
])("%s reads without a test: %j", (text, expected) => {
  const { errors, unguarded } = check(text);
  expect(errors).toEqual([]);
  expect(unguarded.map(({ reason, path }) => `${reason} ${path}`)).toEqual(expected);
});
