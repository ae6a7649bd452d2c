import { spawn } from "node:child_process";
import { describe, expect, onTestFinished, test } from "vitest";
import { referenceServer } from "./gateway-command.ts";
import { LineClient } from "./line-client.ts";
import { allowAll, RawSession, testGuard } from "./raw-session.ts";

const server = referenceServer("everything", "stdio");
const capabilities = {
  sampling: {},
  tasks: { requests: { sampling: { createMessage: {} } } },
};

function direct(): LineClient {
  const child = spawn(server.command, [...server.args], { stdio: ["pipe", "pipe", "ignore"] });
  onTestFinished(() => void child.kill());
  return new LineClient(child.stdin, child.stdout);
}

async function gated(policy = allowAll): Promise<RawSession> {
  return new RawSession(await testGuard(policy), { ...server, serverAlias: "real" });
}

/** Runs the research tool as a task and gives its result. */
async function research(client: LineClient): Promise<unknown> {
  await client.initialize(capabilities);
  const params = {
    name: "simulate-research-query",
    arguments: { topic: "tides" },
    task: { ttl: 60_000 },
  };
  const created = await client.ask(1, "tools/call", params);
  const { taskId } = created.result!["task"] as { taskId: string };
  const status = await client.ask(2, "tasks/get", { taskId });
  expect(status.result).toMatchObject({ taskId });
  const { result, error } = await client.ask(3, "tasks/result", { taskId });
  const again = await client.ask(4, "tasks/result", { taskId });
  expect(again.result).toEqual(result);
  return { result: JSON.parse(JSON.stringify(result ?? null).replaceAll(taskId, "TASK")), error };
}

/** Lets the server sample by a task of the client, and gives what the tool made of it. */
async function sampleByTask(client: LineClient): Promise<unknown> {
  await client.initialize(capabilities);
  await client.ask("list", "tools/list");
  client.send({
    id: 1,
    method: "tools/call",
    params: { name: "trigger-sampling-request-async", arguments: { prompt: "p" } },
  });
  const task = {
    taskId: "t1",
    status: "working",
    createdAt: "2026-01-01T00:00:00Z",
    lastUpdatedAt: "2026-01-01T00:00:00Z",
    ttl: null,
  };
  const sampling = await client.next(({ method }) => method === "sampling/createMessage");
  client.send({ id: sampling.id, result: { task } });
  const poll = await client.next(({ method }) => method === "tasks/get");
  client.send({ id: poll.id, result: { ...task, status: "completed" } });
  const fetch = await client.next(({ method }) => method === "tasks/result");
  client.send({
    id: fetch.id,
    result: { content: { text: "by a task", type: "text" }, model: "m", role: "assistant" },
  });
  return { asked: sampling.params, answer: (await client.next(({ id }) => id === 1)).result };
}

describe("tasks of the 2025-11-25 revision", () => {
  test("a task-augmented call gives the same result through an allow-all gateway", async () => {
    const expected = await research(direct());
    expect(await research(await gated())).toEqual(expected);
    expect(JSON.stringify(expected)).toContain("tides");
  });

  test("so does a task-augmented request of the server", async () => {
    const expected = await sampleByTask(direct());
    expect(await sampleByTask(await gated())).toEqual(expected);
    expect(JSON.stringify(expected)).toContain("by a task");
  });

  test("the result of a task is decided with the call it belongs to", async () => {
    const session = await gated(`
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: call}
spec:
  match: {labels: [unlabelled, read]}
  rules: [{id: allow, effect: allow}]
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: result}
spec:
  match: {tools: [real.simulate-research-query], phase: result}
  rules: [{id: hide, effect: deny, when: "result.content[0].text.contains('tides')"}]
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: real.simulate-research-query}
spec: {labels: [read]}
`);
    const { result, error } = (await research(session)) as Record<string, object>;
    expect(error).toBeUndefined();
    expect(result).toMatchObject({ isError: true });
    expect(JSON.stringify(result)).not.toContain("tides");
  });
});
