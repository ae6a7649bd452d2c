import { Command, CommanderError } from "commander";
import { argumentErrorText } from "./argument-error.ts";
import { auditCommand } from "./commands/audit.ts";
import { checkCommand } from "./commands/check.ts";
import { completionCommand } from "./commands/completion.ts";
import { diffCommand } from "./commands/diff.ts";
import { driftCommand } from "./commands/drift.ts";
import { demoCommand } from "./commands/demo.ts";
import { explainCommand } from "./commands/explain.ts";
import { lintCommand } from "./commands/lint.ts";
import { fmtCommand } from "./commands/fmt.ts";
import { lspCommand } from "./commands/lsp.ts";
import { learnCommand } from "./commands/learn.ts";
import { printCommand } from "./commands/print.ts";
import { replayCommand } from "./commands/replay.ts";
import { schemaCommand } from "./commands/schema.ts";
import { stressCommand } from "./commands/stress.ts";
import { tailCommand } from "./commands/tail.ts";
import { testCommand } from "./commands/test.ts";
import { wrapCommand } from "./commands/wrap.ts";
import { exitCode } from "./exit-code.ts";
import { describeFailure } from "./failure.ts";
import { createTerminal, writeWords } from "./terminal.ts";
import type { CommandContext } from "./command-context.ts";
import type { Host } from "./terminal.ts";
import { version } from "./version.ts";

/**
 * Runs the command line `args` (without node and script) and returns the exit code. Never
 * throws: whatever goes wrong becomes words on stderr and a code of `exitCode`.
 */
export async function run(args: readonly string[], host: Host): Promise<number> {
  let code: number = exitCode.ok;
  const program = new Command("holdfast");
  const context: CommandContext = {
    host,
    terminal: () => createTerminal(host, { color: program.opts<{ color: boolean }>().color }),
    exit: (value) => {
      code = value;
    },
  };
  configure(program, context);
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? exitCode.ok : exitCode.arguments;
    }
    const failure = describeFailure(error);
    writeWords(host, failure.message);
    return failure.exitCode;
  }
}

function configure(program: Command, context: CommandContext): void {
  const { host } = context;
  program
    .description(
      "The runtime enforcement layer for AI agents: decides every action before it happens",
    )
    .version(version, "-V, --version")
    .option("--no-color", "never write colour (also NO_COLOR)")
    .helpCommand(true)
    .addHelpText("after", overview);
  for (const command of [
    checkCommand(context),
    testCommand(context),
    lintCommand(context),
    diffCommand(context),
    fmtCommand(context),
    explainCommand(context),
    schemaCommand(context),
    learnCommand(context),
    stressCommand(context),
    driftCommand(context),
    printCommand(context),
    wrapCommand(context),
    replayCommand(context),
    tailCommand(context),
    auditCommand(context),
    demoCommand(context),
    completionCommand(context, program),
    lspCommand(context),
  ]) {
    program.addCommand(command);
  }
  // Commander keeps these per command, so they are set once the whole tree stands.
  const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
  for (const command of all(program)) {
    command.exitOverride();
    command.showHelpAfterError("(add `--help` for usage and examples)");
    command.configureOutput({
      writeOut: (text) => void host.stdout.write(text),
      writeErr: (text) => void host.stderr.write(text),
      outputError: (text, write) => write(argumentErrorText(text)),
    });
  }
}

const overview = `
Examples:
  holdfast demo                                          see a denial in a minute, nothing to set up
  holdfast check --request call.json                     decide one request and explain it
  holdfast test policies                                 run the policy tests
  holdfast lint policies                                 find what rules do not do, or do by accident
  holdfast fmt policies                                  lay out policy files
  holdfast diff policies-main policies                   say what a change of policies does
  holdfast print policies.mjs --out policies             write TypeScript policies as YAML
  holdfast wrap mcp --policy policies -- node server.js  put the gate in front of an MCP server
  holdfast replay --policy policies --since 24h          decide again what is recorded
  holdfast drift --baseline learned.baseline.json        see what agents do otherwise than before
  holdfast tail -f                                       see decisions as they are made
  holdfast stress --policy policies --runs runs.jsonl    attack the policies with honest runs
  holdfast audit verify --data .holdfast                 prove that the log is whole

Exit codes: 0 ok, 1 internal, 2 arguments, 3 policy does not compile, 4 policy tests failed,
5 not allowed, 6 pending, 7 log verification failed, 9 replay or print --check
differs, 10 findings,
125 wrap: Holdfast itself failed.
`;
