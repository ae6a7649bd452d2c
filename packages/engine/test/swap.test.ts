import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { canonicalJson, readRequest } from "@holdfast/model";
import type { Decision, Request } from "@holdfast/model";
import { createEngine, createReferenceEngine, historyDigest } from "@holdfast/engine";
import type { Bundle, Engine } from "@holdfast/engine";
import { bundleOf } from "./decision-case.ts";

const swaps = 10_000;
const callers = 8;

/** Two sets that say everything differently but what history is. */
function setOf(name: "mild" | "harsh"): Bundle {
  const mild = name === "mild";
  return bundleOf([
    document("Tool", "pay.refund", "{labels: [money]}"),
    document("Tool", "fs.read", "{labels: [read, untrusted]}"),
    document("Tool", "web.post", "{labels: [egress]}"),
    document("Event", "seen", "{match: {labels: [untrusted]}, at: begin, key: [session.id]}"),
    document(
      "Meter",
      "spent",
      "{match: {tools: [pay.refund]}, reserve: args.amount, key: [agent.id], window: 1h}",
    ),
    // One name in both, so that nothing remembered by name could pass for the other.
    document(
      "Policy",
      "base",
      `
      rules:
        - {id: read, effect: allow, when: 'tool.name == "read"', obligations: [{notify: ${name}}]}
        - {id: pay, effect: allow, when: 'tool.name == "refund" && args.amount < ${mild ? 100 : 50}'}
        - {id: post, effect: allow, when: 'tool.name == "post"'}
        - {id: sign, effect: modify, when: 'tool.name == "post"', set: {args.text: "args.text + ' (${name})'"}}
        - {id: tainted, effect: ${mild ? "defer, timeout: 1h" : "deny"}, when: 'tool.name == "post" && happened("seen")', reason: '${name} {agent.id}'}
        - {id: budget, effect: ${mild ? "throttle" : "deny"}, when: 'tool.name == "refund"', limit: {meter: spent, max: ${mild ? 700 : 400}}}
    `,
    ),
  ]);
}

function document(kind: string, name: string, spec: string): string {
  return `apiVersion: holdfast.dev/v1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: ${spec}`;
}

function asked(count: number): { tool: string; args: object } {
  switch (count % 4) {
    case 0:
      return { tool: "fs.read", args: {} };
    case 1:
      return { tool: "pay.refund", args: { amount: count % 120 } };
    case 2:
      return { tool: "web.post", args: { text: "t" } };
    default:
      return { tool: "web.delete", args: {} };
  }
}

function requestOf(count: number): Request {
  const { tool, args } = asked(count);
  const [server = "", name = ""] = tool.split(".");
  const reading = readRequest({
    id: `a${count}`,
    agent: { id: `agent-${count % 3}` },
    tool: { server, name },
    session: { id: `s${count % 7}` },
    args,
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.request;
}

test("10,000 swaps of bundles under load leave no decision that is not wholly of one bundle", async () => {
  const bundles = [setOf("mild"), setOf("harsh")] as const;
  expect(historyDigest(bundles[0])).toBe(historyDigest(bundles[1]));
  const make = (count: number): Engine => {
    const bundle = bundles[count % 2 === 0 ? 0 : 1];
    return createEngine(bundle, { codeGeneration: count % 4 < 2 });
  };
  const references = new Map(bundles.map((one) => [one.digest, createReferenceEngine(one)]));
  const inForce = { engine: make(0) };
  const state = inForce.engine.createState();
  const wanted = createReferenceEngine(bundles[0]).createState();
  const seen = new Map<string, number>();
  const progress = { swapped: 0 };
  let count = 0;

  /** Asks what is in force, and what the bundle it names would say. */
  const ask = (): void => {
    const { engine } = inForce;
    count += 1;
    const input = { request: requestOf(count), external: {}, nowMs: count * 20_000 };
    const decision = engine.decide({ ...input, state });
    const reference = references.get(decision.bundle);
    if (reference === undefined) throw new Error(`no bundle is \`${decision.bundle}\``);
    const expected = reference.decide({ ...input, state: wanted });
    if (canonicalJson(decision) !== canonicalJson(expected)) expect(decision).toEqual(expected);
    expect(decision.bundle).toBe(engine.bundle.digest);
    const occurrence = {
      kind: "decision",
      sequence: count,
      input,
      decision,
      granted: runs(decision),
    } as const;
    engine.fold(state, occurrence);
    reference.fold(wanted, occurrence);
    const told = `${decision.effect} ${decision.code} ${decision.bundle}`;
    seen.set(told, (seen.get(told) ?? 0) + 1);
  };
  const call = async (caller: number): Promise<void> => {
    for (let turn = 0; progress.swapped < swaps; turn += 1) {
      ask();
      // Some come back in the same turn of the event loop, some in a later one.
      if ((turn + caller) % 3 === 0) await Promise.resolve();
      else await setImmediate();
    }
  };
  const swap = async (): Promise<void> => {
    while (progress.swapped < swaps) {
      progress.swapped += 1;
      inForce.engine = make(progress.swapped);
      if (progress.swapped % 5 === 0) await setImmediate();
      else await Promise.resolve();
    }
  };
  await Promise.all([swap(), ...Array.from({ length: callers }, (_, caller) => call(caller))]);
  expect(progress.swapped).toBe(swaps);
  expect(count).toBeGreaterThan(swaps);
  for (const { digest } of bundles) {
    const effects = [...seen.keys()].filter((told) => told.endsWith(digest)).toSorted();
    expect(effects.length).toBeGreaterThanOrEqual(4);
  }
  console.log(`${swaps} swaps, ${count} decisions`);
}, 240_000);

function runs({ effect }: Decision): boolean {
  return effect === "allow" || effect === "modify";
}
