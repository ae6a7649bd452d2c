import {
  allow,
  cel,
  contain,
  deny,
  defer,
  defineAgent,
  defineBoundary,
  defineEvent,
  defineExternal,
  defineGroup,
  defineList,
  defineMeter,
  definePolicy,
  definePolicyTest,
  defineSandbox,
  defineTool,
  mask,
  modify,
  remove,
  sandbox,
  set,
  stepUp,
  throttle,
} from "@holdfast/engine/define";
import { expect, test } from "vitest";

/*
 * What the compiler of TypeScript must refuse at the author's desk. Every `@ts-expect-error` is
 * an error of `tsc -b` when nothing is wrong any more; most of them are also errors when run,
 * which is not what is tested here.
 */

const refund = defineTool({
  name: "stripe.refund",
  labels: ["money"],
  schema: {
    type: "object",
    properties: {
      amount: { type: "number" },
      cents: { type: "integer" },
      currency: { type: "string", enum: ["eur", "usd"] },
      customer_id: { type: "string" },
      note: { type: ["string", "null"] },
      urgent: { type: "boolean" },
      tags: { type: "array", items: { type: "string" } },
      address: { type: "object", properties: { city: { type: "string" } } },
      rest: {},
    },
    required: ["amount", "customer_id"],
  },
});

const order = defineTool({
  name: "stripe.order",
  labels: ["money"],
  schema: {
    type: "object",
    properties: { amount: { type: "number" }, item: { type: "string" } },
  },
});

const raw = defineTool({ name: "ops.raw", labels: ["exec"] });
const seen = defineEvent({ name: "seen", at: "begin", key: ["session.id"] });
const spent = defineMeter({ name: "spent", key: ["agent.id"], window: "1h" });
const leads = defineGroup({ name: "leads", members: ["user:bo"] });

/** Checked by the compiler, never called: wrong code must not run. */
function never(wrong: () => unknown): void {
  expect(wrong).toBeTypeOf("function");
}

test("arguments have the names and types of the schema", () => {
  never(() =>
    definePolicy({
      name: "p",
      match: { tools: [refund] },
      rules: ({ args, isNull, original }) => [
        // @ts-expect-error: `amout` is no argument
        allow("misspelt", { when: args.amout.gt(0) }),
        // @ts-expect-error: `original` has the same arguments
        allow("original", { when: original.amout.gt(0) }),
        // @ts-expect-error: a number does not start with anything
        allow("method", { when: args.amount.startsWith("1") }),
        // @ts-expect-error: a number is compared with numbers
        allow("operand", { when: args.amount.gt("100") }),
        // @ts-expect-error: a text is compared with texts
        allow("text", { when: args.customer_id.eq(5) }),
        // @ts-expect-error: `gbp` is not one of the texts it can be
        allow("enum", { when: args.currency.eq("gbp") }),
        // @ts-expect-error: nor in a list
        allow("enum-in", { when: args.currency.in(["eur", "gbp"]) }),
        // @ts-expect-error: whole numbers and others are not added up
        allow("arithmetic", { when: args.amount.gt(args.cents.plus(args.amount)) }),
        // @ts-expect-error: the elements are texts
        allow("element", { when: args.tags.contains(1) }),
        // @ts-expect-error: an element has no field `name`
        allow("lambda", { when: args.tags.exists("t", (t) => t.name.eq("x")) }),
        // @ts-expect-error: a field of a field
        allow("nested", { when: args.address.town.eq("Rome") }),
        // @ts-expect-error: a number is no condition
        allow("condition", { when: args.amount }),
        // @ts-expect-error: nor what JavaScript's operators make of one
        allow("negated", { when: !args.urgent }),
        // @ts-expect-error: nor inside one
        allow("inside", { when: args.urgent.or(!args.urgent) }),
        // @ts-expect-error: nor is JavaScript's comparison
        allow("javascript", { when: args.amount > 5 }),
        // @ts-expect-error: nor is text; CEL is written with `cel`
        allow("raw", { when: "args.amount > 5" }),
        // @ts-expect-error: it is never null, so there is nothing to ask
        allow("null", { when: isNull(args.amount) }),
        allow("nullable", { when: isNull(args.note) }),
      ],
    }),
  );
});

test("only what all matched tools declare can be read, and anything of a tool without schema", () => {
  never(() =>
    definePolicy({
      name: "p",
      match: { tools: [refund, order] },
      rules: ({ args }) => [
        allow("both", { when: args.amount.gt(0) }),
        // @ts-expect-error: `stripe.refund` has no `item`
        allow("one", { when: args.item.eq("x") }),
      ],
    }),
  );
  const open = definePolicy({
    name: "p",
    match: { tools: [raw] },
    rules: ({ args }) => [
      allow("any", { when: args.at("x").eq(1) }),
      // @ts-expect-error: what is not declared is no property
      deny("property", { when: cel`true`, reason: String(args["x"]) }),
    ],
  });
  expect(open.spec["rules"]).toHaveLength(2);
  never(() =>
    definePolicy({
      name: "p",
      match: { tools: [refund, raw] },
      rules: ({ args }) => [
        allow("open", { when: args.at("amount").eq(1) }),
        // @ts-expect-error: one of them has no schema
        allow("typed", { when: args.amount.gt(0) }),
      ],
    }),
  );
  never(() =>
    definePolicy({
      name: "p",
      match: { tools: [refund, "crm.*"] },
      // @ts-expect-error: with a pattern among them nothing is known
      rules: ({ args }) => [allow("any", { when: args.amount.gt(0) })],
    }),
  );
});

test("only what is there can be read: results after the call, parameters and variables by name", () => {
  never(() =>
    definePolicy({
      name: "p",
      match: { tools: [refund] },
      params: { limit: 100, zone: "Europe/London" },
      variables: ({ args, params }) => ({
        big: args.amount.gt(params.limit),
        // @ts-expect-error: `limt` is no parameter
        other: args.amount.gt(params.limt),
      }),
      rules: ({ args, params, variables, ...scope }) => [
        deny("variable", { when: variables.big }),
        // @ts-expect-error: `bg` is no variable
        deny("unknown", { when: variables.bg }),
        // @ts-expect-error: a text is no number
        deny("parameter", { when: args.amount.gt(params.zone) }),
        // @ts-expect-error: there is no result before the call
        deny("result", { when: scope.result.eq(1) }),
        // @ts-expect-error: `sesion` is nothing a condition sees
        deny("scope", { when: scope.sesion.id.eq("s") }),
        // @ts-expect-error: nor has a session an owner
        deny("field", { when: scope.session.owner.eq("s") }),
      ],
    }),
  );
  never(() =>
    definePolicy({
      name: "p",
      rules: ({ params }) => [
        // @ts-expect-error: it has no parameters
        deny("parameter", { when: params.limit.eq(1) }),
      ],
    }),
  );
});

test("an effect has its own fields and no others", () => {
  never(() => [
    // @ts-expect-error: an allow refuses nothing, so nothing takes its place
    allow("a", { fallback: { tool: "a.b", args: {} } }),
    // @ts-expect-error: and has no limit
    allow("a", { limit: { meter: spent, max: 1 } }),
    // @ts-expect-error: misspelt
    deny("a", { whn: true }),
    // @ts-expect-error: a Meter is meant, not an Event
    deny("a", { limit: { meter: seen, max: 1 } }),
    // @ts-expect-error: `max` is missing
    deny("a", { limit: { meter: spent } }),
    // @ts-expect-error: approval is required
    stepUp("a", {}),
    // @ts-expect-error: so is its ttl
    stepUp("a", { approval: { from: [leads] } }),
    // @ts-expect-error: approvers are groups and users
    stepUp("a", { approval: { from: ["leads"], ttl: "15m" } }),
    // @ts-expect-error: a duration has a unit
    stepUp("a", { approval: { from: [leads], ttl: "15" } }),
    // @ts-expect-error: a place is required
    sandbox("a", {}),
    // @ts-expect-error: a Sandbox is meant
    sandbox("a", { in: leads }),
    // @ts-expect-error: a duration, not a number
    throttle("a", { retry_after: 30 }),
    // @ts-expect-error: a deny does not say when to come again
    deny("a", { retry_after: "30s" }),
    // @ts-expect-error: a timeout is required
    defer("a", { retry_after: "30s" }),
    // @ts-expect-error: no kind of restriction
    contain("a", { restrict: ["netwrk"] }),
    // @ts-expect-error: changes are required
    modify("a", { when: true }),
    // @ts-expect-error: no obligation
    deny("a", { obligations: [{ notfy: "ops" }] }),
  ]);
});

test("a change names an argument and gives it a value of its type", () => {
  never(() =>
    definePolicy({
      name: "p",
      match: { tools: [refund] },
      rules: ({ args, agent }) => [
        modify("a", {
          changes: [
            // @ts-expect-error: `nte` is no argument
            set(args.nte, "x"),
            // @ts-expect-error: an amount is a number
            set(args.amount, "x"),
            // @ts-expect-error: a text cannot be an agent
            set(args.customer_id, agent),
            // @ts-expect-error: `gbp` is not one of the texts it can be
            set(args.currency, "gbp"),
            // @ts-expect-error: `tag` is no argument
            remove(args.tag),
            // @ts-expect-error: no way to mask
            mask(args.customer_id, "half"),
            set(args.amount, args.cents),
            set(args.address.city, "Rome"),
          ],
        }),
      ],
    }),
  );
});

test("a policy that grants nothing holds no allow", () => {
  never(() => [
    // @ts-expect-error: a result was granted with the action
    definePolicy({ name: "p", match: { phase: "result" }, rules: [allow("a")] }),
    // @ts-expect-error: and cannot run elsewhere
    definePolicy({ name: "p", match: { phase: "result" }, rules: [sandbox("a", { in: "dry" })] }),
    // @ts-expect-error: what only observes does not grant
    definePolicy({ name: "p", mode: "observe", rules: [allow("a")] }),
    // @ts-expect-error: misspelt
    definePolicy({ name: "p", rules: [], mod: "observe" }),
    // @ts-expect-error: misspelt
    definePolicy({ name: "p", match: { tool: [refund] }, rules: [] }),
    // @ts-expect-error: no kind of action
    definePolicy({ name: "p", match: { kinds: ["mpc"] }, rules: [] }),
    // @ts-expect-error: a Group is no Tool
    definePolicy({ name: "p", match: { tools: [leads] }, rules: [] }),
  ]);
  const shown = definePolicy({
    name: "p",
    match: { phase: "result" },
    rules: ({ result, outcome }) => [
      deny("a", { when: outcome.status.eq("failure") }),
      modify("b", { changes: [mask(result.at("iban"), "whole"), mask(result, ["secrets"])] }),
    ],
  });
  expect(shown.spec["rules"]).toHaveLength(2);
});

test("keys, conditions and amounts of Events and Meters are typed as well", () => {
  never(() => [
    defineEvent({ name: "e", at: "begin", match: { tools: [refund] }, key: ["args.customer_id"] }),
    defineEvent({ name: "e", at: "begin", match: { tools: [refund] }, key: ["args.address.city"] }),
    defineEvent({ name: "e", at: "begin", match: { tools: [raw] }, key: ["args.anything"] }),
    // @ts-expect-error: `customer` is no argument
    defineEvent({ name: "e", at: "begin", match: { tools: [refund] }, key: ["args.customer"] }),
    // @ts-expect-error: no part of a key
    defineEvent({ name: "e", at: "begin", key: ["session"] }),
    // @ts-expect-error: no moment
    defineEvent({ name: "e", at: "start", key: ["global"] }),
    defineEvent({
      name: "e",
      at: "success",
      key: ["global"],
      when: ({ outcome }) => outcome.cost.gt(1),
    }),
    defineEvent({
      name: "e",
      at: "begin",
      key: ["global"],
      // @ts-expect-error: nothing has come out of it yet
      when: ({ outcome }) => outcome.cost.gt(1),
    }),
    defineMeter({
      name: "m",
      match: { tools: [refund] },
      key: ["global"],
      window: "1h",
      reserve: ({ args }) => args.amount,
    }),
    defineMeter({
      name: "m",
      match: { tools: [refund] },
      key: ["global"],
      window: "1h",
      // @ts-expect-error: an amount is a number
      reserve: ({ args }) => args.customer_id,
    }),
    // @ts-expect-error: no window
    defineMeter({ name: "m", key: ["global"], window: "hour" }),
    // @ts-expect-error: a zone is needed
    defineMeter({ name: "m", key: ["global"], window: { calendar: "day" } }),
  ]);
});

test("the other kinds have the keys and values of their YAML", () => {
  never(() => [
    // @ts-expect-error: labels are required
    defineTool({ name: "a.b" }),
    defineTool({
      name: "a.b",
      labels: ["exec"],
      schema: { type: "object", properties: { command: { type: "string" } } },
      // @ts-expect-error: `comand` is not declared
      arguments: { comand: "shell" },
    }),
    // @ts-expect-error: no use of an argument
    defineTool({ name: "a.b", labels: ["exec"], arguments: { command: "bash" } }),
    defineTool({
      name: "a.b",
      labels: ["exec"],
      schema: { type: "object", properties: { host: { type: "string" } } },
      // @ts-expect-error: `hst` is not declared
      resources: ({ args }) => [{ type: "host", id: args.hst }],
    }),
    // @ts-expect-error: misspelt
    defineAgent({ name: "a", role: ["support"] }),
    // @ts-expect-error: members are required
    defineGroup({ name: "g" }),
    // @ts-expect-error: no type of list
    defineList({ name: "l", type: "ip" }),
    // @ts-expect-error: a rank is required
    defineSandbox({ name: "s" }),
    // @ts-expect-error: one of `http` and `authzen`
    defineExternal({ name: "e" }),
    // @ts-expect-error: a Boundary has no phase
    defineBoundary({ name: "b", folder: "team-a", allows: { phase: "call" } }),
    definePolicyTest({
      name: "t",
      cases: [
        // @ts-expect-error: no effect
        { name: "c", request: { agent: { id: "a" }, tool: refund }, expect: { effect: "allowed" } },
      ],
    }),
  ]);
});
