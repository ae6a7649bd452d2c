import { existsSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { allowAll, RawSession, scratch, testGuard } from "./raw-session.ts";

async function open(limits: object = {}, server: object = {}): Promise<RawSession> {
  const session = new RawSession(await testGuard(allowAll), { limits, server });
  await session.initialize();
  await session.ask("first-list", "tools/list");
  return session;
}

describe("a server that misbehaves", () => {
  test("garbage and answers to nothing are dropped with a line for the operator", async () => {
    const session = await open();
    expect((await session.call(1, "garbage")).result).toMatchObject({
      content: [{ text: "after garbage" }],
    });
    expect(session.messages).toEqual([]);
    expect(session.operator).toMatch(/refused a server line: not strict JSON \(json_syntax\)/u);
    expect(session.operator).toMatch(/refused a server line: not strict JSON \(json_utf8\)/u);
    expect(session.operator).toMatch(/dropped a server response that answers nothing asked/u);
    expect(session.operator).not.toMatch(/this is not JSON/u);
  });

  test("only the first of two answers is passed on", async () => {
    const session = await open();
    expect((await session.call(1, "twice")).result).toMatchObject({ content: [{ text: "first" }] });
    await session.told(/dropped a server response/u);
    await session.settle();
    expect(session.messages).toEqual([]);
  });

  test.each([
    ["an over-long answer", "over-long", { bytes: 9000 }],
    ["a batch as an answer", "batch", {}],
    ["an answer with a number that no double holds", "inexact", {}],
    ["an answer with a member twice", "says-twice", {}],
    ["a result that is no object", "malformed", {}],
    ["a result and an error at once", "both", {}],
  ])("%s fails the call it answers, and no other", async (_title, tool, args) => {
    const session = await open({ lineBytesMax: 8000 });
    const { error } = await session.call(1, tool, args);
    expect(error?.code).toBe(-32603);
    // Nothing decided on these words, so nobody hears them.
    expect(error?.message).not.toContain("eve@evil");
    expect((await session.call(2, "echo", {})).result).toBeDefined();
  });

  test("a flood on its stderr stops nothing, and is passed on", async () => {
    const session = await open();
    expect((await session.call(1, "flood")).result).toMatchObject({
      content: [{ text: "flooded" }],
    });
    expect(session.operator).toContain("noise noise");
  });

  test("its error answers are passed on, and an `isError` result stays one", async () => {
    const session = await open();
    expect((await session.call(1, "refuse")).error).toEqual({
      code: -32099,
      message: "no",
      data: { why: "because" },
    });
    expect((await session.call(2, "fail")).result).toMatchObject({ isError: true });
  });

  test("when it dies in a call, every pending request fails and its exit code is returned", async () => {
    const guard = await testGuard(allowAll);
    const session = new RawSession(guard);
    await session.initialize();
    await session.call(0, "echo", {});
    session.send({ id: 1, method: "tools/call", params: { name: "never" } });
    await session.told(/allow rec\.never /u);
    session.send({ id: 2, method: "tools/call", params: { name: "die" } });
    for (const wanted of [1, 2]) {
      expect((await session.next(({ id }) => id === wanted)).error?.code).toBe(-32000);
    }
    expect(await session.exit).toBe(3);
    await guard.close();
    // Sent and never answered: nobody knows whether they ran, and the log says so.
    expect(guard.ambiguous()).toHaveLength(2);
  });

  test("when it closes its stdout, pending requests fail and it is made to exit", async () => {
    const session = await open({ exitTimeoutMs: 200 });
    expect((await session.call(1, "close-stdout")).error?.code).toBe(-32000);
    expect(await session.exit).toBe(0);
  });

  test("one that ignores every request to exit is killed", async () => {
    const session = await open({ exitTimeoutMs: 200 }, { stubborn: true });
    session.close();
    expect(await session.exit).toBe(128 + 15);
  });

  test("a tool list that does not come denies the call", async () => {
    const guard = await testGuard(allowAll);
    const session = new RawSession(guard, {
      limits: { listTimeoutMs: 100 },
      server: { mute: ["tools/list"] },
    });
    await session.initialize();
    const { result } = await session.call(1, "echo", {});
    expect(result).toMatchObject({
      isError: true,
      _meta: { "holdfast.dev/decision": { effect: "deny", code: "unavailable" } },
    });
    await session.settle();
    expect(session.receivedOf("tools/call")).toEqual([]);
    expect(session.receivedOf("notifications/cancelled")).toHaveLength(1);
  });
});

describe("a client that leaves", () => {
  test("a client that only closed its side gets every answer before the server's stdin closes", async () => {
    const session = await open();
    for (const id of [1, 2, 3]) {
      session.send({
        id,
        method: "tools/call",
        params: { name: "slow", arguments: { ms: 50 * id } },
      });
    }
    session.close();
    for (const wanted of [3, 1, 2]) {
      expect((await session.next(({ id }) => id === wanted)).result).toBeDefined();
    }
    expect(await session.exit).toBe(0);
  });

  test("requests without an answer hold the server no longer than the drain time", async () => {
    const session = await open({ drainTimeoutMs: 150 });
    session.send({ id: 1, method: "tools/call", params: { name: "never" } });
    await session.told(/allow rec\.never /u);
    session.close();
    expect(await session.exit).toBe(0);
    expect((await session.next(({ id }) => id === 1)).error?.code).toBe(-32000);
  });

  test("a broken pipe to the client ends the server, not the gateway", async () => {
    const session = await open();
    session.stdout.destroy(new Error("EPIPE"));
    session.send({ id: 1, method: "tools/call", params: { name: "echo" } });
    expect(await session.exit).toBe(0);
  });

  test("a broken stderr stops nothing", async () => {
    const session = await open();
    session.stderr.destroy(new Error("EPIPE"));
    expect((await session.call(1, "flood")).result).toBeDefined();
  });

  test("a request of the server is answered with an error once the client can answer none", async () => {
    const session = await open();
    session.send({
      id: 1,
      method: "tools/call",
      params: { name: "sample", arguments: { messages: [] } },
    });
    await session.next(({ method }) => method === "sampling/createMessage");
    session.close();
    const { result } = await session.next(({ id }) => id === 1);
    expect(JSON.stringify(result)).toContain("-32000");
    expect(await session.exit).toBe(0);
  });
});

describe("cancellation", () => {
  test("a cancelled call is cancelled at the server, and its late answer is still passed on", async () => {
    const session = await open();
    session.send({ id: 1, method: "tools/call", params: { name: "slow", arguments: { ms: 100 } } });
    await session.told(/allow rec\.slow /u);
    session.send({ method: "notifications/cancelled", params: { requestId: 1 } });
    expect((await session.next(({ id }) => id === 1)).result).toBeDefined();
    expect(session.receivedOf("notifications/cancelled")).toEqual([
      { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } },
    ]);
  });

  test("a call cancelled before it is sent never reaches the server", async () => {
    const session = await open();
    session.raw(
      [
        { id: 1, method: "tools/call", params: { name: "echo" } },
        { method: "notifications/cancelled", params: { requestId: 1 } },
      ]
        .map((message) => JSON.stringify({ jsonrpc: "2.0", ...message }))
        .join("\n"),
    );
    expect((await session.call(2, "echo", {})).result).toBeDefined();
    expect(session.receivedOf("tools/call").map(({ id }) => id)).toEqual([2]);
    expect(session.receivedOf("notifications/cancelled")).toEqual([]);
  });

  test("the client cannot cancel what the gateway itself asks", async () => {
    const session = await open();
    session.send({ method: "notifications/cancelled", params: { requestId: "holdfast-1" } });
    await session.settle();
    expect((await session.call(1, "echo", {})).result).toBeDefined();
  });
});

describe("starting", () => {
  test("a command that does not exist is Holdfast's failure, 125, and said so", async () => {
    const session = new RawSession(await testGuard(allowAll), {
      command: join(scratch(), "no-such-server"),
    });
    expect(await session.exit).toBe(125);
    expect(session.operator).toMatch(/holdfast: cannot start `.*no-such-server`/u);
  });

  test("an alias that no policy can name starts no server", async () => {
    const session = new RawSession(await testGuard(allowAll), { serverAlias: "My.Server" });
    expect(await session.exit).toBe(125);
    expect(existsSync(session.recordPath)).toBe(false);
  });

  test("a session that cannot be opened starts no server", async () => {
    const guard = await testGuard(allowAll);
    await guard.close();
    const session = new RawSession(guard, { stderr: new PassThrough() });
    expect(await session.exit).toBe(125);
    expect(existsSync(session.recordPath)).toBe(false);
  });

  test("the exit code of the server is the exit code of the gateway", async () => {
    const session = await open({}, { exitCode: 42 });
    session.close();
    expect(await session.exit).toBe(42);
  });
});
