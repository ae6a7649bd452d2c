import { describe, expect, test } from "vitest";
import { dataDirectory, guardOn, permitted, refused, request } from "./support.ts";

describe("what an agent is told", () => {
  test("is short, says whether to retry, and is the same every time", async () => {
    const guard = await guardOn(dataDirectory());
    const session = { id: (await guard.openSession({ agent: "agent-1" })).id };
    permitted(await guard.begin(request("fs.read", { path: "x" }, { session })));
    permitted(await guard.begin(request("pay.refund", { amount: 10 })));
    const asked = [
      request("fs.unknown"),
      request("web.post", {}, { session }),
      request("fs.write", { path: "secret-place" }),
      request("pay.refund", { amount: 5000 }),
      request("pay.refund", { amount: -1 }),
      request("fs.write", { path: "later" }),
      request("fs.write", { path: guard.directory }),
      request("fs.write", { path: "honeypot" }, { session }),
      request("fs.write", { path: "x" }, { session }),
    ];
    const messages: string[] = [];
    for (const one of asked) messages.push(refused(await guard.begin(one)).message);
    expect(messages).toEqual([
      "Holdfast did not run fs.unknown: policy does not allow it. Do not retry it unchanged.",
      "Holdfast did not run web.post: nothing leaves after untrusted text was read. Do not retry it unchanged.",
      "Holdfast did not run fs.write: policy forbids it. Do not retry it unchanged.",
      "Holdfast did not run pay.refund: it needs a person's approval, and no approver is configured here. Do not retry; tell the user.",
      "Holdfast did not run pay.refund: policy could not clear it. Do not retry it unchanged.",
      "Holdfast did not run fs.write: it cannot be decided yet, and nothing here can resume it. Try again in 30 seconds.",
      "Holdfast did not run fs.write: policy forbids it. Do not retry it unchanged.",
      "Holdfast did not run fs.write: policy forbids it. Do not retry it unchanged.",
      "Holdfast did not run fs.write: this agent is restricted. Do not retry; tell the user.",
    ]);
  });

  test("holds no more of a reason than a person wrote, on one line and of bounded length", async () => {
    const policy = `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: fs.write}
spec: {labels: [write]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: p}
spec:
  match: {tools: [fs.write]}
  rules:
    - {id: grant, effect: allow}
    - {id: no, effect: deny, reason: "not {args.path}"}
`;
    const guard = await guardOn(dataDirectory(), { policy });
    const path = `a\n\u202e\u0007b ${"x".repeat(5000)}`;
    const { message } = refused(await guard.begin(request("fs.write", { path })));
    expect(message).toMatch(
      /^Holdfast did not run fs\.write: not a b x+… Do not retry it unchanged\.$/u,
    );
    expect(message.length).toBeLessThan(400);
  });

  test("is explained to operators alone, with the place in the policy", async () => {
    const guard = await guardOn(dataDirectory(), { explanations: true });
    const refusal = refused(await guard.begin(request("fs.write", { path: "secret-place" })));
    expect(refusal.explanation?.determining).toMatchObject([
      { rule: "narrow/secret-path", file: "policies/test.yaml", line: expect.any(Number) },
    ]);
    expect(refusal.message).not.toContain("secret-path");
    const peek = await guard.explain(request("fs.write", { path: "secret-place" }));
    expect(peek.determining).toEqual(refusal.explanation?.determining);
  });
});

describe("a peek", () => {
  test("decides as begin would and moves nothing", async () => {
    const guard = await guardOn(dataDirectory());
    const asked = request("pay.refund", { amount: 10 });
    for (let turn = 0; turn < 3; turn += 1) {
      expect((await guard.decide(asked)).effect).toBe("allow");
    }
    permitted(await guard.begin(asked));
    expect((await guard.decide(request("pay.refund", { amount: 1 }))).effect).toBe("throttle");
    expect(guard.couldAllow(request("pay.refund"))).toBe(true);
    expect(guard.couldAllow(request("fs.unknown"))).toBe(false);
  });
});
