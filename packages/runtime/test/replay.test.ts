import { createReferenceEngine } from "@holdfast/engine";
import type { Bundle, Engine } from "@holdfast/engine";
import { canonicalJson } from "@holdfast/model";
import { loadKeptBundle, replayLog } from "@holdfast/runtime";
import type { ReplayedDecision } from "@holdfast/runtime";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { everyDecision, play } from "./scenario.ts";
import type { Step } from "./scenario.ts";
import { dataDirectory, guardOn, request, testClock } from "./support.ts";

/** Replays a log and expects every decision, and the state it read, to come out the same. */
async function expectSame(data: string, engine: Engine): Promise<ReplayedDecision[]> {
  const replayed = [];
  for await (const one of replayLog(data, engine)) {
    expect(canonicalJson(one.recomputed)).toBe(canonicalJson(one.recorded));
    expect(one.state.recomputed).toBe(one.state.recorded);
    replayed.push(one);
  }
  return replayed;
}

describe("replay", () => {
  test("recomputes every recorded decision to the same bytes, from the kept source", async () => {
    const clock = testClock();
    const data = dataDirectory();
    const guard = await guardOn(data, { clock });
    await play(guard, everyDecision, clock);
    await guard.begin({ ...request("fs.write"), session: { id: "not-mine" } });
    await guard.begin(request("fs.write", { path: `${data}/x` }));
    await guard.begin({ agent: { id: "agent-1" }, tool: { name: "" } });
    const { digest } = guard.bundle;
    await guard.close();
    const engine = createReferenceEngine(loadKeptBundle(data, digest));
    const replayed = await expectSame(data, engine);
    const found = new Set(
      replayed.map(({ phase, recorded: { effect, code } }) => `${phase} ${effect} ${code}`),
    );
    expect([...found].toSorted()).toEqual([
      "call allow rule",
      "call contain rule",
      "call defer rule",
      "call deny default_deny",
      "call deny eval_error",
      "call deny invalid_request",
      "call deny registry",
      "call deny restricted",
      "call deny rule",
      "call modify rule",
      "call step_up rule",
      "call throttle limit",
      "result allow rule",
      "result contain rule",
      "result modify rule",
    ]);
  });

  test("also across a restart, and with what an engine's failure left", async () => {
    const data = dataDirectory();
    const clock = testClock();
    const createEngine = (bundle: Bundle): Engine => {
      const engine = createReferenceEngine(bundle);
      return {
        ...engine,
        decide(input) {
          if (input.request.args["path"] === "crash") throw new Error("planted");
          return engine.decide(input);
        },
      };
    };
    for (let round = 0; round < 2; round += 1) {
      const guard = await guardOn(data, { clock, createEngine });
      await guard.begin(request("fs.write", { path: "crash" }));
      await play(guard, everyDecision, clock);
      await guard.close();
    }
    const guard = await guardOn(data);
    await expectSame(data, createReferenceEngine(guard.bundle));
  });

  test("under another bundle tells what would have differed", async () => {
    const clock = testClock();
    const data = dataDirectory();
    const guard = await guardOn(data, { clock });
    await play(guard, everyDecision, clock);
    await guard.close();
    const empty = await guardOn(dataDirectory(), { policy: "" });
    for await (const { phase, recomputed } of replayLog(
      data,
      createReferenceEngine(empty.bundle),
    )) {
      expect(recomputed.effect).toBe(phase === "call" ? "deny" : "allow");
    }
  });

  test("holds for any sequence of actions", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { maxLength: 12 }), async (sequence) => {
        const clock = testClock();
        const guard = await guardOn(dataDirectory(), { clock });
        await play(guard, sequence, clock);
        await guard.close();
        await expectSame(guard.directory, createReferenceEngine(guard.bundle));
      }),
      { numRuns: 25 },
    );
  });
});

const paths = fc.constantFrom("x", "report", "divert", "later", "honeypot", "secret-place");
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("act" as const),
    tool: fc.constantFrom("fs.write", "fs.read", "web.post", "note.add", "fs.unknown"),
    args: fc.record({ path: paths, content: fc.string() }, { requiredKeys: ["path"] }),
  }),
  fc.record({
    kind: fc.constant("act" as const),
    tool: fc.constant("pay.refund"),
    args: fc.record({ amount: fc.constantFrom<number | string>(1, 4, 9.5, -1, 5000, "7") }),
  }),
  fc.record({
    kind: fc.constant("finish" as const),
    success: fc.boolean(),
    result: fc.constantFrom(
      "ok",
      { text: "t" },
      { text: "poison" },
      { text: "worm" },
      { secret: 1 },
    ),
    cost: fc.constantFrom(0, 3, 12),
  }),
  fc.constant<Step>({ kind: "repeat" }),
  fc.record({
    kind: fc.constant("wait" as const),
    ms: fc.constantFrom(1, 60_000, 700_000, 3_700_000),
  }),
  fc.record({ kind: fc.constant("list" as const), description: fc.constantFrom("one", "two") }),
);
