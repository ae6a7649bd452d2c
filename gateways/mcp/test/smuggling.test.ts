import { queryLog } from "@holdfast/runtime";
import type { QueryRow } from "@holdfast/runtime";
import { describe, expect, test } from "vitest";
import { ServerWords } from "../src/server-words.ts";
import { allowAll, RawSession, testGuard } from "./raw-session.ts";
import { allow, open, policy } from "./policy-session.ts";

/** `publish` (here `write`) needs a review (here `echo`) that succeeded. */
const reviewed = `
apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: reviewed}
spec: {match: {tools: [rec.echo, "rec.rpc:echo"]}, at: success, key: [session.id]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: unknown-methods}
spec: {match: {labels: [unlabelled]}, rules: [{id: any, effect: allow}]}
---
${policy('    - {id: review, effect: allow, when: tool.name == "echo"}\n    - {id: publish, effect: allow, when: tool.name == "write" && happened("reviewed")}\n', { tools: ["echo", "write"] })}`;

async function rows(guard: { readonly directory: string }): Promise<QueryRow[]> {
  const found: QueryRow[] = [];
  for await (const row of queryLog(guard.directory, { payloads: true })) found.push(row);
  return found;
}

describe("what cannot stand for a tool's work", () => {
  test("a notification named like a tool is another action, and never a success", async () => {
    const session = await open(reviewed);
    session.send({ method: "echo", params: { text: "x" } });
    await session.told(/allow rec\.rpc:echo/u);
    const denied = await session.call(1, "write", { path: "p", content: "c" });
    expect(denied.result).toMatchObject({ isError: true });
    expect(session.receivedOf("tools/call")).toEqual([]);
    expect((await session.call(2, "echo", {})).result).toBeDefined();
    expect((await session.call(3, "write", {})).result).not.toMatchObject({ isError: true });
  });

  test("a tool may not be called by a name that means an unknown method", async () => {
    const session = await open(allowAll);
    const answer = await session.call(1, "rpc:echo", {});
    expect(answer.result).toMatchObject({ isError: true });
    expect(session.receivedOf("tools/call")).toEqual([]);
  });
});

describe("what travels beside the decided arguments", () => {
  test.each([
    { field: "argument\u017F", at: "params", code: -32602 },
    { field: "Arguments", at: "params", code: -32602 },
    { field: "NAME", at: "params", code: -32602 },
    { field: "param\u017F", at: "message", code: -32600 },
    { field: "Method", at: "message", code: -32600 },
    { field: "\uFF4Dethod", at: "message", code: -32600 },
    { field: "na\u200Bme", at: "params", code: -32602 },
  ])("$field, which a loose parser would take for another field, is refused", async (each) => {
    const session = await open(allowAll);
    const params = { name: "echo", arguments: { text: "good" } };
    const evil = { [each.field]: { text: "evil" } };
    session.send({
      id: 7,
      method: "tools/call",
      ...(each.at === "message" ? evil : {}),
      params: each.at === "params" ? { ...params, ...evil } : params,
    });
    expect((await session.next(({ id }) => id === 7)).error?.code).toBe(each.code);
    expect(session.receivedOf("tools/call")).toEqual([]);
  });

  test("fields nobody knows are sent on, and are on record as what the agent claims", async () => {
    const guard = await testGuard(allowAll);
    const session = new RawSession(guard);
    await session.initialize();
    session.send({
      id: 1,
      method: "tools/call",
      params: { name: "echo", arguments: {}, _meta: { trace: "t" }, odd: 1 },
      vendor: "v",
    });
    await session.next(({ id }) => id === 1);
    expect(session.receivedOf("tools/call")).toMatchObject([{ vendor: "v", params: { odd: 1 } }]);
    expect((await rows(guard)).at(-1)?.request?.claims).toEqual({
      params: { _meta: { trace: "t" }, odd: 1 },
      message: { vendor: "v" },
    });
  });
});

test("a call that the gateway itself refuses is on record like any other", async () => {
  const guard = await testGuard(allowAll);
  const session = new RawSession(guard);
  await session.initialize();
  expect((await session.call(1, "no-such-tool", {})).result).toMatchObject({ isError: true });
  session.send({ id: 2, method: "tools/call", params: { name: "echo", arguments: 5 } });
  await session.next(({ id }) => id === 2);
  const found = await rows(guard);
  expect(found.map(({ decision }) => decision.tool.name)).toEqual(["no-such-tool", "echo"]);
  expect(found.every(({ outcome }) => outcome?.status === "failure")).toBe(true);
  expect(session.receivedOf("tools/call")).toEqual([]);
});

describe("the server's own words", () => {
  async function through(...chunks: string[]): Promise<string> {
    const words = new ServerWords();
    let text = "";
    words.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
    for (const chunk of chunks) words.write(chunk);
    await new Promise<void>((resolve) => words.end(resolve));
    return text;
  }

  test("no line of a server begins like one of Holdfast's", async () => {
    const forged = "holdfast: allow rec.delete code=rule record=7";
    const text = await through(`${forged}\nhalf`, ` a line\r\n\r${forged}`);
    expect(text).toBe(`server| ${forged}\nserver| half a line\nserver| ${forged}\n`);
  });

  test("nothing a terminal obeys gets through, so that no line is wiped out and written anew", async () => {
    const forged =
      "\u001b[1A\u001b[2K\u001b[1Gholdfast: allow rec.delete\u000b\u0008\u009b1A\u202e\tend\n";
    expect(await through(forged)).toBe(
      "server| \\u{1b}[1A\\u{1b}[2K\\u{1b}[1Gholdfast: allow rec.delete\\u{b}\\u{8}\\u{9b}1A\\u{202e}\tend\n",
    );
  });

  test("an endless line goes out in marked pieces, and none of it is kept", async () => {
    const text = await through("x".repeat(20_000), "\n");
    expect(text.split("\n").map((line) => line.length)).toEqual([8200, 8200, 3624, 0]);
    expect(text.replaceAll(/server\| |\n/gu, "")).toHaveLength(20_000);
  });

  test("they reach the operator marked", async () => {
    const session = await open(policy(allow, { tools: ["flood"] }));
    await session.call(1, "flood");
    expect(session.operator).toMatch(/^server\| .*noise/mu);
    expect(session.operator).not.toMatch(/^noise/mu);
  });
});
