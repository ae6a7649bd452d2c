import { readLog } from "@holdfast/log";
import { decodeRecord } from "@holdfast/model";
import type { LogRecord } from "@holdfast/model";
import { Refusal } from "@holdfast/runtime";
import type { Guard } from "@holdfast/runtime";
import { describe, expect, test } from "vitest";
import { dataDirectory, guardOn, permitted, pep, refused, request, testClock } from "./support.ts";

async function records(guard: Guard): Promise<LogRecord[]> {
  const found: LogRecord[] = [];
  for await (const { body } of readLog(guard.directory)) found.push(decodeRecord(body));
  return found;
}

const leads = { credential: "token:b" };

describe("begin", () => {
  test("gives a permit with the decided arguments, and its record is on disk", async () => {
    const guard = await guardOn(dataDirectory());
    const asked = request("fs.write", { path: "report", content: "done" });
    const permit = permitted(await guard.begin(asked));
    expect(permit.decision.effect).toBe("modify");
    expect(permit.args).toEqual({ path: "report", content: "done (signed)" });
    const record = (await records(guard))[permit.sequence];
    expect(record).toMatchObject({
      kind: "decision",
      granted: true,
      effect: "modify",
      rules: ["narrow/sign"],
      pep,
      bundle: guard.bundle.digest,
    });
  });

  test("nobody can change what was decided: neither who asked nor who executes", async () => {
    const guard = await guardOn(dataDirectory());
    const args = { path: "x", deep: { list: [1] } };
    const asked = guard.begin(request("fs.write", args));
    args.deep.list.push(2);
    const permit = permitted(await asked);
    expect(permit.args).toEqual({ path: "x", deep: { list: [1] } });
    expect(Object.isFrozen(permit.args["deep"])).toBe(true);
  });

  test("what nothing grants is denied, recorded, and told without naming the policy", async () => {
    const guard = await guardOn(dataDirectory());
    const refusal = refused(await guard.begin(request("fs.remove", { path: "x" })));
    expect(refusal.decision.code).toBe("default_deny");
    expect((await records(guard))[refusal.sequence ?? -1]).toMatchObject({ granted: false });
    expect(refusal.message).toMatch(/^Holdfast did not run fs\.remove: .* Do not retry/u);
  });

  test("an empty policy set denies everything", async () => {
    const guard = await guardOn(dataDirectory(), { policy: "" });
    expect(refused(await guard.begin(request("fs.read"))).decision.effect).toBe("deny");
  });

  test("a throttle says when to come back, and then lets the action through", async () => {
    const clock = testClock();
    const guard = await guardOn(dataDirectory(), { clock });
    permitted(await guard.begin(request("pay.refund", { amount: 10 })));
    // Half a bucket later, so that the first charge leaves the window within its length.
    clock.pass(30_000);
    const refusal = refused(await guard.begin(request("pay.refund", { amount: 1 })));
    expect(refusal.decision.effect).toBe("throttle");
    expect(refusal.message).toMatch(/Try again in \d+ seconds\.$/u);
    clock.pass((refusal.retryAfterMs ?? Number.NaN) - 1);
    refused(await guard.begin(request("pay.refund", { amount: 1 })));
    clock.pass(60_000);
    permitted(await guard.begin(request("pay.refund", { amount: 1 })));
  });

  test("defer refuses and says so", async () => {
    const guard = await guardOn(dataDirectory());
    const refusal = refused(await guard.begin(request("fs.write", { path: "later" })));
    expect(refusal.decision.effect).toBe("defer");
    expect(refusal.message).toContain("Try again in 30 seconds");
  });

  test("an invalid request is denied, and the attempt is on record", async () => {
    const guard = await guardOn(dataDirectory());
    const attempts = [
      { agent: { id: "agent-1" }, tool: { name: "" } },
      { agent: { id: "agent-1" }, tool: { server: "fs", name: "read" }, args: { x: Number.NaN } },
      { ...request("fs.read"), action: { phase: "result" as const } },
      { ...request("fs.read"), tenant: "other" },
      { ...request("fs.read"), args: { text: "x".repeat(9 * 1024 * 1024) } },
    ];
    for (const attempt of attempts) {
      const refusal = refused(await guard.begin(attempt));
      expect(refusal.decision.code).toBe("invalid_request");
      expect((await records(guard))[refusal.sequence ?? -1]).toMatchObject({ kind: "decision" });
    }
    const garbage: unknown = "garbage";
    const refusal = refused(await guard.begin(garbage as Parameters<Guard["begin"]>[0]));
    expect(refusal.decision.code).toBe("invalid_request");
  });

  test("the environment is the guard's own, whatever the request says", async () => {
    const guard = await guardOn(dataDirectory(), { environment: "staging" });
    const asked = { ...request("fs.write", { path: "x" }), environment: "production" };
    expect(permitted(await guard.begin(asked)).request.environment).toBe("staging");
  });
});

describe("an action id", () => {
  test("that comes twice gets the recorded answer and no second permit", async () => {
    const guard = await guardOn(dataDirectory());
    const asked = request("fs.write", { path: "x" });
    const [one, two] = await Promise.all([guard.begin(asked), guard.begin(asked)]);
    const permit = permitted(one);
    const repeated = refused(two);
    expect(repeated).toMatchObject({ repeated: true, sequence: permit.sequence });
    expect(repeated.decision).toEqual(permit.decision);
    const later = refused(await guard.begin(asked));
    expect(later).toMatchObject({ repeated: true, sequence: permit.sequence });
    expect((await records(guard)).filter(({ kind }) => kind === "decision")).toHaveLength(1);
  });

  test("that comes with other arguments, or from another credential, is denied", async () => {
    const guard = await guardOn(dataDirectory());
    const asked = request("fs.write", { path: "x" });
    permitted(await guard.begin(asked));
    for (const answer of [
      await guard.begin({ ...asked, args: { path: "y" } }),
      await guard.begin(asked, leads),
    ]) {
      const refusal = refused(answer);
      expect(refusal.repeated).toBe(false);
      expect(refusal.decision).toMatchObject({ effect: "deny", code: "invalid_request" });
    }
  });

  test("of an invalid request stays free for the right one", async () => {
    const guard = await guardOn(dataDirectory());
    const asked = request("fs.write", { path: "x" });
    refused(await guard.begin({ ...asked, session: { id: "not-mine" } }));
    permitted(await guard.begin(asked));
  });
});

describe("a fallback", () => {
  test("is offered as a request of its own, runs once and counts for nothing", async () => {
    const guard = await guardOn(dataDirectory());
    const refusal = refused(await guard.begin(request("fs.write", { path: "divert" })));
    const other = refusal.fallback;
    if (other === undefined) throw new Error("no fallback");
    expect(other).toMatchObject({
      tool: { server: "note", name: "add" },
      args: { text: "diverted" },
    });
    const permit = permitted(await guard.begin(other));
    expect(permit.simulated).toBe(true);
    expect(refused(await guard.begin(other)).repeated).toBe(true);
  });

  test("cannot be traded for another action under its id", async () => {
    const guard = await guardOn(dataDirectory());
    const refusal = refused(await guard.begin(request("fs.write", { path: "divert" })));
    const id = refusal.fallback?.id ?? "";
    const traded = refused(await guard.begin({ ...request("fs.write", { path: "x" }), id }));
    expect(traded.decision.code).toBe("invalid_request");
  });
});

describe("what the enforcement point cannot do", () => {
  const policy = `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: fs.write}
spec: {labels: [write]}
---
apiVersion: holdfast.dev/v1
kind: Sandbox
metadata: {name: dry}
spec: {rank: 10, tool: {result: {ok: true}}}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: p}
spec:
  match: {tools: [fs.write]}
  rules:
    - {id: grant, effect: allow, obligations: [{log: full}]}
    - {id: sand, effect: sandbox, in: dry, when: args.path == "box"}
`;
  test("denies, and what it can do is handed to it", async () => {
    const plain = await guardOn(dataDirectory(), { policy });
    const refusal = refused(await plain.begin(request("fs.write", { path: "x" })));
    expect(refusal.decision.code).toBe("unavailable");
    const capabilities = {
      effects: ["allow", "sandbox", "deny"] as const,
      obligations: ["log"],
      sandboxes: ["dry"],
    };
    const able = await guardOn(dataDirectory(), { policy, capabilities });
    expect(permitted(await able.begin(request("fs.write", { path: "x" }))).obligations).toEqual([
      { log: "full" },
    ]);
    const boxed = permitted(await able.begin(request("fs.write", { path: "box" })));
    expect(boxed).toMatchObject({ sandbox: "dry", simulated: true });
  });
});

describe("rival", () => {
  test("rival: capfence-approve-replay: a step_up refuses every time", async () => {
    const guard = await guardOn(dataDirectory());
    const asked = { amount: 5000 };
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const refusal = refused(await guard.begin(request("pay.refund", asked)));
      expect(refusal.decision.effect).toBe("step_up");
      expect(refusal.message).toContain("no approver is configured");
    }
  });

  test("rival: prism-step-up-executes: no refusing effect ever executes", async () => {
    const guard = await guardOn(dataDirectory());
    const asked = [
      request("pay.refund", { amount: 5000 }),
      request("fs.write", { path: "later" }),
      request("fs.write", { path: "secret-place" }),
      request("fs.unknown"),
      request("fs.write", { path: "honeypot" }),
      request("fs.write", { path: "x" }),
    ];
    const effects: string[] = [];
    for (const one of asked) {
      const answer = await guard.run(one, () => Promise.reject(new Error("executed")));
      expect(answer).toBeInstanceOf(Refusal);
      effects.push(answer instanceof Refusal ? answer.decision.effect : "");
    }
    expect(effects).toEqual(["step_up", "defer", "deny", "deny", "contain", "deny"]);
  });

  test("rival: capfence-memory-audit: without any option the record is on disk first", async () => {
    const guard = await guardOn(dataDirectory());
    const permit = permitted(await guard.begin(request("fs.write", { path: "x" })));
    expect((await records(guard))[permit.sequence]).toMatchObject({ kind: "decision" });
  });
});
