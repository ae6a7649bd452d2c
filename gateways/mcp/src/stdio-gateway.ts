import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { constants } from "node:os";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { HoldfastError } from "@holdfast/model";
import type { Caller, Guard } from "@holdfast/runtime";
import { Exchange } from "./exchange.ts";
import { gatewayLimits } from "./limits.ts";
import { LineReader } from "./line-reader.ts";
import { LineWriter } from "./line-writer.ts";
import { decisionLine } from "./operator-line.ts";
import { PolicyJudge } from "./policy-judge.ts";
import { ServerWords } from "./server-words.ts";
import type { GatewayLimits } from "./limits.ts";
import type { Side } from "./method.ts";
import type { DecisionReport } from "./operator-line.ts";
import type { Identity } from "./request-mapper.ts";

/** Exit code when Holdfast itself failed and the server never decided one. */
export const gatewayFailed = 125;

/** Operator lines that are not read are kept up to this many bytes; then they are dropped. */
const operatorBytesMax = 1024 * 1024;

export interface StdioGatewayOptions {
  readonly guard: Pick<
    Guard,
    "bundle" | "begin" | "end" | "registerTools" | "couldAllow" | "openSession" | "observe"
  >;
  readonly caller?: Caller;
  /** alias of the server in `server.tool`: `[a-z0-9-]+` */
  readonly serverAlias: string;
  readonly command: string;
  readonly args: readonly string[];
  /** the whole environment of the server */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** id of who acts, on the operator's word; an Agent document of this name says the rest */
  readonly agent: string;
  /** a session opened before; without it the guard opens one */
  readonly session?: string;
  /** what a person typed to start this run; enters the session's origins */
  readonly prompt?: string;
  readonly limits?: Partial<GatewayLimits>;
  /** aborted to end the run: the server is asked to terminate */
  readonly signal?: AbortSignal;
  /** called with each decision besides the line on stderr */
  readonly onDecision?: (report: DecisionReport) => void;
}

/**
 * Runs a tool server as a child process and stands between it and a client that speaks MCP over
 * `stdin` and `stdout`. No `tools/call`, and no other request that asks for an action, reaches
 * the other side without a permit of the guard. Resolves with the exit code of the server
 * (128 + signal number when a signal ended it) after everything is recorded and written; 125
 * when the server could not be started or the guard not be prepared. Never rejects.
 */
export async function runStdioGateway(options: StdioGatewayOptions): Promise<number> {
  const stderr = new LineWriter(options.stderr, () => undefined);
  const note = (text: string): void => {
    // The log has every decision; lines that nobody reads must not fill the memory.
    if (stderr.behindBytes <= operatorBytesMax) stderr.write(`holdfast: ${text}`);
  };
  let session: string;
  try {
    if (!/^[a-z0-9-]+$/u.test(options.serverAlias)) {
      const message = `server alias \`${options.serverAlias}\` may hold only a-z, 0-9 and \`-\``;
      throw new HoldfastError("mcp_alias", message);
    }
    session = await startSession(options);
  } catch (error) {
    note(`cannot start: ${error instanceof Error ? error.message : "unknown"}`);
    return gatewayFailed;
  }
  const child = await start(options);
  if (child instanceof Error) {
    note(`cannot start \`${options.command}\`: ${child.message}`);
    return gatewayFailed;
  }
  const agentNow = agentIn(options);
  // In a session that other runs may share, the count of messages alone names no action.
  const run = options.session === undefined ? {} : { run: randomBytes(8).toString("hex") };
  const identity: Identity = {
    // Asked for each action: the policies in force may give the agent other roles than before.
    get agent() {
      return agentNow();
    },
    session,
    server: options.serverAlias,
    ...run,
  };
  return new StdioRun(options, child, { identity, note }).run();
}

async function startSession({
  agent,
  caller,
  guard,
  prompt,
  session,
}: StdioGatewayOptions): Promise<string> {
  const id = session ?? (await guard.openSession({ agent }, caller)).id;
  if (prompt !== undefined) {
    const seen = { kind: "prompt", text: prompt, source: "operator", labels: ["user"] } as const;
    await guard.observe(id, seen, caller);
  }
  return id;
}

/** The agent as the policies in force describe it, looked up once for each bundle. */
function agentIn(options: StdioGatewayOptions): () => Identity["agent"] {
  let bundle = options.guard.bundle;
  let agent = agentOf(options);
  return () => {
    if (options.guard.bundle !== bundle) {
      bundle = options.guard.bundle;
      agent = agentOf(options);
    }
    return agent;
  };
}

/** The agent as the policy set describes it; one without a document has an id and nothing else. */
function agentOf({ agent, guard }: StdioGatewayOptions): Identity["agent"] {
  const document = guard.bundle.agents.find(({ name }) => name === agent);
  if (document === undefined) return { id: agent };
  const { attributes, created, owner, roles, version } = document;
  return {
    id: agent,
    roles: [...roles],
    attributes,
    ...(created === undefined ? {} : { created }),
    ...(owner === undefined ? {} : { owner }),
    ...(version === undefined ? {} : { version }),
  };
}

/** The child once it runs, or why it does not. */
function start(options: StdioGatewayOptions): Promise<ChildProcessWithoutNullStreams | Error> {
  return new Promise((resolve) => {
    try {
      const child = spawn(options.command, [...options.args], {
        env: { ...options.env },
        stdio: ["pipe", "pipe", "pipe"],
        windowsHide: true,
      });
      child.once("spawn", () => resolve(child));
      // Not `once`: a child that cannot be killed reports that here, too.
      child.on("error", resolve);
    } catch (error) {
      resolve(error instanceof Error ? error : new Error("unknown"));
    }
  });
}

/** One run of a gateway: the streams, their ends, and the end of the process. */
class StdioRun {
  private readonly options: StdioGatewayOptions;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly limits: GatewayLimits;
  private readonly exchange: Exchange;
  private readonly writers: Readonly<Record<Side, LineWriter>>;
  private readonly exited: Promise<number>;
  /** resolves when the client has closed its side, or can no longer be written to */
  private readonly clientGone: Promise<void>;
  private readonly serverGone: Promise<void>;

  constructor(
    options: StdioGatewayOptions,
    child: ChildProcessWithoutNullStreams,
    { identity, note }: { identity: Identity; note: (text: string) => void },
  ) {
    const limits = { ...gatewayLimits, ...options.limits };
    this.options = options;
    this.child = child;
    this.limits = limits;
    this.exited = exitCode(child);
    const client = signalled();
    const server = signalled();
    this.clientGone = client.promise;
    this.serverGone = server.promise;
    this.writers = {
      client: new LineWriter(options.stdout, client.resolve),
      server: new LineWriter(child.stdin, server.resolve),
    };
    this.exchange = new Exchange({
      limits,
      note,
      send: (to, line) => this.writers[to].write(line),
    });
    this.exchange.decideWith(
      new PolicyJudge({
        guard: options.guard,
        caller: options.caller,
        identity,
        limits,
        note,
        ask: (method, params, timeoutMs) => this.exchange.ask(method, params, timeoutMs),
        report: (report) => {
          note(decisionLine(report));
          options.onDecision?.(report);
        },
      }),
    );
    void this.pump("client", options.stdin).then(client.resolve);
    void this.pump("server", child.stdout).then(server.resolve);
  }

  async run(): Promise<number> {
    const { child, exchange, exited, options, serverGone } = this;
    this.passStderr();
    const aborted = abortion(options.signal);
    const over = Promise.race([serverGone, exited, aborted]);
    await Promise.race([this.clientGone, over]);
    exchange.close("client");
    // A client that only closed its side still gets its answers; one that is gone wants none.
    await Promise.race([
      exchange.answered(),
      this.writers.client.lost,
      wait(this.limits.drainTimeoutMs),
      over,
    ]);
    this.writers.server.end();
    const code = await this.stop(aborted);
    exchange.close("server");
    exchange.abandon("the server ended before it answered");
    await exchange.settled();
    child.stdout.destroy();
    options.stdin.destroy();
    await Promise.race([this.writers.client.flush(), wait(this.limits.drainTimeoutMs)]);
    return code;
  }

  /** Lets the server exit; asks it to, and at last makes it, when it does not. */
  private async stop(aborted: Promise<void>): Promise<number> {
    const { child, exited, limits } = this;
    const exit = exited.then(() => true);
    const late = (): Promise<boolean> => wait(limits.exitTimeoutMs).then(() => false);
    const asked = aborted.then(() => false);
    if (!(await Promise.race([exit, late(), asked]))) child.kill("SIGTERM");
    if (!(await Promise.race([exit, late()]))) child.kill("SIGKILL");
    const code = await exited;
    // What the server wrote before it exited is still in the pipe, and is read as fast as the
    // client takes it. A process it left behind may hold that pipe open for ever.
    const read = this.serverGone.then(() => true);
    while (!(await Promise.race([read, late()])) && this.writers.client.full);
    return code;
  }

  /** The server's own words for the operator, marked as such. */
  private passStderr(): void {
    const { stderr } = this.child;
    stderr.on("error", () => undefined);
    const words = new ServerWords();
    stderr.pipe(words).pipe(this.options.stderr, { end: false });
    // With nobody to read them they are thrown away; a full pipe would stop the server.
    const discard = (): void => {
      words.unpipe();
      words.resume();
    };
    this.options.stderr.once("error", discard);
    this.options.stderr.once("close", discard);
  }

  /** Reads one side to its end. Reads on only while both sides take what is written to them. */
  private async pump(from: Side, stream: Readable): Promise<void> {
    const reader = new LineReader(this.limits.lineBytesMax);
    const to = this.writers[from === "client" ? "server" : "client"];
    try {
      for await (const chunk of stream) {
        for (const line of reader.push(bytesOf(chunk))) this.exchange.receive(from, line);
        await to.ready();
        await this.writers[from].room(this.limits.undecidedBytesMax);
        await this.exchange.room(from);
      }
      const last = reader.end();
      if (last !== undefined) this.exchange.receive(from, last);
    } catch {
      // A stream that breaks has ended; a part of a line is no message.
    }
    if (from === "server") this.exchange.close("server");
  }
}

function bytesOf(chunk: unknown): Uint8Array {
  return chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk), "utf8");
}

/** 128 + number of the signal, as shells report it. */
function exitCode(child: ChildProcessWithoutNullStreams): Promise<number> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : (constants.signals[signal] ?? 0)));
    });
  });
}

function signalled(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Resolves when the signal aborts; never without one. */
function abortion(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) resolve();
    signal?.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Does not keep the process alive by itself. */
function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
