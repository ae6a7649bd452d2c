import { describe, expect, test } from "vitest";
import { comparePolicies } from "@holdfast/engine";
import { refundSet } from "./refund-set.ts";

const definitions = `---
apiVersion: holdfast.dev/v1
kind: Sandbox
metadata: {name: dry}
spec: {rank: 1, tool: {result: {}}}
---
apiVersion: holdfast.dev/v1
kind: Sandbox
metadata: {name: wet}
spec: {rank: 2, tool: {result: {}}}
---
apiVersion: holdfast.dev/v1
kind: Meter
metadata: {name: often}
spec: {key: [global], window: 1h}
`;

const grant = "{id: grant, effect: allow}";
const told = "obligations: [{notify: ops}]";
const large = "when: args.amount > 50";
const slow = "effect: throttle, retry_after: 1s";
const wait = "effect: defer, timeout: 1m";
const ask = "effect: step_up, approval: {from: [user:bo], quorum: 1";

/** What adding a rule to others does, as `change about`, and what taking it away again does. */
function adding(
  rules: readonly string[],
  rule: string,
): { readonly added: readonly string[]; readonly gone: readonly string[] } {
  const [less, more] = [rules, [...rules, rule]].map((each) => refundSet(each, definitions));
  if (less === undefined || more === undefined) throw new Error("two sets are made");
  const [added, gone] = [comparePolicies(less, more), comparePolicies(more, less)];
  expect(added.unknown).toEqual([]);
  expect(gone.unknown).toEqual([]);
  const words = ({ regions }: typeof added): readonly string[] =>
    regions.map(({ change, about }) => `${change} ${about}`);
  return { added: words(added), gone: words(gone) };
}

describe("what a rule hides of rules that have not moved", () => {
  test("the obligations of a throttle, where something defers", () => {
    const { added, gone } = adding(
      [grant, `{id: slow, ${slow}, ${told}, when: args.amount > 80}`],
      `{id: wait, ${wait}, ${large}}`,
    );
    expect(added).toEqual(["changed no longer: notify ops", "narrowed now also: defer"]);
    expect(gone).toEqual(["widened no longer: defer", "changed now also: notify ops"]);
  });

  test("obligations that another rule brings too, which does not decide", () => {
    const { added, gone } = adding(
      [`{id: grant, effect: allow, ${told}}`, `{id: wait, ${wait}}`],
      `{id: large, ${wait}, ${told}, ${large}}`,
    );
    expect(added).toEqual(["narrowed now also: notify ops"]);
    expect(gone).toEqual(["widened no longer: notify ops"]);
  });

  test("the same once people have approved", () => {
    const { added } = adding(
      [`{id: grant, effect: allow, ${told}}`, `{id: ask, ${ask}, ttl: 5m}}`, `{id: wait, ${wait}}`],
      `{id: large, ${wait}, ${told}, ${large}}`,
    );
    expect(added).toEqual(["changed now also: notify ops"]);
  });

  test("a sandbox, where one of lower rank is asked for", () => {
    const { added, gone } = adding(
      [grant, "{id: wet, effect: sandbox, in: wet}"],
      `{id: dry, effect: sandbox, in: dry, ${large}}`,
    );
    expect(added).toContain("changed no longer: sandbox wet");
    expect(gone).toContain("changed now also: sandbox wet");
  });

  test("a sandbox of higher rank adds nothing", () => {
    const { added, gone } = adding(
      [grant, "{id: dry, effect: sandbox, in: dry}"],
      `{id: wet, effect: sandbox, in: wet, ${large}}`,
    );
    expect([...added, ...gone]).toEqual([]);
  });

  test("that a limit alone is why", () => {
    const { added, gone } = adding(
      [grant, `{id: often, ${slow}, limit: {meter: often, max: 3}}`],
      `{id: slow, ${slow}, ${large}}`,
    );
    expect(added).toContain("changed no longer: throttle for a limit alone");
    expect(gone).toContain("changed now also: throttle for a limit alone");
  });

  test("the time that an approval has", () => {
    const { added, gone } = adding(
      [grant, `{id: ask, ${ask}, ttl: 5m}, when: args.amount > 80}`],
      `{id: soon, ${ask}, ttl: 1m}, ${large}}`,
    );
    expect(added).toContain("changed no longer: approval with more time");
    expect(gone).toContain("changed now also: approval with more time");
  });

  test("the one other action, where another is named or something defers", () => {
    const fallback = "fallback: {tool: stripe.refund, args: {amount: 1}}";
    const rules = [grant, `{id: slow, ${slow}, ${fallback}, when: args.amount > 80}`];
    const shown = 'changed no longer: instead stripe.refund {"amount":1}';
    const other = fallback.replace("amount: 1", "amount: 2");
    expect(adding(rules, `{id: other, ${slow}, ${other}, ${large}}`).added).toContain(shown);
    expect(adding(rules, `{id: wait, ${wait}, ${large}}`).added).toContain(shown);
  });
});
