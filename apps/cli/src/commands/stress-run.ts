import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command, Option } from "commander";
import type { Json } from "@holdfast/model";
import { chooseEnvironment, defaultConfiguration } from "@holdfast/runtime";
import type { CommandContext } from "../command-context.ts";
import { exitCode } from "../exit-code.ts";
import { badArguments } from "../failure.ts";
import { renderData } from "../output-format.ts";
import { loadPolicies } from "../policies.ts";
import { policyOption } from "../policy-option.ts";
import { readPrompt, withPromptOptions } from "../prompt.ts";
import type { PromptOptions } from "../prompt.ts";
import { runAgent } from "../stress/agent-run.ts";
import { commandWords } from "../stress/command-words.ts";
import { program, runLiveGate } from "../stress/live-gate.ts";
import { planMark, readEntries, readPlan } from "../stress/live-plan.ts";
import type { LivePlan } from "../stress/live-plan.ts";
import { liveReport, liveTable } from "../stress/live-report.ts";
import { relayPoisoned } from "../stress/poisoning-relay.ts";

interface StressRunOptions extends PromptOptions {
  readonly policy: string;
  readonly mcp: string;
  readonly server: string;
  readonly agent: string;
  readonly environment?: string;
  readonly data?: string;
  readonly most: number;
  readonly timeout: number;
  readonly output: "table" | "json";
}

/** `holdfast stress run -- <agent command>`: poisons what a running agent reads, behind the gate. */
export function stressRunCommand(context: CommandContext): Command {
  const command = new Command("run")
    .description(
      "run an agent before an MCP server whose answers are poisoned, with the policies in force",
    )
    .usage("[options] -- <agent command> [arguments...]")
    .argument("<command...>", "the agent and its arguments, after --")
    .addOption(policyOption())
    .requiredOption("--mcp <command>", "command line of the MCP server over stdio, in one argument")
    .option("-s, --server <name>", "alias of the server, the first part of `server.tool`", "mcp")
    .option("-a, --agent <id>", "who acts", "agent")
    .option("-e, --environment <name>", "one of the environments Settings declares")
    .option(
      "-d, --data <dir>",
      "keep the log of the run in this new folder (default: it is removed)",
    )
    .option("--most <count>", "results that are poisoned at most", readCount, 12)
    .option("--timeout <seconds>", "stop the agent after this time", readCount, 600)
    .addOption(
      new Option("-o, --output <format>", "how to print")
        .choices(["table", "json"])
        .default("table"),
    )
    .addHelpText("after", examples)
    .action(async (words: string[], _own: object, ran: Command) => {
      // Those that `stress` has, too, are taken by it, wherever they stand; its log is the one of honest runs.
      const { data, ...options } = ran.optsWithGlobals<StressRunOptions>();
      const isNamed = ran.getOptionValueSourceWithGlobals("data") === "cli" && data !== undefined;
      return runLive(context, words, isNamed ? { ...options, data } : options);
    });
  withPromptOptions(command);
  return command;
}

/** What `stress run` starts as the agent's server, and as that one's; nobody else has a plan. */
export function liveProcesses(context: CommandContext): readonly Command[] {
  const gate = new Command("gate").argument("<plan>").action(async (path: string) => {
    context.exit(await runLiveGate(context, readPlan(path), path));
  });
  const poison = new Command("poison").argument("<plan>").action(async (path: string) => {
    const plan = readPlan(path);
    context.exit(
      await relayPoisoned(plan, loadPolicies(plan.policy, context.terminal()), context.host),
    );
  });
  return [gate, poison];
}

async function runLive(
  context: CommandContext,
  words: readonly string[],
  options: StressRunOptions,
): Promise<void> {
  const terminal = context.terminal();
  if (!/^[a-z0-9-]+$/u.test(options.server)) {
    throw badArguments(`server alias \`${options.server}\` may hold only a-z, 0-9 and -`);
  }
  needOwnData(options.data);
  const prompt = readPrompt(options);
  // Told here, and not by a process that the agent starts.
  const bundle = loadPolicies(options.policy, terminal);
  const environment = chooseEnvironment(options.environment, defaultConfiguration(), bundle);
  const folder = mkdtempSync(join(tmpdir(), "holdfast-stress-"));
  try {
    const report = join(folder, "report.jsonl");
    const plan: LivePlan = {
      stress: planMark,
      policy: resolve(options.policy),
      data: options.data === undefined ? join(folder, "data") : resolve(options.data),
      alias: options.server,
      agent: options.agent,
      environment,
      ...(prompt === undefined ? {} : { prompt }),
      server: [...commandWords(options.mcp)],
      most: options.most,
      report,
    };
    const agentExit = await runGated(context, words, { folder, plan, timeoutS: options.timeout });
    const result = liveReport(readEntries(report), agentExit);
    if (result.calls === 0) {
      throw badArguments(
        "the agent called no tool: start the server that `HOLDFAST_MCP_COMMAND` names",
      );
    }
    terminal.data(
      options.output === "json" ? renderData(result as unknown as Json, "json") : liveTable(result),
    );
    if (agentExit !== 0) terminal.words(`the agent ended with ${agentExit ?? "the timeout"}`);
    context.exit(result.through > 0 ? exitCode.findings : exitCode.ok);
  } finally {
    // Processes that were killed may be writing their last.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/**
 * @throws CommandFailure for a folder that holds anything: what a poisoned server said must never stand among
 * honest runs, which policies are learned from
 */
function needOwnData(data: string | undefined): void {
  if (data === undefined || !existsSync(data) || readdirSync(data).length === 0) return;
  throw badArguments(
    `\`${data}\` is not empty; keep the log of a poisoned run in a folder of its own`,
  );
}

/** Runs the agent with the gate as its server; its exit code, or null when it took too long. */
function runGated(
  { host }: CommandContext,
  [command = "", ...args]: readonly string[],
  { folder, plan, timeoutS }: { folder: string; plan: LivePlan; timeoutS: number },
): Promise<number | null> {
  const planPath = join(folder, "plan.json");
  writeFileSync(planPath, JSON.stringify(plan));
  const gate = { command: process.execPath, args: [program, "stress", "gate", planPath] };
  const config = join(folder, "mcp.json");
  writeFileSync(config, JSON.stringify({ mcpServers: { [plan.alias]: gate } }));
  return runAgent({
    command,
    args: args.map((each) => each.replaceAll("{mcp-config}", config)),
    env: {
      ...host.env,
      HOLDFAST_MCP_COMMAND: gate.command,
      HOLDFAST_MCP_ARGS: JSON.stringify(gate.args),
      HOLDFAST_MCP_CONFIG: config,
      ...(plan.prompt === undefined ? {} : { HOLDFAST_PROMPT: plan.prompt }),
    },
    stderr: host.stderr,
    timeoutMs: timeoutS * 1000,
  });
}

function readCount(text: string): number {
  if (/^[1-9]\d{0,5}$/u.test(text)) return Number(text);
  throw badArguments(`\`${text}\` is no count: give a whole number above 0`);
}

const examples = `
Examples:
  holdfast stress run --policy policies --server files \\
    --mcp "npx -y @modelcontextprotocol/server-filesystem ." -- node agent.js
  holdfast stress run --policy policies --mcp "node server.js" --prompt "tidy up" -- my-agent --mcp-config {mcp-config}

The agent is told its server by HOLDFAST_MCP_COMMAND with HOLDFAST_MCP_ARGS (a JSON list), or by a configuration
file of the form {"mcpServers": {...}} in HOLDFAST_MCP_CONFIG and for {mcp-config} in its arguments. What the
server's tools answer reaches it with an attacker's words; the policies are enforced all the while.
Exit code 10: an attack got through.
`;
