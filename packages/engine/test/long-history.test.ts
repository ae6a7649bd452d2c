import { expect, test } from "vitest";
import { canonicalJson, readRequest } from "@holdfast/model";
import type { Request } from "@holdfast/model";
import { createEngine, createReferenceEngine } from "@holdfast/engine";
import type { DecisionInput, Engine, Occurrence, State } from "@holdfast/engine";
import { bundleOf } from "./decision-case.ts";

/**
 * Histories longer than any case: the compiled engine sums up, keeps places to begin looking and
 * forgets what can no longer count, and must still say what the reference says.
 */
const start = Date.UTC(2026, 9, 24, 20);

function bundleWith(window: string): ReturnType<typeof bundleOf> {
  return bundleOf([
    "{apiVersion: holdfast.dev/v1, kind: Tool, metadata: {name: a.pay}, spec: {labels: [money]}}",
    "{apiVersion: holdfast.dev/v1, kind: Event, metadata: {name: e}, spec: {at: begin, key: [agent.id]}}",
    `{apiVersion: holdfast.dev/v1, kind: Meter, metadata: {name: m}, spec: {reserve: args.n, settle: outcome.cost, key: [agent.id], window: ${window}}}`,
    `{apiVersion: holdfast.dev/v1, kind: Policy, metadata: {name: p}, spec: {rules: [{id: grant, effect: allow}, {id: full, effect: deny, limit: {meter: m, max: 40}}, {id: often, effect: deny, when: "count('e', duration('90s')) > 3", reason: "{count('e', duration('10m'))} and {count('e', duration('1ms'))}"}]}}`,
  ]);
}

function requestOf(id: string, n: number, cost?: number): Request {
  const reading = readRequest({
    id,
    agent: { id: "bot" },
    tool: { server: "a", name: "pay" },
    args: { n },
    ...(cost === undefined
      ? {}
      : {
          action: { phase: "result" },
          result: {},
          outcome: { status: "success", durationMs: 1, cost },
        }),
  });
  if (!reading.ok) throw new Error("not a request");
  return reading.request;
}

const granted = {
  effect: "allow",
  code: "rule",
  rules: [],
  reason: "",
  obligations: [],
  bundle: "sha256:0",
} as const;
const decision = { ...granted, rules: [], obligations: [] };

/** What happens at a step: times mostly go on, now and then a clock goes back. */
function occurrencesAt(step: number, nowMs: number): readonly Occurrence[] {
  const amount = [0.1, 3, 0.7, 11, 2][step % 5] ?? 0;
  const input = { request: requestOf(`a${step}`, amount), external: {}, nowMs };
  const begun = { kind: "decision", sequence: 2 * step, input, decision, granted: true } as const;
  if (step % 3 !== 0) return [begun];
  const ended = { ...input, request: requestOf(`a${step - 1}`, amount, step % 7) };
  const nothingSent = step % 4 === 0;
  const end = { kind: "outcome", sequence: 2 * step + 1, input: ended, decision } as const;
  return [begun, { ...end, simulated: false, nothingSent }];
}

const calendar = (unit: string, zone: string): string => `{calendar: ${unit}, zone: ${zone}}`;

test.each([
  ["64s", 700, 2_600],
  ["64s", 97_000, 200],
  ["10m", 700, 1_400],
  ["1h", 700, 2_600],
  ["1h", 97_000, 400],
  [calendar("hour", "UTC"), 97_000, 300],
  [calendar("day", "Europe/London"), 97_000, 400],
  [calendar("day", "Europe/London"), 5_000_000, 200],
  [calendar("week", "America/New_York"), 5_000_000, 400],
  [calendar("month", "Asia/Kathmandu"), 50_000_000, 200],
])(
  "a window of %s is summed alike over actions that are %d ms apart",
  (window, strideMs, steps) => {
    const bundle = bundleWith(window);
    const sides = [createReferenceEngine(bundle), createEngine(bundle)].map(
      (engine): { engine: Engine; state: State } => ({ engine, state: engine.createState() }),
    );
    const asked = requestOf("now", 1);
    let nowMs = start;
    for (let step = 1; step <= steps; step += 1) {
      nowMs += step % 17 === 0 ? -3 * strideMs : strideMs;
      for (const occurrence of occurrencesAt(step, nowMs)) {
        for (const { engine, state } of sides) engine.fold(state, occurrence);
      }
      if (step % 83 !== 0 && step > 12) continue;
      // Asked now, a little later and, after that, a little earlier again.
      for (const atMs of [nowMs, nowMs + 2 * strideMs, nowMs - strideMs]) {
        const [reference, compiled] = sides.map(({ engine, state }) => {
          const input: DecisionInput = { request: asked, external: {}, state, nowMs: atMs };
          const { events: _events, ...slice } = engine.slice(input);
          return canonicalJson({ decision: { ...engine.decide(input) }, slice });
        });
        expect(compiled).toBe(reference);
      }
    }
    const [reference, compiled] = sides.map(({ engine, state }) =>
      canonicalJson(engine.slice({ request: asked, external: {}, state, nowMs })),
    );
    expect(compiled).toBe(reference);
  },
);
