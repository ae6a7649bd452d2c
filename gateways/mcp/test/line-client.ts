import type { Readable, Writable } from "node:stream";

export type Message = Record<string, unknown> & {
  id?: unknown;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { code: number; message: string; data?: Record<string, unknown> };
};

/** A client that speaks MCP in raw lines, and so can also speak what no SDK would. */
export class LineClient {
  /** received and not yet taken */
  readonly messages: Message[] = [];
  private readonly input: Writable;
  private rest = "";
  private waiting: (() => void)[] = [];
  private over: string | undefined;

  constructor(input: Writable, output: Readable) {
    this.input = input;
    output.setEncoding("utf8").on("data", (text: string) => this.take(text));
  }

  /** Sends one line, as text or bytes. */
  raw(line: string | Uint8Array): void {
    this.input.write(line);
    this.input.write("\n");
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

  async initialize(capabilities: object = { sampling: {}, elicitation: {} }): Promise<void> {
    await this.ask("init", "initialize", {
      protocolVersion: "2025-11-25",
      capabilities,
      clientInfo: { name: "raw", version: "1" },
    });
    this.send({ method: "notifications/initialized" });
  }

  /** Resolves with the next message that fits, and takes it out. */
  async next(fits: (message: Message) => boolean): Promise<Message> {
    let found: Message | undefined;
    await this.until(() => {
      const index = this.messages.findIndex(fits);
      if (index >= 0) found = this.messages.splice(index, 1)[0];
      return found !== undefined;
    });
    if (found === undefined) throw new Error("nothing was found");
    return found;
  }

  /** Resolves once a ping sent now was answered: whatever passed at once has arrived by then. */
  async settle(): Promise<void> {
    await this.ask(`settle-${Math.random()}`, "ping");
  }

  close(): void {
    this.input.end();
  }

  /** Resolves when it holds; it is asked again with everything that comes. */
  protected async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.over !== undefined) throw new Error(`the other side ended: ${this.over}`);
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** From now on nothing more will come. */
  protected finish(why: string): void {
    this.over = why;
    this.wake();
  }

  protected wake(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }

  private take(text: string): void {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of lines) this.messages.push(JSON.parse(line));
    this.wake();
  }
}
