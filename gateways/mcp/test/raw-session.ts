import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PassThrough } from "node:stream";
import { onTestFinished } from "vitest";
import { runStdioGateway } from "@holdfast/gateway-mcp";
import { DiagnosticsError, openGuard } from "@holdfast/runtime";
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

type Message = Record<string, unknown> & {
  id?: unknown;
  method?: string;
  result?: Record<string, never>;
  error?: { code: number; message: string; data?: Record<string, never> };
};

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
export class RawSession {
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly folder = scratch();
  readonly recordPath = join(this.folder, "record.jsonl");
  readonly messages: Message[] = [];
  /** text of the gateway's stderr so far */
  operator = "";
  readonly exit: Promise<number>;
  private readonly abort = new AbortController();
  private over = false;
  private rest = "";
  private waiting: (() => void)[] = [];

  constructor(
    guard: StdioGatewayOptions["guard"],
    options: Partial<StdioGatewayOptions> & { readonly server?: object } = {},
  ) {
    const { server, ...given } = options;
    this.stdout.setEncoding("utf8").on("data", (text: string) => this.take(text));
    this.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.operator += text;
      this.wake();
    });
    this.exit = runStdioGateway({
      guard,
      serverAlias: "rec",
      command: process.execPath,
      args: [recordingServer, this.recordPath, JSON.stringify(server ?? {})],
      env: process.env,
      stdin: this.stdin,
      stdout: this.stdout,
      stderr: this.stderr,
      agent: "tester",
      signal: this.abort.signal,
      ...given,
    });
    void this.exit.then(() => {
      this.over = true;
      this.wake();
    });
    onTestFinished(async () => {
      this.abort.abort();
      await this.exit;
    });
  }

  /** Sends one line, as text or bytes. */
  raw(line: string | Uint8Array): void {
    this.stdin.write(line);
    this.stdin.write("\n");
  }

  send(message: object): void {
    this.raw(JSON.stringify({ jsonrpc: "2.0", ...message }));
  }

  /** Sends a request and resolves with its response. */
  async ask(id: unknown, method: string, params?: object): Promise<Message> {
    this.send({ id, method, ...(params === undefined ? {} : { params }) });
    return this.next((message) => message.id === id && message.method === undefined);
  }

  /** `tools/call`, resolving with the response. */
  call(id: unknown, name: string, args?: object): Promise<Message> {
    return this.ask(id, "tools/call", { name, ...(args === undefined ? {} : { arguments: args }) });
  }

  async initialize(): Promise<void> {
    await this.ask("init", "initialize", {
      protocolVersion: "2025-11-25",
      capabilities: { sampling: {}, elicitation: {} },
      clientInfo: { name: "raw", version: "1" },
    });
    this.send({ method: "notifications/initialized" });
  }

  /** Resolves with the next message that fits, and takes it out. */
  async next(fits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const index = this.messages.findIndex(fits);
      const [message] = index < 0 ? [] : this.messages.splice(index, 1);
      if (message !== undefined) return message;
      if (this.over) throw new Error(`the gateway ended without it: ${this.operator}`);
      await this.change();
    }
  }

  /** Resolves when the operator was told something like this. */
  async told(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.operator)) {
      if (this.over) throw new Error(`the gateway ended without it: ${this.operator}`);
      await this.change();
    }
  }

  close(): void {
    this.stdin.end();
  }

  /** Lines the server received, as it received them. */
  received(): string[] {
    return readFileSync(this.recordPath, "utf8").split("\n").slice(0, -1);
  }

  /** Of the messages the server received, those of a method. */
  receivedOf(method: string): { id?: unknown; params?: Record<string, unknown> }[] {
    return this.received()
      .map((line) => JSON.parse(line))
      .filter((message) => message.method === method);
  }

  /** Resolves with a promise's value once it and everything sent so far was handled. */
  async settle(): Promise<void> {
    await this.ask(`settle-${Math.random()}`, "ping");
  }

  private take(text: string): void {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of lines) this.messages.push(JSON.parse(line));
    this.wake();
  }

  private change(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
    });
  }

  private wake(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}
