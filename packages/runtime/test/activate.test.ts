import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createEngine, createReferenceEngine } from "@holdfast/engine";
import { readLog } from "@holdfast/log";
import { canonicalJson, decodeRecord } from "@holdfast/model";
import type { RecordOf } from "@holdfast/model";
import { DiagnosticsError, loadKeptBundle, openGuard, replayRecorded } from "@holdfast/runtime";
import type { Guard } from "@holdfast/runtime";
import { describe, expect, test } from "vitest";
import { faultFiles } from "./fault-files.ts";
import { policyText } from "./policy-set.ts";
import {
  dataDirectory,
  guardOn,
  pep,
  permitted,
  refused,
  request,
  scratch,
  testClock,
} from "./support.ts";

/** Policies as a guard takes them. */
function files(text: string): { path: string; text: string }[] {
  return [{ path: "policies/test.yaml", text }];
}

/** The set of the other tests with something replaced. */
function changed(from: string, to: string): { path: string; text: string }[] {
  if (!policyText.includes(from)) throw new Error(`the policies do not hold \`${from}\``);
  return files(policyText.replace(from, to));
}

/** Every refund needs a person; history is what it was. */
const strict = changed("args.amount > 1000", "args.amount > 0");
const refund = (): ReturnType<typeof request> => request("pay.refund", { amount: 1 });

async function failure(action: Promise<unknown>): Promise<unknown> {
  return action.then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function policyRecords(data: string): Promise<RecordOf<"policy">[]> {
  const found = [];
  for await (const { body } of readLog(data)) {
    const record = decodeRecord(body);
    if (record.kind === "policy") found.push(record);
  }
  return found;
}

/** Replays the log, each decision under its own bundle; gives how many there were. */
async function expectReplay(data: string, create = createReferenceEngine): Promise<number> {
  let count = 0;
  for await (const one of replayRecorded(data, create)) {
    expect(canonicalJson(one.recomputed)).toBe(canonicalJson(one.recorded));
    expect(one.state.recomputed).toBe(one.state.recorded);
    count += 1;
  }
  return count;
}

describe("activating policies", () => {
  test("decides by them from then on, on record, with their source kept", async () => {
    const guard = await guardOn(dataDirectory());
    const before = guard.bundle.digest;
    permitted(await guard.begin(refund()));
    const { bundle, previous } = await guard.activate(strict);
    expect(previous).toBe(before);
    expect(guard.bundle).toBe(bundle);
    expect(bundle.digest).not.toBe(before);
    const refusal = refused(await guard.begin(refund()));
    expect(refusal.decision).toMatchObject({ effect: "step_up", bundle: bundle.digest });
    await guard.close();
    expect(loadKeptBundle(guard.directory, bundle.digest).digest).toBe(bundle.digest);
    expect(await policyRecords(guard.directory)).toEqual([
      expect.objectContaining({ bundle: before }),
      expect.objectContaining({ bundle: bundle.digest, previous: before }),
    ]);
    expect(await expectReplay(guard.directory)).toBe(2);
  });

  test("reads the folder again that the guard was opened with", async () => {
    const folder = join(scratch(), "policies");
    mkdirSync(folder);
    writeFileSync(join(folder, "a.yaml"), policyText);
    const guard = await openGuard({ policies: folder, data: dataDirectory(), pep });
    permitted(await guard.begin(refund()));
    writeFileSync(join(folder, "a.yaml"), strict[0]?.text ?? "");
    await guard.activate();
    refused(await guard.begin(refund()));
    await guard.close();
  });

  test("that say the same leaves no record", async () => {
    const guard = await guardOn(dataDirectory());
    const { bundle, previous } = await guard.activate(files(`${policyText}\n# with a comment\n`));
    expect(bundle.digest).toBe(previous);
    expect(await policyRecords(guard.directory)).toHaveLength(1);
  });

  test("protects the files of the new ones from agents", async () => {
    const folder = join(scratch(), "other");
    mkdirSync(folder);
    writeFileSync(join(folder, "a.yaml"), policyText);
    const guard = await guardOn(dataDirectory());
    const write = () => guard.begin(request("fs.write", { path: join(folder, "a.yaml") }));
    permitted(await write());
    await guard.activate(folder);
    expect(refused(await write()).decision.rules).toEqual(["holdfast/protected-paths"]);
  });

  test.each([
    ["do not compile", files("kind: Nothing\n"), "policy_invalid"],
    [
      "do not know the environment",
      files(
        "{apiVersion: holdfast.dev/v1, kind: Settings, metadata: {name: settings}, spec: {environments: [moon]}}",
      ),
      "environment_unknown",
    ],
  ])("that %s leaves the old ones in force, and is recorded", async (_why, policies, code) => {
    const guard = await guardOn(dataDirectory());
    const { digest } = guard.bundle;
    const error = await failure(guard.activate(policies));
    expect(error).toMatchObject({ code });
    expect(error instanceof DiagnosticsError).toBe(code === "policy_invalid");
    expect(guard.bundle.digest).toBe(digest);
    permitted(await guard.begin(refund()));
    expect((await policyRecords(guard.directory)).at(-1)).toMatchObject({
      bundle: digest,
      refused: { code },
    });
    await guard.activate(strict);
    refused(await guard.begin(refund()));
  });

  test("whose record cannot be written puts nothing in force", async () => {
    const faults = faultFiles();
    const guard = await guardOn(dataDirectory(), { files: faults });
    const { digest } = guard.bundle;
    faults.fail("EIO");
    expect(await failure(guard.activate(strict))).toMatchObject({ code: "guard_unavailable" });
    expect(guard.bundle.digest).toBe(digest);
    expect(refused(await guard.begin(refund())).decision.code).toBe("audit_unavailable");
  });

  test("lets the old ones decide until its record is durable", async () => {
    const faults = faultFiles();
    const guard = await guardOn(dataDirectory(), { files: faults });
    const { digest } = guard.bundle;
    const release = faults.hold();
    const activation = guard.activate(strict);
    for (let turn = 0; turn < 50; turn += 1) await new Promise((done) => setImmediate(done));
    const asked = guard.begin(refund());
    expect((await guard.decide(refund())).bundle).toBe(digest);
    expect(guard.bundle.digest).toBe(digest);
    release();
    await activation;
    expect(permitted(await asked).decision.bundle).toBe(digest);
    expect(refused(await guard.begin(refund())).decision.bundle).toBe(guard.bundle.digest);
    await guard.close();
    expect(await expectReplay(guard.directory)).toBe(2);
  });

  test("of a closed guard is refused", async () => {
    const guard = await guardOn(dataDirectory());
    await guard.close();
    expect(await failure(guard.activate(strict))).toMatchObject({ code: "guard_unavailable" });
  });
});

describe("history across an activation", () => {
  test("keeps Events, Meters, restrictions, sessions, action ids and pins", async () => {
    const guard = await guardOn(dataDirectory());
    const session = { id: (await guard.openSession({ agent: "agent-1" })).id };
    await guard.registerTools("fs", [{ name: "write", description: "one" }]);
    await guard.registerTools("fs", [{ name: "write", description: "two" }]);
    permitted(await guard.begin(request("fs.read", {}, { session })));
    const spent = request("pay.refund", { amount: 8 });
    permitted(await guard.begin(spent));
    const trap = { session, agent: { id: "agent-2" } };
    const own = { id: (await guard.openSession({ agent: "agent-2" })).id };
    await guard.registerTools("fs", [{ name: "write", description: "one" }]);
    refused(
      await guard.begin(request("fs.write", { path: "honeypot" }, { ...trap, session: own })),
    );
    await guard.registerTools("fs", [{ name: "write", description: "two" }]);
    await guard.activate(changed("args.amount > 1000", "args.amount > 2000"));
    const post = refused(await guard.begin(request("web.post", {}, { session })));
    expect(post.decision.rules).toEqual(["narrow/after-untrusted"]);
    expect(refused(await guard.begin(request("pay.refund", { amount: 3 }))).decision.code).toBe(
      "limit",
    );
    expect(refused(await guard.begin(spent)).repeated).toBe(true);
    const contained = await guard.begin(request("fs.read", {}, { ...trap, session: own }));
    expect(refused(contained).decision.code).toBe("restricted");
    expect(refused(await guard.begin(request("fs.write"))).decision.code).toBe("registry");
    await guard.close();
    await expectReplay(guard.directory);
  });

  test("folds an Event with a new definition from the log", async () => {
    const guard = await guardOn(dataDirectory());
    const session = { id: (await guard.openSession({ agent: "agent-1" })).id };
    permitted(await guard.begin(request("note.add", {}, { session })));
    permitted(await guard.begin(request("web.post", {}, { session })));
    await guard.activate(changed("match: {labels: [untrusted]}", "match: {labels: [write]}"));
    const post = refused(await guard.begin(request("web.post", {}, { session })));
    expect(post.decision.rules).toEqual(["narrow/after-untrusted"]);
    await guard.close();
    await expectReplay(guard.directory);
  });

  test("folds an Event whose tool has other labels now, though its own words are the same", async () => {
    const guard = await guardOn(dataDirectory());
    const session = { id: (await guard.openSession({ agent: "agent-1" })).id };
    permitted(await guard.begin(request("fs.write", { path: "x" }, { session })));
    await guard.activate(
      changed("spec: {labels: [write], root", "spec: {labels: [write, untrusted], root"),
    );
    const post = refused(await guard.begin(request("web.post", {}, { session })));
    expect(post.decision.rules).toEqual(["narrow/after-untrusted"]);
  });

  test("folds a Meter with a new window from the log, settlements too", async () => {
    const clock = testClock();
    const guard = await guardOn(dataDirectory(), { clock });
    const settled = permitted(await guard.begin(request("pay.refund", { amount: 2 })));
    await guard.end(settled, { status: "success", cost: 9 });
    clock.pass(2 * 3_600_000);
    permitted(await guard.begin(request("pay.refund", { amount: 1 })));
    await guard.activate(changed("window: 1h", "window: 1d"));
    expect(refused(await guard.begin(request("pay.refund", { amount: 1 }))).decision.code).toBe(
      "limit",
    );
    await guard.close();
    await expectReplay(guard.directory);
  });
});

describe("an action permitted before an activation", () => {
  test("runs with the arguments that were decided, and its result is decided by the bundle in force", async () => {
    const guard = await guardOn(dataDirectory());
    const permit = permitted(
      await guard.begin(request("fs.write", { path: "report", content: "c" })),
    );
    const session = { id: (await guard.openSession({ agent: "agent-1" })).id };
    const read = permitted(await guard.begin(request("fs.read", {}, { session })));
    const results = "{id: withhold, effect: deny, when: 'has(result.text)";
    await guard.activate(
      files(
        policyText
          .replace("args.content + ' (signed)'", "args.content")
          .replace(`${results} && result.text.contains("poison")'}`, `${results}'}`),
      ),
    );
    expect(permit.args).toEqual({ path: "report", content: "c (signed)" });
    expect(permit.signal.aborted).toBe(false);
    expect(await guard.end(permit, { status: "success" })).toMatchObject({ released: true });
    const shown = await guard.end(read, { status: "success", result: { text: "plain" } });
    expect(shown).toMatchObject({
      released: false,
      decision: { rules: ["results/withhold"], bundle: guard.bundle.digest },
    });
    await guard.close();
    await expectReplay(guard.directory);
    await expectReplay(guard.directory, createEngine);
  });
});

/** Everything the agent could ask for next. */
function questions(session: { id: string }): ReturnType<typeof request>[] {
  return [
    request("web.post", {}, { session }),
    request("fs.read", { path: "x" }, { session }),
    request("pay.refund", { amount: 4 }, { session }),
    request("pay.refund", { amount: 1500 }, { session }),
    request("fs.write", { path: "report", content: "c" }, { session }),
    request("note.add", {}, { session }),
  ];
}

test("an activated bundle decides on what opening the guard under it would decide on", async () => {
  const clock = testClock();
  const guard = await guardOn(dataDirectory(), { clock });
  const session = { id: (await guard.openSession({ agent: "agent-1" })).id };
  const sets = [
    policyText,
    policyText.replace(
      "match: {labels: [untrusted]}, at: begin",
      "match: {labels: [write]}, at: begin",
    ),
    policyText.replace("window: 1h", "window: {calendar: day, zone: Europe/London}"),
    policyText.replace("reserve: args.amount, ", ""),
  ];
  let current: Guard = guard;
  for (let round = 0; round < 12; round += 1) {
    const text = sets[round % sets.length] ?? policyText;
    await current.activate(files(text));
    for (const tool of ["fs.write", "note.add", "pay.refund", "fs.read"].slice(
      0,
      1 + (round % 4),
    )) {
      const answer = await current.begin(request(tool, { amount: 1, path: "x" }, { session }));
      if (answer.granted && round % 2 === 0)
        await current.end(answer, { status: "success", cost: 2 });
    }
    clock.pass(round * 400_000);
    const asked = questions(session);
    const live = await Promise.all(asked.map((one) => current.decide(one)));
    await current.close();
    current = await guardOn(guard.directory, { clock, policy: text });
    const opened = await Promise.all(asked.map((one) => current.decide(one)));
    expect(live.map((one) => canonicalJson(one))).toEqual(opened.map((one) => canonicalJson(one)));
  }
  expect(readdirSync(join(guard.directory, "bundles"))).toHaveLength(sets.length);
  await current.close();
  expect(await expectReplay(guard.directory)).toBeGreaterThan(30);
});
