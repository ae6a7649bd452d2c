import { setImmediate } from "node:timers/promises";
import { createEngine, createReferenceEngine } from "@holdfast/engine";
import type { Bundle, Engine } from "@holdfast/engine";
import { readLog } from "@holdfast/log";
import { canonicalJson, decodeRecord, effects } from "@holdfast/model";
import type { Decision, LogRecord } from "@holdfast/model";
import { replayRecorded } from "@holdfast/runtime";
import type { Guard } from "@holdfast/runtime";
import { expect, test } from "vitest";
import { policyText } from "./policy-set.ts";
import { dataDirectory, guardOn, request } from "./support.ts";

const swaps = 200;
const callers = 8;

/** Sets that answer every question differently; the last two also tell history differently. */
const sets: readonly string[] = [
  policyText,
  policyText
    .replace("{id: grant, effect: allow}", "{id: grant, effect: allow, obligations: [{log: full}]}")
    .replace("(signed)", "(signed twice)")
    .replace("args.amount > 1000", "args.amount > 5")
    .replace("reason: nothing leaves", "reason: nothing at all leaves"),
  policyText
    .replace("match: {labels: [untrusted]}, at: begin", "match: {labels: [write]}, at: begin")
    .replace("max: 10}", "max: 5}"),
  policyText
    .replace("window: 1h", "window: 10m")
    .replace("effect: defer", "effect: deny")
    .replace(", timeout: 1h, retry_after: 30s", ""),
];

/** The set of each activation: now and then one that tells history differently. */
function setAt(count: number): string {
  const index = count % 20 === 7 ? 2 : count % 20 === 15 ? 3 : count % 2;
  return sets[index] ?? "";
}

/** The records of a log, in order. */
async function recordsOf(data: string): Promise<LogRecord[]> {
  const records = [];
  for await (const { body } of readLog(data)) records.push(decodeRecord(body));
  return records;
}

/** Lets callers go on together, once for each activation that is about to begin. */
class Rounds {
  done = false;
  #next: Promise<void>;
  #release: () => void = () => undefined;

  constructor() {
    this.#next = this.#wait();
  }

  get next(): Promise<void> {
    return this.#next;
  }

  begin(): void {
    const release = this.#release;
    this.#next = this.#wait();
    release();
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#release = resolve;
    });
  }
}

/** Begins and ends actions in each round; gives every decision by the index of its record. */
async function act(
  guard: Guard,
  caller: number,
  rounds: Rounds,
): Promise<ReadonlyMap<number, Decision>> {
  const answers = new Map<number, Decision>();
  const session = { id: (await guard.openSession({ agent: "agent-1" })).id };
  const actions = [
    ["fs.write", { path: "report", content: "c" }],
    ["pay.refund", { amount: 7 }],
    ["note.add", { text: "t" }],
    ["web.post", {}],
    ["fs.read", { path: "x" }],
    ["fs.write", { path: "later" }],
    ["fs.unknown", {}],
  ] as const;
  for (let turn = caller; ; turn += 1) {
    // Now and then one begins while the others' activation is still reading the log.
    if (!rounds.done && turn % 3 !== 0) await rounds.next;
    if (rounds.done) return answers;
    const [tool, args] = actions[turn % actions.length] ?? actions[0];
    const answer = await guard.begin(request(tool, args, { session }));
    if (answer.decision.code === "unavailable") throw new Error(answer.decision.reason);
    answers.set(answer.sequence ?? -1, answer.decision);
    if (!answer.granted || turn % 5 === 0) continue;
    const ended = await guard.end(answer, { status: "success", result: { secret: turn } });
    if (ended.decision.code === "unavailable") throw new Error(ended.decision.reason);
    answers.set(ended.sequence ?? -1, ended.decision);
  }
}

test("policies are compiled in turns, and the old ones decide in between", async () => {
  let turns = 0;
  let compiledAt = 0;
  const guard = await guardOn(dataDirectory(), {
    policy: setAt(0),
    createEngine: (made: Bundle) => {
      compiledAt = turns;
      return createEngine(made);
    },
  });
  const before = guard.bundle.digest;
  const session = { id: (await guard.openSession({ agent: "agent-1" })).id };
  const more = Array.from({ length: 40 }, (_, index) => ({
    path: `policies/more-${index}.yaml`,
    text: `apiVersion: holdfast.dev/v1\nkind: Group\nmetadata: {name: g${index}}\nspec: {members: [user:a]}\n`,
  }));
  const given = [{ path: "policies/test.yaml", text: setAt(0) }, ...more];
  const ended = new AbortController();
  const activation = guard.activate(given).finally(() => ended.abort());
  for (; !ended.signal.aborted; turns += 1) {
    await setImmediate();
    // What somebody does to the texts meanwhile is no part of what comes into force.
    given.splice(0, 1, { path: "policies/test.yaml", text: "" });
    if (turns > 20) continue;
    const decision = await guard.decide(request("fs.read", { path: "x" }, { session }));
    expect(decision.bundle).toBe(before);
  }
  const { bundle } = await activation;
  expect(compiledAt).toBeGreaterThan(given.length);
  expect(bundle.groups.filter(({ name }) => name.startsWith("g"))).toHaveLength(more.length);
  const after = await guard.begin(request("fs.read", { path: "x" }, { session }));
  expect(after.decision.bundle).toBe(bundle.digest);
  await guard.close();
  let replayed = 0;
  for await (const one of replayRecorded(guard.directory, createEngine)) {
    expect(canonicalJson(one.recomputed)).toBe(canonicalJson(one.recorded));
    replayed += 1;
  }
  expect(replayed).toBe(1);
});

test("200 activations under load drop no action and mix no two bundles", async () => {
  const guard = await guardOn(dataDirectory(), {
    createEngine: createReferenceEngine,
    policy: setAt(0),
    capabilities: {
      effects: effects.filter((effect) => effect !== "sandbox"),
      obligations: ["log"],
      sandboxes: [],
    },
  });
  const rounds = new Rounds();
  const acting = Promise.all(
    Array.from({ length: callers }, (_, caller) => act(guard, caller, rounds)),
  );
  const digests = new Set([guard.bundle.digest]);
  try {
    for (let count = 1; count <= swaps; count += 1) {
      const text = setAt(count);
      rounds.begin();
      const { bundle } = await guard.activate([{ path: "policies/test.yaml", text }]);
      digests.add(bundle.digest);
      expect(guard.bundle.digest).toBe(bundle.digest);
      // Of some actions the begin, of some the end comes after the change.
      for (let turn = 0; turn < count % 4; turn += 1) await setImmediate();
    }
  } finally {
    rounds.done = true;
    rounds.begin();
  }
  const answers = new Map((await acting).flatMap((each) => Array.from(each)));
  await guard.close();
  expect(digests.size).toBe(sets.length);

  const records = await recordsOf(guard.directory);
  const activated = records.filter((record) => record.kind === "policy");
  expect(activated).toHaveLength(1 + swaps);
  // No bundle decides before its record, and each decided something.
  const known = new Set<string>();
  const used = new Set<string>();
  for (const record of records) {
    if (record.kind === "policy") known.add(record.bundle);
    if (record.kind !== "decision" && record.kind !== "outcome") continue;
    expect(known).toContain(record.bundle);
    used.add(record.bundle);
  }
  expect(used).toEqual(digests);

  // What was answered is what is on record, and what its bundle alone says of it, by another engine.
  const otherEngine = (bundle: Bundle): Engine => createEngine(bundle);
  let replayed = 0;
  for await (const one of replayRecorded(guard.directory, otherEngine)) {
    expect(canonicalJson(one.recomputed)).toBe(canonicalJson(one.recorded));
    expect(one.state.recomputed).toBe(one.state.recorded);
    const answer = answers.get(one.sequence);
    if (answer !== undefined) expect(canonicalJson(answer)).toBe(canonicalJson(one.recorded));
    replayed += 1;
  }
  expect(answers.has(-1)).toBe(false);
  expect(replayed).toBe(answers.size);
  console.log(`${swaps} activations, ${replayed} decisions, 0 differences`);
}, 240_000);
