import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

/** How to start the gateway: the program and its arguments, server command included. */
export interface GatewayCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly workingDirectory: string;
}

/** What a tool call came back with. */
export interface ToolAnswer {
  readonly text: string;
  readonly isError: boolean;
  /** the gateway's own line about this call, as it stood on its stderr */
  readonly decision: DecisionLine | undefined;
}

/** A decision line of the gateway, read back into its words. */
export interface DecisionLine {
  readonly effect: string;
  readonly code: string;
  /** the rule that decided, or the nearest allow when none did */
  readonly rule: string;
  readonly isNearest: boolean;
  /** `file:line:column` of the rule */
  readonly at: string;
  readonly latency: string;
  readonly record: number;
}

/**
 * The official MCP client, speaking to a tool server through the gateway, each its own process.
 * Decisions are read from the gateway's stderr, where an operator would read them.
 */
export class GatewaySession {
  readonly #client: Client;
  #stderr = "";

  private constructor(client: Client) {
    this.#client = client;
  }

  /** @throws when the gateway does not start or does not speak MCP; says what it wrote */
  static async open(gateway: GatewayCommand): Promise<GatewaySession> {
    const client = new Client({ name: "scripted-agent", version: "1" });
    const transport = new StdioClientTransport({
      command: gateway.command,
      args: [...gateway.args],
      cwd: gateway.workingDirectory,
      stderr: "pipe",
    });
    const session = new GatewaySession(client);
    transport.stderr?.on("data", (chunk: Buffer) => {
      session.#stderr += chunk.toString("utf8");
    });
    try {
      await client.connect(transport);
    } catch (cause) {
      throw new Error(`the gateway did not start:\n${session.#stderr}`, { cause });
    }
    return session;
  }

  async toolNames(): Promise<readonly string[]> {
    const { tools } = await this.#client.listTools();
    return tools.map(({ name }) => name);
  }

  async call(tool: string, args: Readonly<Record<string, string>>): Promise<ToolAnswer> {
    const from = this.#stderr.length;
    const result = await this.#client.callTool({ name: tool, arguments: { ...args } });
    const content = Array.isArray(result.content) ? result.content : [];
    const text = content
      .map((part) => (part.type === "text" ? part.text : `[${part.type}]`))
      .join("\n");
    const decision = await this.#decisionAfter(from, tool);
    return { text, isError: result.isError === true, decision };
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  /** The answer and the line come through different pipes: the line may be a moment behind. */
  async #decisionAfter(from: number, tool: string): Promise<DecisionLine | undefined> {
    for (let turn = 0; turn < 200; turn += 1) {
      const lines = this.#stderr.slice(from).split("\n").slice(0, -1);
      const found = lines
        .map((line) => parseDecisionLine(line, tool))
        .find((line) => line !== undefined);
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return undefined;
  }
}

/** Reads `holdfast: deny files.write_file code=… rule=… at=… latency=… record=…`. */
function parseDecisionLine(line: string, tool: string): DecisionLine | undefined {
  const [mark, effect, name, ...words] = line.split(" ");
  if (mark !== "holdfast:" || effect === undefined || name?.endsWith(`.${tool}`) !== true)
    return undefined;
  const value = (key: string): string | undefined =>
    words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
  const code = value("code");
  if (code === undefined) return undefined;
  return {
    effect,
    code,
    rule: value("rule") ?? value("nearest") ?? "-",
    isNearest: value("rule") === undefined && value("nearest") !== undefined,
    at: value("at") ?? "-",
    latency: value("latency") ?? "-",
    record: Number(value("record") ?? Number.NaN),
  };
}
