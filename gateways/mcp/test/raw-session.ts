import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PassThrough } from "node:stream";
import { onTestFinished } from "vitest";
import { runStdioGateway } from "@holdfast/gateway-mcp";
import { DiagnosticsError, openGuard } from "@holdfast/runtime";
import { LineClient } from "./line-client.ts";
import type { Message } from "./line-client.ts";
import type { StdioGatewayOptions } from "@holdfast/gateway-mcp";
import type { Guard } from "@holdfast/runtime";

/** Allows every action of a tool that no Tool document labels: with no such document, all. */
export const allowAll = `
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: everything}
spec:
  match: {labels: [unlabelled]}
  rules: [{id: allow, effect: allow}]
`;

export const recordingServer = fileURLToPath(
  new URL("fixture/recording-server.mjs", import.meta.url),
);

/** A folder that is removed when the test is over. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-mcp-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A real guard over the given policy text, its log in a scratch folder. */
export async function testGuard(policy: string): Promise<Guard> {
  const guard = await openGuard({
    policies: [{ path: "policies/test.yaml", text: policy }],
    data: join(scratch(), "data"),
    pep: { type: "mcp-stdio", id: "test", version: "0" },
    explanations: true,
  }).catch((error: unknown) => {
    throw new Error(
      error instanceof DiagnosticsError
        ? JSON.stringify(error.diagnostics, null, 1)
        : String(error),
    );
  });
  onTestFinished(() => guard.close());
  return guard;
}

/** The guard, with some of its answers changed. */
export function altered(
  guard: Guard,
  changes: Partial<StdioGatewayOptions["guard"]>,
): StdioGatewayOptions["guard"] {
  return {
    bundle: guard.bundle,
    begin: (request, caller) => guard.begin(request, caller),
    end: (permit, ending) => guard.end(permit, ending),
    registerTools: (server, definitions) => guard.registerTools(server, definitions),
    couldAllow: (request, caller) => guard.couldAllow(request, caller),
    openSession: (start, caller) => guard.openSession(start, caller),
    observe: (session, seen, caller) => guard.observe(session, seen, caller),
    ...changes,
  };
}

/** A gateway in this process, in front of the recording server, spoken to in raw lines. */
export class RawSession extends LineClient {
  readonly stdin: PassThrough;
  readonly stdout: PassThrough;
  readonly stderr = new PassThrough();
  readonly folder = scratch();
  readonly recordPath = join(this.folder, "record.jsonl");
  /** text of the gateway's stderr so far */
  operator = "";
  readonly exit: Promise<number>;

  constructor(
    guard: StdioGatewayOptions["guard"],
    options: Partial<StdioGatewayOptions> & { readonly server?: object } = {},
  ) {
    const { server, ...given } = options;
    const stdin = new PassThrough();
    const stdout = new PassThrough();
    super(stdin, stdout);
    this.stdin = stdin;
    this.stdout = stdout;
    this.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.operator += text;
      this.wake();
    });
    const abort = new AbortController();
    this.exit = runStdioGateway({
      guard,
      serverAlias: "rec",
      command: process.execPath,
      args: [recordingServer, this.recordPath, JSON.stringify(server ?? {})],
      env: process.env,
      stdin,
      stdout,
      stderr: this.stderr,
      agent: "tester",
      signal: abort.signal,
      ...given,
    }).finally(() => this.finish(this.operator));
    onTestFinished(async () => {
      abort.abort();
      await this.exit;
    });
  }

  /** Resolves when the operator was told something like this. */
  async told(pattern: RegExp): Promise<void> {
    await this.until(() => pattern.test(this.operator));
  }

  /** Lines the server received, as it received them. */
  received(): string[] {
    return readFileSync(this.recordPath, "utf8").split("\n").slice(0, -1);
  }

  /** Of the messages the server received, those of a method. */
  receivedOf(method: string): Message[] {
    return this.received()
      .map((line): Message => JSON.parse(line))
      .filter((message) => message.method === method);
  }
}
