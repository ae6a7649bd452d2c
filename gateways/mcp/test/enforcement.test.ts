import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openGuard } from "@holdfast/runtime";
import type { Refusal } from "@holdfast/runtime";
import { allow, decisionKey, open, policy } from "./policy-session.ts";
import { allowAll, altered, RawSession, scratch, testGuard } from "./raw-session.ts";
import type { StdioGatewayOptions } from "@holdfast/gateway-mcp";

describe("a denial", () => {
  test("is a tool result the model can read, and the denied write never touches the disk", async () => {
    const session = await open(
      policy("    - {id: read, effect: allow, when: \"args.path == '/x'\"}\n"),
    );
    const path = join(session.folder, "written.txt");
    const { result } = await session.call(1, "write", { path, body: "no" });
    expect(result).toEqual({
      content: [
        {
          type: "text",
          text: "Holdfast did not run rec.write: policy does not allow it. Do not retry it unchanged.",
        },
      ],
      isError: true,
      _meta: { [decisionKey]: { effect: "deny", code: "default_deny" } },
    });
    await session.settle();
    expect(existsSync(path)).toBe(false);
    expect(session.receivedOf("tools/call")).toEqual([]);
  });

  test("rival: prism-payload-in-clear: tells the operator rule, place and latency, and no argument", async () => {
    const session = await open(
      policy(
        "    - {id: secretly, effect: deny, when: \"args.body.contains('s3cret')\"}\n" + allow,
      ),
    );
    await session.call(1, "echo", { body: "my s3cret value", nested: { k: "another-value" } });
    await session.call(2, "echo", { body: "a plain value" });
    await session.told(/allow rec\.echo/u);
    expect(session.operator).toMatch(
      /^holdfast: deny rec\.echo code=rule rule=test\/secretly at=policies\/test\.yaml:\d+:\d+ latency=\d+\.\dms record=\d+$/mu,
    );
    expect(session.operator).toMatch(
      /^holdfast: allow rec\.echo code=rule rule=test\/allow at=\S+ latency=\S+ record=\d+$/mu,
    );
    expect(session.operator).not.toMatch(/s3cret|plain value|another-value|nested/u);
  });

  test("on a default deny names the nearest allow rule", async () => {
    const session = await open(policy('    - {id: small, effect: allow, when: "args.n < 3"}\n'));
    await session.call(1, "echo", { n: 712345 });
    await session.told(
      /deny rec\.echo code=default_deny nearest=test\/small at=policies\/test.yaml:\d+:\d+/u,
    );
    expect(session.operator).not.toContain("712345");
  });

  test("by a limit says when to try again", async () => {
    const session = await open(
      `${policy(`${allow}    - {id: slow, effect: throttle, limit: {meter: calls, max: 1}}\n`)}---
apiVersion: holdfast.dev/v1
kind: Meter
metadata: {name: calls}
spec: {match: {tools: [rec.echo]}, key: [agent.id], window: 1h}
`,
    );
    expect((await session.call(1, "echo", {})).result?.["isError"]).toBeUndefined();
    const { result } = await session.call(2, "echo", {});
    expect(result).toMatchObject({
      isError: true,
      _meta: { [decisionKey]: { effect: "throttle" } },
    });
    expect(result).toHaveProperty(["_meta", decisionKey, "retryAfterMs"], expect.any(Number));
    expect(session.receivedOf("tools/call")).toHaveLength(1);
  });

  test("of a task-augmented call is an error, as the client awaits a task", async () => {
    const session = await open(policy("    - {id: no, effect: deny}\n" + allow));
    const params = { name: "echo", arguments: {}, task: { ttl: 1000 } };
    expect((await session.ask(1, "tools/call", params)).error).toMatchObject({
      code: -32010,
      data: { [decisionKey]: { effect: "deny", code: "rule" } },
    });
  });

  test("a step_up does not run the call", async () => {
    const session = await open(
      policy(
        `${allow}    - {id: ask, effect: step_up, approval: {from: [user:ana], quorum: 1, ttl: 1m}}\n`,
      ),
    );
    expect((await session.call(1, "echo", {})).result).toMatchObject({ isError: true });
    expect(session.receivedOf("tools/call")).toEqual([]);
  });

  test("a refusal's other action runs in its place", async () => {
    const session = await open(
      policy(
        `    - {id: no, effect: deny, when: "has(args.path)", fallback: {tool: rec.echo, args: {said: instead}}}\n${allow}`,
      ),
    );
    const { result } = await session.call(1, "write", {
      path: join(session.folder, "f"),
      body: "b",
    });
    expect(result).toMatchObject({ content: [{ text: '{"said":"instead"}' }] });
    expect(session.receivedOf("tools/call").map(({ params }) => params?.["name"])).toEqual([
      "echo",
    ]);
  });
});

describe("a guard that fails", () => {
  const broken = async (
    step: "begin" | "end" | "registerTools",
  ): Promise<StdioGatewayOptions["guard"]> =>
    altered(await testGuard(allowAll), {
      [step]: () => Promise.reject(new Error("the disk is full of arguments")),
    });

  test.each(["begin", "registerTools"] as const)(
    "in %s denies, and nothing is sent",
    async (step) => {
      const session = new RawSession(await broken(step));
      await session.initialize();
      const { result } = await session.call(1, "echo", {});
      expect(result).toMatchObject({
        isError: true,
        _meta: { [decisionKey]: { code: "unavailable" } },
      });
      await session.settle();
      expect(session.receivedOf("tools/call")).toEqual([]);
      expect(session.operator).not.toContain("arguments");
    },
  );

  test("in end withholds the result", async () => {
    const session = new RawSession(await broken("end"));
    await session.initialize();
    const { result } = await session.call(1, "echo", { shown: "never" });
    expect(result).toMatchObject({ isError: true });
    expect(JSON.stringify(result)).not.toContain("never");
  });

  test("by answering something that is no permit grants nothing", async () => {
    const guard = await testGuard(allowAll);
    const decision = { effect: "allow", code: "rule", rules: [], reason: "", obligations: [] };
    const { signal } = new AbortController();
    const answer = { granted: "yes", decision, args: {}, obligations: [], signal, sequence: 1 };
    const session = new RawSession(
      altered(guard, { begin: () => Promise.resolve(answer as unknown as Refusal) }),
    );
    await session.initialize();
    expect((await session.call(1, "echo", {})).result?.["isError"] ?? true).toBe(true);
    expect(session.receivedOf("tools/call")).toEqual([]);
  });
});

describe("what is decided is what runs", () => {
  test("rival: prism-modify-not-applied: the server gets the modified arguments and no others", async () => {
    const session = await open(
      policy(
        `${allow}    - {id: tag, effect: modify, set: {args.by: "agent.id"}, remove: [args.secret]}\n`,
      ),
    );
    const answer = await session.ask(1, "tools/call", {
      name: "echo",
      arguments: { secret: "x", by: "me", n: 1 },
      _meta: { progressToken: 1 },
    });
    expect(answer.result).toMatchObject({ content: [{ text: '{"by":"tester","n":1}' }] });
    const sent = session.received().filter((line) => line.includes("tools/call"));
    expect(sent.map((line) => line.replace(/00-[0-9a-f]{32}-[0-9a-f]{16}-01/u, "SPAN"))).toEqual([
      '{"id":1,"jsonrpc":"2.0","method":"tools/call","params":{"_meta":{"progressToken":1,"traceparent":"SPAN"},"arguments":{"by":"tester","n":1},"name":"echo"}}',
    ]);
  });

  test("a result is redacted or withheld before the client sees it, errors too", async () => {
    const session = await open(`${policy(allow)}---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: results}
spec:
  match: {tools: [rec.echo], phase: result}
  rules:
    - {id: hide, effect: modify, remove: [result.x_kept]}
    - {id: keep, effect: deny, when: "result.content[0].text.contains('secret')"}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: errors}
spec:
  match: {tools: [rec.refuse], phase: result}
  rules: [{id: keep, effect: deny, when: "result.error.data.why == 'because'"}]
`);
    const { result } = await session.call(1, "echo", { a: 1 });
    expect(result).toEqual({ content: [{ type: "text", text: '{"a":1}' }] });
    const withheld = await session.call(2, "echo", { a: "secret" });
    expect(withheld.result).toMatchObject({ isError: true });
    expect(JSON.stringify(withheld)).not.toContain("secret");
    const error = await session.call(3, "refuse", {});
    expect(JSON.stringify(error)).not.toContain("because");
    expect(error.result).toMatchObject({ isError: true });
    expect(session.operator).toMatch(/result:deny rec\.echo code=rule rule=results\/keep/u);
  });

  test("a tool that says it failed has failed, and one that answers with an error too", async () => {
    const session = await open(`${policy(
      `${allow}    - {id: once, effect: deny, when: "happened('failed')"}\n`,
    )}---
apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: failed}
spec: {match: {tools: [rec.fail]}, at: failure, key: [session.id], polarity: accepted}
`);
    expect((await session.call(1, "echo", {})).result?.["isError"]).toBeUndefined();
    await session.call(2, "fail", {});
    expect((await session.call(3, "echo", {})).result).toMatchObject({ isError: true });
  });
});

describe("starting", () => {
  test("rival: prism-load-error-allow: with policies that do not compile nothing is started", async () => {
    const data = join(scratch(), "data");
    await expect(
      openGuard({
        policies: [{ path: "p.yaml", text: "kind: Policy\nspec: {nonsense: true}\n" }],
        data,
        pep: { type: "mcp-stdio", id: "test", version: "0" },
      }),
    ).rejects.toMatchObject({ code: "policy_invalid" });
    expect(existsSync(data)).toBe(false);
  });

  test("the prompt is observed in the session before anything is decided", async () => {
    const guard = await testGuard(allowAll);
    const observed: unknown[] = [];
    const session = new RawSession(
      altered(guard, {
        observe: async (...seen) => {
          observed.push(seen[1]);
          await guard.observe(...seen);
        },
      }),
      { prompt: "read the docs" },
    );
    await session.initialize();
    expect(observed).toEqual([
      { kind: "prompt", text: "read the docs", source: "operator", labels: ["user"] },
    ]);
    expect(readFileSync(session.recordPath, "utf8")).toContain("initialize");
  });
});
