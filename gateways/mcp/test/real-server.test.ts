import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { behindGateway, build, referenceServer } from "./gateway-command.ts";
import { allowAll, scratch } from "./raw-session.ts";
import { callAll, connect } from "./real-client.ts";
import { everythingCalls, filesystemCalls, memoryCalls } from "./real-calls.ts";
import type { Command } from "./gateway-command.ts";
import type { RealClient } from "./real-client.ts";

beforeAll(() => build("gateways/mcp"));

/** What the same session gives without and with an allow-all gateway in between. */
async function both<T>(
  server: Command,
  session: (connected: RealClient) => Promise<T>,
  { roots = false, before = (): void => undefined } = {},
): Promise<{ direct: T; gated: T }> {
  const gate = { folder: scratch(), policy: allowAll, alias: "real" };
  before();
  const direct = await session(await connect(server, { roots }));
  before();
  const gated = await session(await connect(behindGateway(server, gate), { roots }));
  return { direct, gated };
}

async function lists({ client }: RealClient): Promise<unknown> {
  return {
    revision: client.getNegotiatedProtocolVersion(),
    server: client.getServerVersion(),
    capabilities: client.getServerCapabilities(),
    instructions: client.getInstructions(),
    tools: await client.listTools(),
  };
}

/** Every tool a server lists has a call in the table. */
function uncalled(listed: unknown, calls: readonly { tool: string }[]): string[] {
  const { tools } = (listed as { tools: { tools: { name: string }[] } }).tools;
  const called = new Set(calls.map(({ tool }) => tool));
  return tools.map(({ name }) => name).filter((name) => !called.has(name));
}

/** Times of day and of files are what two runs cannot have in common. */
function timeless(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value)
      .replaceAll(/(created|modified|accessed): [^\\"]+/gu, "$1: TIME")
      .replaceAll(/created at \d+:\d+:\d+ [AP]M/gu, "created at TIME"),
  );
}

function fillFolder(root: string): void {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(join(root, "sub"), { recursive: true });
  writeFileSync(join(root, "a.txt"), "first\nsecond\nthird\n");
  writeFileSync(join(root, "sub/b.txt"), "b");
  const pixel =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  writeFileSync(join(root, "pixel.png"), Buffer.from(pixel, "base64"));
}

describe("through an allow-all gateway gives the same as direct", () => {
  test("every tool of the filesystem server", async () => {
    const root = join(scratch(), "root");
    const calls = filesystemCalls(root);
    const { direct, gated } = await both(
      referenceServer("filesystem", root),
      async (connected) => ({
        lists: await lists(connected),
        seen: await callAll(connected, calls),
        disk: readFileSync(join(root, "made/moved.txt"), "utf8"),
      }),
      { before: () => fillFolder(root) },
    );
    expect(timeless(gated)).toEqual(timeless(direct));
    expect(uncalled(direct.lists, calls)).toEqual([]);
    expect(direct.seen.length).toBe(calls.length);
    expect(direct.disk).toContain("größe");
  });

  test("every tool of the memory server", async () => {
    const file = join(scratch(), "memory.jsonl");
    process.env["MEMORY_FILE_PATH"] = file;
    const { direct, gated } = await both(
      referenceServer("memory"),
      async (connected) => ({
        lists: await lists(connected),
        seen: await callAll(connected, memoryCalls),
        disk: readFileSync(file, "utf8"),
      }),
      { before: () => rmSync(file, { force: true }) },
    );
    expect(gated).toEqual(direct);
    expect(uncalled(direct.lists, memoryCalls)).toEqual([]);
  });

  test("every tool of the everything server, with progress, sampling, elicitation and roots", async () => {
    const { direct, gated } = await both(
      referenceServer("everything", "stdio"),
      async (connected) => {
        await connected.client.setLoggingLevel("emergency");
        return {
          lists: await lists(connected),
          seen: await callAll(connected, everythingCalls),
          asked: connected.heard.filter(({ method }) => /sampling|elicitation/u.test(method)),
        };
      },
      { roots: true },
    );
    expect(timeless(gated)).toEqual(timeless(direct));
    // Task-augmented only: this client has no tasks; see task.test.ts.
    expect(uncalled(direct.lists, everythingCalls)).toEqual(["simulate-research-query"]);
    expect(direct.asked.map(({ method }) => method)).toEqual([
      "sampling/createMessage",
      "elicitation/create",
      "elicitation/create",
    ]);
    const long = direct.seen.find(({ tool }) => tool === "trigger-long-running-operation");
    expect(long).toMatchObject({
      result: { progress: [{ progress: 1 }, { progress: 2 }] },
    });
  });

  test("resources, templates, prompts and completion", async () => {
    const { direct, gated } = await both(
      referenceServer("everything", "stdio"),
      async ({ client }) => ({
        resources: await client.listResources(),
        templates: await client.listResourceTemplates(),
        prompts: await client.listPrompts(),
        document: await client.readResource({ uri: "demo://resource/static/document/features.md" }),
        dynamic: await client.readResource({ uri: "demo://resource/dynamic/text/7" }),
        missing: await client.readResource({ uri: "demo://nothing" }).catch(String),
        simple: await client.getPrompt({ name: "simple-prompt" }),
        prompt: await client.getPrompt({ name: "args-prompt", arguments: { city: "Porto" } }),
        embedded: await client.getPrompt({
          name: "resource-prompt",
          arguments: { resourceType: "Text", resourceId: "2" },
        }),
        unknown: await client.getPrompt({ name: "none" }).catch(String),
        completion: await client.complete({
          ref: { type: "ref/prompt", name: "completable-prompt" },
          argument: { name: "department", value: "E" },
        }),
        template: await client.complete({
          ref: { type: "ref/resource", uri: "demo://resource/dynamic/text/{resourceId}" },
          argument: { name: "resourceId", value: "4" },
        }),
        ping: await client.ping(),
      }),
    );
    expect(timeless(gated)).toEqual(timeless(direct));
    expect(direct.resources.resources.length).toBeGreaterThan(3);
    expect(direct.completion.completion.values.length).toBeGreaterThan(0);
  });

  test("log messages, and updates of a subscribed resource", async () => {
    const uri = "demo://resource/dynamic/text/1";
    const { direct, gated } = await both(
      referenceServer("everything", "stdio"),
      async (connected) => {
        const { client, heard } = connected;
        await client.setLoggingLevel("debug");
        await client.subscribeResource({ uri });
        await client.callTool({ name: "toggle-subscriber-updates", arguments: {} });
        await client.callTool({ name: "toggle-simulated-logging", arguments: {} });
        await client.ping();
        await client.unsubscribeResource({ uri });
        return {
          updates: heard.filter(({ params }) => JSON.stringify(params).includes(uri)).length,
          kinds: [...new Set(heard.map(({ method }) => method))].sort(),
        };
      },
    );
    expect(gated).toEqual(direct);
    expect(direct.kinds).toEqual(["notifications/message", "notifications/resources/updated"]);
  });

  test("cancellation", async () => {
    const { direct, gated } = await both(
      referenceServer("everything", "stdio"),
      async ({ client }) => {
        const stop = new AbortController();
        const call = client.callTool(
          { name: "trigger-long-running-operation", arguments: { duration: 20, steps: 200 } },
          { signal: stop.signal, onprogress: () => stop.abort("enough") },
        );
        const error = await call.catch(String);
        return {
          error,
          after: await client.callTool({ name: "echo", arguments: { message: "on" } }),
        };
      },
    );
    expect(gated).toEqual(direct);
    expect(direct.error).toContain("enough");
  });

  test("a client that probes for the stateless revision falls back to initialize", async () => {
    const gate = { folder: scratch(), policy: allowAll, alias: "real" };
    const { Client } = await import("@modelcontextprotocol/client");
    const { StdioClientTransport } = await import("@modelcontextprotocol/client/stdio");
    const { command, args } = behindGateway(referenceServer("everything", "stdio"), gate);
    const client = new Client(
      { name: "t", version: "1" },
      { versionNegotiation: { mode: "auto" } },
    );
    await client.connect(new StdioClientTransport({ command, args: [...args], stderr: "ignore" }));
    expect(client.getNegotiatedProtocolVersion()).toBe("2025-11-25");
    expect((await client.listTools()).tools.length).toBeGreaterThan(5);
    await client.close();
  });
});

test("a denied write of the real filesystem server changes nothing on disk", async () => {
  const root = join(scratch(), "root");
  fillFolder(root);
  const policy = `
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: read}
spec:
  match: {tools: [fs.read_text_file]}
  rules: [{id: inside, effect: allow, when: "args.path.startsWith('${root}/')"}]
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: fs.read_text_file}
spec: {labels: [read]}
`;
  const gate = { folder: scratch(), policy, alias: "fs" };
  const { client } = await connect(behindGateway(referenceServer("filesystem", root), gate), {
    roots: false,
  });
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(["read_text_file"]);
  const read = await client.callTool({
    name: "read_text_file",
    arguments: { path: join(root, "a.txt") },
  });
  expect(read.isError).not.toBe(true);
  const written = await client.callTool({
    name: "write_file",
    arguments: { path: join(root, "a.txt"), content: "changed" },
  });
  expect(written.isError).toBe(true);
  expect(readFileSync(join(root, "a.txt"), "utf8")).toBe("first\nsecond\nthird\n");
});
