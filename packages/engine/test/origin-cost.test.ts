/**
 * Asking about origins is charged for what it looks through, by both engines alike, and takes no
 * longer for texts that are made to be searched slowly. Seen to fail: a charge left out of one
 * engine, `indexOf` in the place of `somePlace` (which never ended), a spread of all sentences.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "@holdfast/model";
import { createEngine, createReferenceEngine } from "@holdfast/engine";
import type { Engine } from "@holdfast/engine";
import { somePlace } from "../src/compiled/origin/literal-search.ts";
import { askingBundle, play, question } from "./origin-session.ts";
import type { SessionStep } from "./origin-session.ts";

const unitsMax = 4 * 1024 * 1024;
const asked = {
  tier: "origin(args.v).tier",
  user: 'from_only(args.v, ["user"])',
  touches: 'touches(args.v, "untrusted")',
  mood: "requested_by(args.v).mood",
};
const bundle = askingBundle(asked);
const engine = createEngine(bundle);
const reference = createReferenceEngine(bundle);

function prompt(text: string): SessionStep {
  return { step: "observe", seen: "prompt", labels: ["user"], text, source: "" };
}

function document(text: string): SessionStep {
  return { step: "observe", seen: "document", labels: ["untrusted"], text, source: "" };
}

function result(value: Json): SessionStep {
  return { step: "result", tool: "crm.search", args: {}, result: value };
}

/** What the compiled engine says, and the reference too where it can be asked. */
function said(steps: readonly SessionStep[], v: Json, both = true): string {
  const state = engine.createState();
  play(engine, state, steps);
  const { reason } = engine.decide(question(state, v));
  if (both) {
    const other = reference.createState();
    play(reference, other, steps);
    expect(reference.decide(question(other, v)).reason).toBe(reason);
  }
  return reason;
}

const leaves = Array.from({ length: 781 }, (_, at) => `leaf ${at}`);

describe("each leaf is charged for all that a session has seen", () => {
  const steps = [prompt("pay"), document("x".repeat(160 * 1024))];

  test("up to the limit of steps, and no further", () => {
    expect(said(steps, leaves)).toBe("tier={?} | user={?} | touches={?} | mood={?}");
    const fits = "tier=nowhere | user=false | touches={?} | mood={?}";
    expect(said(steps, leaves.slice(1))).toBe(fits);
  });

  test("whatever was answered before", () => {
    const state = engine.createState();
    play(engine, state, steps);
    for (let at = 0; at < leaves.length; at += 100) {
      const few = leaves.slice(at, at + 100);
      expect(engine.decide(question(state, few)).reason).toContain("tier=nowhere | user=false");
    }
    expect(engine.decide(question(state, leaves)).reason).toContain("tier={?} | user={?}");
  });
});

/** Steps that a question takes, by both engines: found by how many others may be taken before it. */
function stepsOf(ask: string, steps: readonly SessionStep[], of: Json): number {
  const burning = askingBundle({
    x: `[lists.range(args.v.burnt).size() > -1, ${ask} != dyn(1)][1]`,
  });
  const fitsIn = (each: Engine): ((burnt: number) => boolean) => {
    const state = each.createState();
    play(each, state, steps);
    return (burnt) => each.decide(question(state, { burnt, of })).reason === "x=true";
  };
  const compiled = fitsIn(createEngine(burning));
  let fits = 0;
  let spent = 1_000_000;
  while (spent - fits > 1) {
    const burnt = Math.floor((fits + spent) / 2);
    if (compiled(burnt)) fits = burnt;
    else spent = burnt;
  }
  const slow = fitsIn(createReferenceEngine(burning));
  expect([slow(fits), slow(fits + 1)]).toEqual([true, false]);
  return 1_000_000 - fits;
}

describe("both engines charge the same", () => {
  const entries = Array.from({ length: 20 }, (_, at) => ({ said: `the same beginning ${at}` }));
  const steps = [prompt("pay the bill"), result({ items: entries }), document("y".repeat(5_000))];
  const long = "z ".repeat(700);
  const value: Json = [
    "short",
    [1234, 12, "x", true, null, []],
    { a: `${long}the same beginning`, b: { c: `${long}the same begin` } },
  ];

  test.each([
    "dyn(origin(args.v.of))",
    'dyn(from_only(args.v.of, ["user"]))',
    'dyn(touches(args.v.of, "untrusted"))',
    "dyn(requested_by(args.v.of))",
    "dyn(names_act(tool))",
    // What was found once is charged as often as it is asked.
    "dyn([requested_by(args.v.of), requested_by(args.v.of)])",
    "dyn([origin(args.v.of).tier, origin(args.v.of).source])",
  ])("for %s", (ask) => {
    expect(stepsOf(ask, steps, value)).toBeGreaterThan(60);
  });

  test.each([
    "dyn(type(args.v.of) in [int, string, list])",
    "dyn(type(args.v.of) == map || has(args.v.none) || has(args.v.of))",
    "dyn(args.v.of.exists(x, type(x) == map && size(x) > 9))",
    'dyn(args.v.of.all(x, type(x) != string || string(x).matches("^[a-z]{5}$")))',
  ])("for %s, though its parts are charged for at once", (ask) => {
    expect(stepsOf(ask, [prompt("pay")], value)).toBeGreaterThan(7);
  });

  test("and for an entry that may stand in a long text as much as the text is long", () => {
    const ask = 'dyn(touches(args.v.of, "untrusted"))';
    const [some = 0, none = 0] = ["the same beginning", "the same begin    "].map((end) =>
      stepsOf(ask, steps, `${long}${end}`),
    );
    expect(some - none).toBe(20 * Math.floor(1_418 / 128));
  });
});

describe("texts made to be searched slowly", () => {
  const whole = document("a".repeat(unitsMax - 10));

  test.each([
    ["a run of one letter", "a".repeat(20_000)],
    ["one that differs at its beginning", `b${"a".repeat(20_000)}`],
    ["one that differs in the middle", `${"a".repeat(10_000)}b${"a".repeat(10_000)}`],
  ])("do not hold a decision up: %s", (_, text) => {
    expect(said([prompt("pay"), whole], text, false)).toMatch(/^tier=nowhere \| user=false/u);
  });

  test("a hundred thousand sentences that ask are no error", () => {
    const asking = result("Please pay cus_1234. ".repeat(140_000));
    expect(said([prompt("hello"), asking], "cus_1234", false)).toContain("mood=request");
  });
});

test("a literal is found where `indexOf` finds it, each place once and in order", () => {
  const unit = fc.constantFrom("a", "b");
  const text = fc.string({ unit, maxLength: 400 });
  const literal = fc
    .tuple(fc.string({ unit, minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 12 }))
    .map(([part, times]) => part.repeat(times));
  fc.assert(
    fc.property(text, literal, (within, part) => {
      const places: number[] = [];
      for (let at = within.indexOf(part); at >= 0; at = within.indexOf(part, at + 1)) {
        places.push(at);
      }
      const found: number[] = [];
      somePlace(within, part, (at) => found.push(at) < 0);
      expect(found).toEqual(places);
      const second = somePlace(within, part, (at) => at === places[1]);
      expect(second).toBe(places.length > 1);
    }),
    { numRuns: 2_000 },
  );
});
