import { expect, test } from "vitest";
import { parseExpression, references } from "@holdfast/engine";

function referred(text: string) {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(parsed.errors[0]!.message);
  const { paths, calls } = references(parsed.ast);
  return {
    paths: paths.map((each) => `${each.path.join(".")}${each.existence ? "?" : ""}`),
    calls: calls.map((each) => {
      const args = each.args.map((arg) => {
        if (arg === undefined) return "…";
        if ("path" in arg) return arg.path.join(".");
        return "value" in arg.constant ? String(arg.constant.value) : "null";
      });
      return `${each.target === undefined ? "" : `${each.target.join(".")}.`}${each.function}(${args.join(", ")})`;
    }),
  };
}

test.each<[string, string[], string[]]>([
  ["args.amount > params.limit", ["args.amount", "params.limit"], []],
  ["has(args.note) && args['x-y'] == 1", ["args.note?", "args.x-y"], []],
  [
    "args.?a.b.orValue(1) == args[?'c'].orValue(1)",
    ["args.a.b?", "args.c?"],
    ["args.a.b.orValue(1)", "args.c.orValue(1)"],
  ],
  ["'x' in context", ["context?"], []],
  ["args.items.all(i, i.price > args.max)", ["args.items", "args.items.*.price", "args.max"], []],
  ["args.items.exists(k, v, v == k)", ["args.items", "args.items.*"], []],
  ["args.m[args.k].x", ["args.m.*.x", "args.k"], []],
  ["cel.bind(u, user, u.id == agent.id)", ["user", "user.id", "agent.id"], []],
  ["happened(refund, duration('5m'))", [], ["happened(refund, …)", "duration(5m)"]],
  [
    "math.abs(args.n) > 1 && args.s.startsWith('a')",
    ["args.n", "args.s"],
    ["math.abs(args.n)", "args.s.startsWith(a)"],
  ],
  ["[1, 2].exists(args, args == 1)", [], []],
  [".args.x == {agent.id: [tenant]}", ["args.x", "agent.id", "tenant"], []],
])("%s reads %j and calls %j", (text, paths, calls) => {
  expect(referred(text)).toEqual({ paths, calls });
});
