import { resolve } from "node:path";
import { Command } from "commander";
import { counted, printable } from "@holdfast/model";
import { readsOrigins } from "@holdfast/engine";
import { openGuard, readConfiguration } from "@holdfast/runtime";
import type { Guard } from "@holdfast/runtime";
import type { CommandContext } from "../command-context.ts";
import { exitCode } from "../exit-code.ts";
import { badArguments, describeFailure } from "../failure.ts";
import { loadPolicies } from "../policies.ts";
import { reloadPolicies } from "../policy-reload.ts";
import { readPrompt, withPromptOptions } from "../prompt.ts";
import type { PromptOptions } from "../prompt.ts";
import { version } from "../version.ts";

interface WrapOptions extends PromptOptions {
  readonly policy?: string;
  readonly data?: string;
  readonly config?: string;
  readonly environment?: string;
  readonly server: string;
  readonly agent?: string;
}

/** `holdfast wrap mcp -- <server command>`: the gate in front of an MCP server over stdio. */
export function wrapCommand(context: CommandContext): Command {
  const mcp = new Command("mcp")
    .description("run an MCP server behind the policies, speaking MCP over stdio")
    .usage("[options] -- <server command> [arguments...]")
    .argument("<command...>", "the tool server and its arguments, after --")
    .option("-p, --policy <dir>", "policy folder (default: the configuration's, else policies)")
    .option("-s, --server <name>", "alias of the server, the first part of `server.tool`", "mcp")
    .option("-a, --agent <id>", "who acts, on your word (default: the configuration's, else agent)")
    .option("-d, --data <dir>", "folder of the log (default: the configuration's, else .holdfast)")
    .option("-e, --environment <name>", "one of the environments Settings declares")
    .option("-c, --config <file>", "holdfast.yaml; never searched for")
    .addHelpText("after", examples)
    .action(async (command: string[], options: WrapOptions) => {
      context.exit(await wrapMcp(context, command, options));
    });
  withPromptOptions(mcp);
  return new Command("wrap")
    .description("put the gate in front of a command")
    .addHelpText("after", groupExamples)
    .addCommand(mcp);
}

async function wrapMcp(
  context: CommandContext,
  [command, ...args]: readonly string[],
  options: WrapOptions,
): Promise<number> {
  if (command === undefined) throw badArguments("no server command: put it after `--`");
  if (options.agent === "") throw badArguments("`--agent` must not be empty");
  if (!/^[a-z0-9-]+$/u.test(options.server)) {
    throw badArguments(`server alias \`${options.server}\` may hold only a-z, 0-9 and -`);
  }
  const prompt = readPrompt(options);
  // Loaded here, since no other command needs the MCP library.
  const { runStdioGateway } = await import("@holdfast/gateway-mcp");
  const opened = await open(context, options, prompt);
  if (typeof opened === "number") return opened;
  const { guard, agent, said } = opened;
  const { stdin, stdout, stderr, env } = context.host;
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  const onHangUp = (): void => void reloadPolicies(guard, context.terminal());
  process.once("SIGTERM", onSignal).once("SIGINT", onSignal).on("SIGHUP", onHangUp);
  for (const line of said) context.terminal().words(line);
  try {
    return await runStdioGateway({
      guard,
      serverAlias: options.server,
      command,
      args,
      env,
      stdin,
      stdout,
      stderr,
      agent,
      signal: stop.signal,
      ...(prompt === undefined ? {} : { prompt }),
    });
  } finally {
    await guard.close();
    process.off("SIGHUP", onHangUp);
  }
}

interface Opened {
  readonly guard: Guard;
  readonly agent: string;
  /** what to say once signals are heard: whoever reads it may send one at once */
  readonly said: readonly string[];
}

/** The guard, or the exit code when it does not open: nothing has been started then. */
async function open(
  context: CommandContext,
  options: WrapOptions,
  prompt: string | undefined,
): Promise<Opened | number> {
  try {
    const configured = options.config === undefined ? undefined : readConfiguration(options.config);
    const policies = options.policy ?? configured?.policies ?? "policies";
    const bundle = loadPolicies(policies, context.terminal());
    const guard = await openGuard({
      policies,
      data: options.data ?? configured?.data ?? ".holdfast",
      pep: { type: "mcp-stdio", id: options.server, version },
      explanations: true,
      index: "live",
      notice: (text) => context.terminal().words(`holdfast: ${printable(text)}`),
      // Who could write it would speak as the user in the next run.
      protectedPaths: options.promptFile === undefined ? [] : [resolve(options.promptFile)],
      ...(options.config === undefined ? {} : { configuration: options.config }),
      ...(options.environment === undefined ? {} : { environment: options.environment }),
    });
    const agent = options.agent ?? configured?.agent ?? "agent";
    const rules = bundle.policies.reduce((sum, policy) => sum + policy.rules.length, 0);
    const opening =
      `holdfast: ${counted(rules, "rule")} of ${policies} (${bundle.digest.slice(0, 19)}), agent ${agent}, ` +
      `server ${options.server}, environment ${guard.environment}, log ${guard.directory}`;
    const asks = prompt === undefined && readsOrigins(bundle);
    return { guard, agent, said: asks ? [opening, promptless] : [opening] };
  } catch (error) {
    const failure = describeFailure(error);
    context.terminal().words(failure.message);
    // `wrap` keeps small codes for the wrapped command, but what the person must fix first is
    // worth telling apart: policies that do not compile and a damaged log keep their codes.
    return failure.exitCode === exitCode.internal ? exitCode.wrapFailed : failure.exitCode;
  }
}

const promptless =
  "holdfast: these policies ask where values come from, and no prompt is given: rules that ask deny " +
  "or do not grant (`--prompt`, `--prompt-file`)";

const groupExamples = `
Examples:
  holdfast wrap mcp --policy policies --server files -- npx -y @modelcontextprotocol/server-filesystem .
`;

const examples = `
Examples:
  holdfast wrap mcp --policy policies --server files -- npx -y @modelcontextprotocol/server-filesystem .
  holdfast wrap mcp -c holdfast.yaml --agent writer --prompt "summarise the brief" -- node server.js

SIGHUP reads the policies again; ones that do not compile leave those in force as they are.

In a client's configuration, put \`holdfast wrap mcp ... --\` before the server's own command. The
exit code is the server's own. 2 (arguments, folders), 3 (the policies do not compile), 7 (the
log is damaged) and 125 (Holdfast itself failed): the server was not started.
`;
