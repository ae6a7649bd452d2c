import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { onTestFinished } from "vitest";
import type { Command } from "./gateway-command.ts";
import type { RealCall } from "./real-calls.ts";

/** What a client saw of one call. */
export type Seen =
  | { readonly tool: string; readonly result: unknown }
  | { readonly tool: string; readonly error: string };

/** The official client, connected, with everything it was asked and told. */
export interface RealClient {
  readonly client: Client;
  /** requests of the server, and notifications, in the order they came */
  readonly heard: { readonly method: string; readonly params: unknown }[];
}

/** Connects the official client to a server process; it can sample, elicit and list roots. */
export async function connect(
  command: Command,
  { roots, env }: { roots: boolean; env?: Readonly<Record<string, string>> },
): Promise<RealClient> {
  const heard: RealClient["heard"] = [];
  const client = new Client(
    { name: "test", version: "1" },
    {
      capabilities: {
        sampling: {},
        elicitation: { form: {}, url: {} },
        ...(roots ? { roots: { listChanged: true } } : {}),
      },
    },
  );
  client.setRequestHandler("sampling/createMessage", async ({ method, params }) => {
    heard.push({ method, params });
    return { role: "assistant", model: "none", content: { type: "text", text: "sampled" } };
  });
  client.setRequestHandler("elicitation/create", async ({ method, params }) => {
    heard.push({ method, params });
    return { action: "accept", content: { check: true, name: "Ana" } };
  });
  if (roots) {
    client.setRequestHandler("roots/list", async () => ({
      roots: [{ uri: "file:///srv/project", name: "project" }],
    }));
  }
  for (const method of ["notifications/message", "notifications/resources/updated"] as const) {
    client.setNotificationHandler(method, ({ params }) => {
      heard.push({ method, params });
    });
  }
  const transport = new StdioClientTransport({
    command: command.command,
    args: [...command.args],
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: "/nowhere",
      MEMORY_FILE_PATH: process.env["MEMORY_FILE_PATH"] ?? "",
      ...env,
    },
    stderr: "ignore",
  });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return { client, heard };
}

/** Makes each call in turn. */
export async function callAll({ client }: RealClient, calls: readonly RealCall[]): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (const { tool, args } of calls) {
    try {
      const progress: unknown[] = [];
      const result = await client.callTool(
        { name: tool, arguments: { ...args } },
        { onprogress: (step) => progress.push(step) },
      );
      // The last step and the result come together, and the client may drop whichever it likes.
      seen.push({ tool, result: { ...result, progress: progress.slice(0, 2) } });
    } catch (error) {
      seen.push({ tool, error: String(error) });
    }
  }
  return seen;
}
