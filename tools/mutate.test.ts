import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { shuffled } from "./mutate/campaign.ts";
import { runMutateCommand } from "./mutate/command.ts";
import { mutantsOf } from "./mutate/mutant.ts";
import { reportText } from "./mutate/report.ts";
import { runMutation } from "./mutate/run.ts";
import { parseSource, withProbes } from "./mutate/site.ts";
import { explanationsFrom } from "./mutate/survivor.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const silent = { say: () => undefined, onTrial: () => undefined };

/** `mutator: text after the change` of every mutant of a line. */
function mutants(text: string): readonly string[] {
  const found = mutantsOf(parseSource("line.ts", text));
  return found.map(({ mutator, after }) => `${mutator}: ${after}`);
}

describe("mutants of", () => {
  test.each([
    ["if (a) b();", ["condition negated: if (!(a)) b();", "call removed: if (a) ;"]],
    ["while (!a) b = c;", ["condition negated: while (!(!a)) b = c;"]],
    ["x = !a;", ["negation removed: x = (a);"]],
    ["x = a < b;", ["boundary moved: x = ((a) <= (b));"]],
    ["x = a >= b;", ["boundary moved: x = ((a) > (b));"]],
    ["x = a === b;", ["equality swapped: x = ((a) !== (b));"]],
    ["x = a && b;", ["logic swapped: x = ((a) || (b));"]],
    ["x = a ?? b;", ["fallback fixed: x = (a);", "fallback fixed: x = (b);"]],
    ["x = a?.b?.[c];", ["optional chain removed: x = a?.b[c];"]],
    ["x = a?.b?.[c];", ["optional chain removed: x = a.b?.[c];"]],
    ["x = a ? b : c;", ["branch fixed: x = (b);", "branch fixed: x = (c);"]],
    ["x = a + b;", ["arithmetic swapped: x = ((a) - (b));"]],
    ["x += 5;", ["assignment swapped: x -= 5;", "number moved: x += 6;", "number moved: x += 4;"]],
    ["x++;", ["step reversed: x--;", "assignment removed: ;"]],
    ["x = true;", ["boolean flipped: x = false;"]],
    ["x = 0n;", ["number moved: x = 1n;"]],
    ["x = 'a';", ['text emptied: x = "";']],
    ["x = `a${b}`;", ["text emptied: x = ``;"]],
    ["x = [a, ...b];", ["element removed: x = [...b];", "element removed: x = [a];"]],
    ["x = { ...a, b };", ["spread removed: x = { b };"]],
    ["x = a.some(b);", ["method swapped: x = a.every(b);"]],
    ["x = Math.min(a, b);", ["method swapped: x = Math.max(a, b);"]],
    ["x = a.filter(b);", ["arrangement removed: x = (a);"]],
    ["x = () => a.has(b);", ["return replaced: x = () => true;"]],
    ["x = () => a.map(b);", ["return replaced: x = () => [];"]],
    ["x = () => a;", ["return replaced: x = () => undefined;"]],
    ["for (const x of y) { if (a) continue; }", ["exit removed: for (const x of y) { if (a) ; }"]],
    ["function f() { if (a) return; b(); }", ["exit removed: function f() { if (a) ; b(); }"]],
    ["throw new Error();", ["exit removed: ;"]],
  ])("`%s`", (text, wanted) => {
    expect(mutants(text)).toEqual(expect.arrayContaining(wanted));
  });

  test.each([
    'import { a } from "b";',
    'export { a } from "b";',
    "type T = 'a' | 1 | true;",
    "interface I { readonly a?: 'b' }",
    "const x: 'a' = y as 'a';",
    "// if (a) return true",
    "'use strict';",
  ])("what is no code are none: `%s`", (text) => {
    expect(mutants(text)).toEqual([]);
  });

  test("the words of an error that a bug throws are none, those of a failure are", () => {
    expect(mutants('throw new RangeError("odd");')).toEqual(["exit removed: ;"]);
    expect(mutants('x = new Failure("odd");')).toContain('text emptied: x = new Failure("");');
  });

  test("the parts of joined text have no difference", () => {
    expect(mutants("x = a + 'b' + c;")).not.toContainEqual(expect.stringMatching("arithmetic"));
  });

  test("those of a value under a type are found", () => {
    expect(mutants("x = (true as boolean) satisfies unknown;")).toContain(
      "boolean flipped: x = (false as boolean) satisfies unknown;",
    );
  });
});

test("a probe stands in everything that may run or not", () => {
  const text = "const f = (a) => a && (b ? c : d);\nfunction g() { if (x) return; y(); }";
  expect(withProbes(parseSource("probe.ts", text), "p")).toBe(
    "const f = (a) => (p(1),a && (p(2),(b ? (p(3),c) : (p(4),d))));\n" +
      "function g() { p(5);if (x) {p(6);return;} p(7);y(); }",
  );
});

describe("a run", () => {
  const order = {
    root,
    paths: ["test/fixtures/mutate/toll.ts"],
    tests: ["test/fixtures/mutate/toll-suite.ts"],
    minutes: 2,
    seed: 1,
    processes: 1,
    slackMs: 300,
    explanations: [
      {
        path: "test/fixtures/mutate/toll.ts",
        mutator: "fallback fixed",
        before:
          "for (let index = 0; index < amounts.length; index += 1) total += amounts[index] ?? 0;",
        after: "for (let index = 0; index < amounts.length; index += 1) total += (amounts[index]);",
        reason: "an index below the length has an amount",
      },
    ],
  };

  test("finds exactly the mutants that a weak suite lets live", async () => {
    const report = await runMutation(order, silent);
    const lived = report.survivors.map(({ line, fate, after, reason }) =>
      [line, fate, after, ...(reason === undefined ? [] : ["explained"])].join(" | "),
    );
    const loop = (test: string, added: string): string =>
      `for (let index = 0; ${test}; index += 1) total += ${added};`;
    expect(lived).toEqual([
      "3 | survived | if (((amount) <= (0))) return false;",
      "3 | survived | if (amount < 1) return false;",
      "4 | survived | return ((amount) < (most));",
      `9 | survived | ${loop("index < amounts.length", "(amounts[index])")} | explained`,
      `9 | survived | ${loop("((index) <= (amounts.length))", "amounts[index] ?? 0")}`,
      `9 | not covered | ${loop("index < amounts.length", "amounts[index] ?? 1")}`,
      "14 | not covered | return undefined;",
      '14 | not covered | return "";',
    ]);
    // Two mutants of the loop never end, and are killed for it.
    expect(report.total).toEqual({
      mutants: 23,
      tried: 23,
      killed: 13,
      timedOut: 2,
      survived: 5,
      notCovered: 3,
      explained: 1,
      score: 65.2,
    });
    expect(reportText(report)).toContain("8 of 23 mutants lived, 1 of them explained");
  });
});

test("the seed alone decides the order of mutants", () => {
  const all = mutantsOf(parseSource("order.ts", "x = [1, 2, 3, 4, 5, 6, 7, 8, 9];"));
  expect(shuffled(all, 7)).toEqual(shuffled(all, 7));
  expect(shuffled(all, 7)).not.toEqual(shuffled(all, 8));
  expect(new Set(shuffled(all, 7))).toEqual(new Set(all));
});

describe("an explanation", () => {
  const text = "x = a < b;";
  const explanation = {
    path: "place.ts",
    mutator: "boundary moved",
    before: "x = a < b;",
    after: "x = ((a) <= (b));",
    reason: "a is never b",
  };

  test("is found wherever its line stands, and only while the line says the same", () => {
    const { reasonFor, staleAmong } = explanationsFrom([explanation]);
    const moved = mutantsOf(parseSource("place.ts", `\n\n  ${text}`));
    expect(moved.map(reasonFor)).toContain("a is never b");
    expect(staleAmong(moved)).toEqual([]);
    const changed = mutantsOf(parseSource("place.ts", "x = a < c;"));
    expect(changed.map(reasonFor)).not.toContain("a is never b");
    expect(staleAmong(changed)).toEqual([explanation]);
  });

  test("is not given twice", () => {
    expect(() => explanationsFrom([explanation, explanation])).toThrow("explained twice");
  });
});

test("arguments that make no sense are told from a score that is too low", async () => {
  vi.spyOn(console, "log").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
  expect(await runMutateCommand(["--minutes", "none"])).toBe(2);
  expect(await runMutateCommand(["--sed", "1"])).toBe(2);
  expect(await runMutateCommand(["--help"])).toBe(0);
});
