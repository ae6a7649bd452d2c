import { describe, expect, test } from "vitest";
import { allow, open, policy } from "./policy-session.ts";

describe("other ways to act", () => {
  const reads = policy(
    `    - {id: docs, effect: allow, when: "args.uri.startsWith('docs://')"}\n`,
    { tools: ["resources/read"] },
  );

  test("a resource is read only when the policies allow it by its method and uri", async () => {
    const session = await open(reads);
    expect((await session.ask(1, "resources/read", { uri: "docs://a" })).result).toMatchObject({
      params: { uri: "docs://a" },
    });
    for (const [id, method, params] of [
      [2, "resources/read", { uri: "file:///etc/passwd" }],
      [3, "resources/subscribe", { uri: "docs://a" }],
      [4, "prompts/get", { name: "p" }],
      [5, "completion/complete", { ref: {}, argument: {} }],
      [6, "Tools/Call", { name: "echo" }],
      [7, "tools/call ", { name: "echo" }],
      [8, "tools/execute", { name: "echo" }],
      [9, "tasks/result", { taskId: "t" }],
    ] as const) {
      const { error } = await session.ask(id, method, params);
      expect({ method, code: error?.code }).toEqual({ method, code: -32010 });
    }
    expect(
      session.received().filter((line) => /passwd|prompts|complet|Tools|execute|tasks/u.test(line)),
    ).toEqual([]);
  });

  test("a server's request for a sample or an answer is decided before the client sees it", async () => {
    const session = await open(
      `${policy(allow, { tools: ["sample", "elicit", "ask-strange"] })}---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: sampling}
spec:
  match: {tools: [rec.sampling/createMessage]}
  rules: [{id: short, effect: allow, when: "args.maxTokens <= 10"}]
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: rec.sampling/createMessage}
spec: {labels: [egress]}
`,
    );
    const greedy = await session.call(1, "sample", { messages: [], maxTokens: 11 });
    expect(JSON.stringify(greedy.result)).toContain("-32010");
    const elicited = await session.call(2, "elicit", { message: "your password?" });
    expect(JSON.stringify(elicited.result)).toContain("-32010");
    const strange = await session.call(3, "ask-strange", {});
    expect(JSON.stringify(strange.result)).toContain("-32010");
    expect(session.messages).toEqual([]);
    session.send({
      id: 4,
      method: "tools/call",
      params: { name: "sample", arguments: { messages: [], maxTokens: 10 } },
    });
    const { id, params } = await session.next(({ method }) => method === "sampling/createMessage");
    expect(params).toEqual({ messages: [], maxTokens: 10 });
    session.send({ id, result: { role: "assistant", content: { type: "text", text: "hi" } } });
    expect(JSON.stringify(await session.next((message) => message.id === 4))).toContain("hi");
  });

  test("a method allowed to the client is not thereby allowed to the server", async () => {
    const session = await open(`${policy(
      `    - {id: ask, effect: allow, when: "context.from == 'client'"}\n`,
      { tools: ["rpc:vendor/strange"] },
    )}---
${policy(allow, { tools: ["ask-strange"] }).replace("name: test", "name: tools")}`);
    expect((await session.ask(1, "vendor/strange", {})).result).toBeDefined();
    const { result } = await session.call(2, "ask-strange", {});
    expect(JSON.stringify(result)).toContain("-32010");
  });

  test("a call without an id, and a notification nobody knows, reach no server", async () => {
    const session = await open(policy(allow));
    session.send({ method: "tools/call", params: { name: "echo", arguments: {} } });
    session.send({ method: "resources/read", params: { uri: "x" } });
    session.send({ method: "notifications/vendor/wipe", params: { all: true } });
    await session.told(/deny rec\.notifications\/vendor\/wipe/u);
    await session.settle();
    expect(session.received().filter((line) => /echo|read|wipe/u.test(line))).toEqual([]);
  });
});
