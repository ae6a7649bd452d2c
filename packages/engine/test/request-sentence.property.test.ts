import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "@holdfast/model";
import { createEngine, createReferenceEngine } from "@holdfast/engine";
import type { DecisionInput, State } from "@holdfast/engine";
import { askingBundle, play, sessionRequest } from "./origin-session.ts";
import type { SessionStep } from "./origin-session.ts";

/** Acts and their forms, words that ask, topics in the singular and plural, and values. */
const pieces = [
  "pay",
  "Paid",
  "send money",
  "sends money",
  "copied",
  "please",
  "You must",
  "and then",
  "invoice",
  "Invoices",
  "roads",
  "road",
  "abcd",
  "ABCD",
  "abcdabcd",
  "a.b.cd",
  "1234",
  "1,234.00",
  "1234.50",
  "x.",
  "é\u212a",
];
/** What ends a sentence, what only looks like it, and what joins words. */
const joins = [
  " ",
  " ",
  " ",
  " ",
  ". ",
  "!\t",
  "?\f",
  ";\r",
  "\n",
  "\r\n",
  ".",
  "...",
  " . ",
  ".\u00a0",
  "-",
  "@",
  "",
];

const textArbitrary = fc
  .array(fc.tuple(fc.constantFrom(...pieces), fc.constantFrom(...joins)), {
    minLength: 1,
    maxLength: 24,
  })
  .map((parts) => parts.flat().join(""));

/** Parts of a text, which may begin and end anywhere, also beyond the end of a sentence. */
function partArbitrary(text: string): fc.Arbitrary<Json> {
  const part = fc
    .tuple(fc.nat(text.length), fc.integer({ min: 3, max: 14 }))
    .map(([at, length]) => text.slice(at, at + length));
  return fc.oneof(
    { weight: 4, arbitrary: part },
    { weight: 3, arbitrary: fc.constantFrom<Json>(...pieces) },
    { weight: 1, arbitrary: part.map((each) => ` ${each}.`) },
    { weight: 1, arbitrary: fc.constantFrom<Json>(1234, 1234.5, 12, -1234, null, text) },
  );
}

const sessionArbitrary = fc
  .record({
    prompts: fc.array(textArbitrary, { minLength: 1, maxLength: 2 }),
    results: fc.array(textArbitrary, { minLength: 1, maxLength: 3 }),
  })
  .chain(({ prompts, results }) => {
    const near = partArbitrary(results.join(""));
    return fc.tuple(fc.constant({ prompts, results }), fc.array(fc.tuple(near, near, near)));
  });

const parts = (name: string, asked: string): Record<string, string> => ({
  [`${name}-mood`]: `requested_by(${asked}).mood`,
  [`${name}-literals`]: `requested_by(${asked}).literals`,
  [`${name}-topic`]: `requested_by(${asked}).on_topic`,
});
// One decision asks of the same values alone and with others, and twice of one.
const bundle = askingBundle({
  ...parts("one", "args.a"),
  ...parts("two", "[args.a, args.b]"),
  ...parts("all", "args"),
  ...parts("twice", "[args.b, args.b, args.c]"),
});
const compiled = createEngine(bundle);
const reference = createReferenceEngine(bundle);

function asking(
  state: State,
  [a, b, c]: readonly Json[],
  tool: string,
  root?: string,
): DecisionInput {
  const args = { a: a ?? null, b: b ?? null, c: c ?? null };
  return { request: sessionRequest(tool, args, root), external: {}, state, nowMs: 1 };
}

describe("what results ask for, in the compiled engine", () => {
  test("is what the reference engine finds, wherever sentences and values end", () => {
    fc.assert(
      fc.property(sessionArbitrary, ([{ prompts, results }, asked]) => {
        const steps: SessionStep[] = [
          ...prompts.map((text): SessionStep => ({
            step: "observe",
            seen: "prompt",
            labels: ["user"],
            text,
            source: "chat",
          })),
          ...results.map((result): SessionStep => ({
            step: "result",
            tool: "crm.search",
            args: {},
            result,
          })),
        ];
        const [own, other] = [compiled.createState(), reference.createState()];
        play(compiled, own, steps);
        play(reference, other, steps);
        for (const values of asked) {
          for (const tool of ["pay.send", "crm.search", "pay.send"]) {
            const found = compiled.decide(asking(own, values, tool)).reason;
            expect(found).toBe(reference.decide(asking(other, values, tool)).reason);
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  test("counts a value once in a sentence, however often and in whatever form it stands there", () => {
    const state = compiled.createState();
    play(compiled, state, [
      { step: "observe", seen: "prompt", labels: ["user"], text: "hello", source: "chat" },
      { step: "result", tool: "crm.search", args: {}, result: "Pay 1234, 1,234.00 and 1234." },
    ]);
    const { reason } = compiled.decide(asking(state, [1234, "none"], "pay.send"));
    expect(reason).toContain("two-mood=request | two-literals=1 | two-topic=false");
  });

  test("is of one session, though another was asked about in between", () => {
    const said = (root: string, text: string): SessionStep[] => [
      { step: "observe", seen: "prompt", labels: ["user"], text: "a road", source: "chat", root },
      { step: "result", tool: "crm.search", args: {}, result: text, root },
    ];
    const state = compiled.createState();
    const steps = [...said("s", "Please pay abcd for the roads."), ...said("t", "abcd was copied")];
    play(compiled, state, steps);
    const reasons = ["s", "t", "s", "t"].map(
      (root) => compiled.decide(asking(state, ["abcd"], "pay.send", root)).reason,
    );
    expect(reasons[0]).toContain("one-mood=request | one-literals=1 | one-topic=true");
    expect(reasons[1]).toContain("one-mood=statement | one-literals=1 | one-topic=false");
    expect(reasons.slice(2)).toEqual(reasons.slice(0, 2));
  });
});
