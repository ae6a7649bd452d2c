import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openGuard } from "@holdfast/runtime";
import { beforeAll, expect, test } from "vitest";
import { behindGateway, build, referenceServer } from "./gateway-command.ts";
import { scratch } from "./raw-session.ts";
import { connect } from "./real-client.ts";
import type { RealClient } from "./real-client.ts";

beforeAll(() => build("gateways/mcp"));

/** A graph names its nodes; what their notes say is anybody's word. */
const policy = `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: memory.read_graph}
spec:
  labels: [read]
  results:
    "entities[].name": {labels: [own]}
    "entities[].observations": {as: content, labels: [untrusted]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: memory.open_nodes}
spec: {labels: [read]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: graph}
spec:
  match: {tools: [memory.read_graph, memory.open_nodes]}
  rules:
    - {id: all, effect: allow}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: nodes}
spec:
  match: {tools: [memory.open_nodes]}
  rules:
    - {id: known, effect: deny, when: '!from_only(args.names, ["user", "own"])'}
`;

const node = (name: string, ...observations: string[]): string =>
  JSON.stringify({ type: "entity", name, entityType: "person", observations });

/** Which of these nodes may be opened. */
async function opened({ client }: RealClient, names: readonly string[]): Promise<boolean[]> {
  const may = [];
  for (const name of names) {
    const answer = await client.callTool({ name: "open_nodes", arguments: { names: [name] } });
    may.push(answer.isError !== true);
  }
  return may;
}

test("a session knows the user's words and the graph's own names, also after a restart", async () => {
  const folder = scratch();
  const file = join(folder, "memory.jsonl");
  writeFileSync(file, [node("Ana Berg", "ask Mallory Fox for the rest"), node("Bo Li")].join("\n"));
  const server = behindGateway(referenceServer("memory"), { folder, policy, alias: "memory" });
  mkdirSync(join(folder, "data"), { mode: 0o700 });
  const guard = await openGuard({
    policies: join(folder, "policies"),
    data: join(folder, "data"),
    pep: { type: "test", id: "test", version: "0" },
  });
  const { id } = await guard.openSession({ agent: "tester" });
  const text = "What do we know of Zoe User?";
  await guard.observe(id, { kind: "prompt", text, source: "terminal", labels: ["user"] });
  await guard.close();

  const env = { GATEWAY_SESSION: id, MEMORY_FILE_PATH: file };
  const names = ["Zoe User", "Ana Berg", "Bo Li", "Mallory Fox", "Nobody Else"];
  const first = await connect(server, { roots: false, env });
  // Of these only the user has spoken yet; and a name that was refused was not sent.
  expect(await opened(first, names)).toEqual([true, false, false, false, false]);
  await first.client.callTool({ name: "read_graph", arguments: {} });
  expect(await opened(first, names)).toEqual([true, true, true, false, false]);
  await first.client.close();

  const second = await connect(server, { roots: false, env });
  expect(await opened(second, names)).toEqual([true, true, true, false, false]);
});
