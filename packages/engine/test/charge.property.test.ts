/**
 * What evaluation charges: both evaluators the same for the same work, so that a limit ends the
 * same evaluations in both. Seen to fail: equality of texts charged by one evaluator alone, a
 * `walk` left out of `contains`, of `domain` and of `in_window`.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  CelError,
  allZoneTables,
  costBound,
  createEngine,
  createReferenceEngine,
  evaluate,
  evaluateCompiled,
  fromJson,
  parseExpression,
} from "@holdfast/engine";
import type { Expr, Value, ValueData } from "@holdfast/engine";
import type { Json } from "@holdfast/model";
import { readRequest } from "@holdfast/model";
import { bundleOf } from "./decision-case.ts";
import { expressionTexts, variables } from "./reference/random-expression.ts";

const zones = allZoneTables();
const stepsMax = 1_000_000;

function treeOf(text: string): Expr {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.errors[0]?.message}`);
  return parsed.ast;
}

/** Whether a text runs into the limit of steps, by each evaluator. */
const evaluators = {
  reference: (text: string, known: Readonly<Record<string, Json>>): boolean => {
    const variable = (name: string): Value | undefined => {
      const json = Object.hasOwn(known, name) ? known[name] : undefined;
      return json === undefined ? undefined : fromJson(json);
    };
    const result = evaluate(treeOf(text), { variable, zones });
    return result instanceof CelError && result.code === "limit";
  },
  compiled: (text: string, known: Readonly<Record<string, Json>>): boolean => {
    const lookUp = (name: string): ValueData | undefined => {
      const json = Object.hasOwn(known, name) ? known[name] : undefined;
      return json === undefined ? undefined : dataOf(json);
    };
    const result = evaluateCompiled(treeOf(text), lookUp, zones);
    return result.type === "error" && result.code === "limit";
  },
};

function dataOf(json: Json): ValueData {
  if (json === null) return { type: "null" };
  if (typeof json === "boolean") return { type: "bool", value: json };
  if (typeof json === "string") return { type: "string", value: json };
  if (typeof json === "number") {
    return Number.isSafeInteger(json)
      ? { type: "int", value: BigInt(json) }
      : { type: "double", value: json };
  }
  if (Array.isArray(json)) return { type: "list", items: json.map(dataOf) };
  const entries = Object.entries(json).map(
    ([key, value]) => [{ type: "string", value: key }, dataOf(value)] as const,
  );
  return { type: "map", entries };
}

/** Variables of which `burn.contains(match)` takes nearly all the steps there are, and little time. */
const burning = { burn: "y".repeat(262_144), match: "x".repeat(15_104) };
const burnt = 1_083 + 64 * 15_104;

/** Steps of what `stepsOf` puts around a text: two lists, three calls, four parts of them. */
const around = 9;

/** The steps a text takes: found by how many others may be taken before it. */
function stepsOf(
  text: string,
  known: Readonly<Record<string, Json>>,
  fails: (text: string, known: Readonly<Record<string, Json>>) => boolean,
): number {
  const failsAfter = (steps: number): boolean =>
    fails(`[burn.contains(match), lists.range(${steps}).size() > -1, ${text}]`, {
      ...known,
      ...burning,
    });
  let fits = 0;
  let spent = stepsMax - burnt;
  expect(failsAfter(fits)).toBe(false);
  expect(failsAfter(spent)).toBe(true);
  while (spent - fits > 1) {
    const middle = Math.floor((fits + spent) / 2);
    if (failsAfter(middle)) spent = middle;
    else fits = middle;
  }
  return stepsMax - burnt - fits - around;
}

const long = "abcdefgh".repeat(2_048);
const values: Readonly<Record<string, Json>> = {
  a: long,
  b: `${long.slice(1)}x`,
  same: long,
  c: `${long}x`,
  list: [1, 2, 3, "x", long, [1, 2, [3]], { k: long }],
  map: { k: [1, 2], other: long },
  n: 7,
  path: { real: "/a/b/c" },
};

/** At least one call of each function that pays for sizes. */
const samples = [
  "a == b, a == same, a == c, a != 'x', a == 1, list == list, map == map, b'abc' == b'abd'",
  "a in list, 'x' in list, [1] in list, 'k' in map, list.exists(x, x == same), a < b, b <= 'x'",
  "a + b, list + list, [a, b] + ['x'], a.contains('xyz'), a.contains(''), a.startsWith(b)",
  "a.endsWith('x'), a.matches('^(a|b)+$'), 'abc'.matches(b.substring(0, 8)), a.charAt(3)",
  "a.indexOf('hx'), a.lastIndexOf('ab'), a.indexOf('a', 7), a.substring(3, 9), size(a), list.size()",
  "a.lowerAscii(), a.upperAscii(), a.trim(), a.reverse(), list.reverse(), a.replace('a', 'bb')",
  "a.replace('', '-', 3), a.split('h'), a.split('', 4), ['a', b].join('-'), strings.quote(b)",
  "'%s %s %d'.format([a, list, n]), string(a), bytes(a), base64.encode(bytes(a)), int('12')",
  "list.distinct(), [3, 1, 2].sort(), list.slice(1, 3), list.flatten(2), lists.range(9)",
  "sets.contains(list, [1, 2]), sets.intersects(list, [9]), sets.equivalent([1], [1, 1])",
  "overlap(list, [8, same]), min([3, 1, 2]), max(1, 2, 3), math.greatest([1, 5, 2])",
  "glob('*.example', a), domain('a.' + a.substring(0, 900), 'example'), in_net('10.0.0.1', '10.0.0.0/8')",
  "plain_text(a), plain_text(a + '\\u0301'), plain_text(b)",
  "under(path, '/a'), in_window(timestamp(0), 'Europe/London', '09:00-17:00' + '; 10:00-11:00')",
  "timestamp(0).getHours('Europe/London'), timestamp('2026-01-01T00:00:00Z').getMonth(), duration('1h')",
  "list.map(x, x), list.filter(x, x == 1), map.transformList(k, v, k), map.transformMap(k, v, v)",
  "list.exists_one(x, x == 1), list.all(x, x != 0), cel.bind(z, a + b, z.size()), map.k[?0].orValue(3)",
  "domain('not a host', 'x'), in_window(timestamp(0), 'No/Where', a), glob(a, 'x'), under(path, a)",
];

describe("the steps of an evaluation", () => {
  test.each(samples.flatMap((sample) => [[`[${sample}].size()`], [`[${sample}] == [${sample}]`]]))(
    "are the same by both evaluators: %s",
    (text) => {
      const steps = stepsOf(text, values, evaluators.compiled);
      expect(stepsOf(text, values, evaluators.reference)).toBe(steps);
      expect(steps).toBeGreaterThan(4);
      expect(stepsOf("null", values, evaluators.compiled)).toBe(1);
    },
    30_000,
  );

  test("are the same for expressions of any make", { timeout: 60_000 }, () => {
    const few = fc.array(expressionTexts, { minLength: 4, maxLength: 8 });
    fc.assert(
      fc.property(few, variables, (texts, known) => {
        const text = `[${texts.map((each) => `optional.of(${each})`).join(", ")}]`;
        expect(stepsOf(text, known, evaluators.reference)).toBe(
          stepsOf(text, known, evaluators.compiled),
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe("the bound that is computed before", () => {
  test.each(samples)("is never less than the steps that evaluation takes: %s", (sample) => {
    for (const text of [`[${sample}].size()`, `list.map(y, [${sample}]).size()`]) {
      const bound = costBound(treeOf(text), values);
      const steps = stepsOf(text, values, evaluators.compiled);
      expect(bound).toBeGreaterThanOrEqual(steps);
    }
  });

  test("holds for expressions of any make", () => {
    const few = fc.array(expressionTexts, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(few, variables, (texts, known) => {
        const text = `[${texts.map((each) => `optional.of(${each})`).join(", ")}]`;
        const steps = stepsOf(text, known, evaluators.compiled);
        expect(costBound(treeOf(text), known)).toBeGreaterThanOrEqual(steps);
      }),
      { numRuns: 100 },
    );
  });

  test("is not far above them for a pass over what is there", () => {
    for (const text of [
      "list.exists(x, x == 'y')",
      "map.all(k, k != 'y')",
      "a == b || a != same",
    ]) {
      const steps = stepsOf(text, values, evaluators.compiled);
      expect(costBound(treeOf(text), values)).toBeLessThan(8 * steps + 512);
    }
  });
});

describe("large texts in conditions that become code", () => {
  const big = "x".repeat(6 * 1024 * 1024);
  const others = Array.from({ length: 60 }, (_, index) => `'${"y".repeat(index + 1)}'`).join(", ");
  test.each([
    ["a list of texts", `args.a in [${others}]`],
    ["comparisons", Array.from({ length: 11 }, () => "args.a == args.b").join(" && ")],
    ["membership of a list", "args.a in args.list || args.b in args.list"],
    ["other texts", "args.a.startsWith('xx') && args.b.endsWith('x') && args.a.contains('xxxx')"],
  ])("decide alike, with generated code, closures and the reference: %s", (_, when) => {
    const bundle = bundleOf([
      `apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: p}
spec: {rules: [{id: grant, effect: allow, when: ${JSON.stringify(when)}}]}`,
    ]);
    const args = { a: big, b: big, list: [...Array.from({ length: 500 }, () => "z"), big] };
    const reading = readRequest({ agent: { id: "a" }, tool: { name: "t" }, args });
    if (!reading.ok) throw new Error("the request is not valid");
    const { request } = reading;
    const decisions = [
      createReferenceEngine(bundle),
      createEngine(bundle),
      createEngine(bundle, { codeGeneration: false }),
    ].map((engine) =>
      engine.decide({ request, external: {}, state: engine.createState(), nowMs: 0 }),
    );
    expect(decisions[1]).toEqual(decisions[0]);
    expect(decisions[2]).toEqual(decisions[0]);
    expect(decisions[0]?.code).not.toBe("eval_error");
  });
});
