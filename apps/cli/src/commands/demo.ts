import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { quickstartPolicies, runDemo } from "@holdfast/demo";
import { createReferenceEngine, renderExplanation } from "@holdfast/engine";
import { explainRecord, loadPolicyFolder } from "@holdfast/runtime";
import type { CommandContext } from "../command-context.ts";
import { exitCode } from "../exit-code.ts";

interface DemoCommandOptions {
  readonly data?: string;
}

/** `holdfast demo`: a scripted agent behind the gate; no model, no key, no network. */
export function demoCommand(context: CommandContext): Command {
  return new Command("demo")
    .description("watch a scripted agent work, be attacked, and be stopped; no model, no key")
    .option("-d, --data <dir>", "keep the agent's files and the log here")
    .addHelpText("after", examples)
    .action(async ({ data }: DemoCommandOptions) => {
      const terminal = context.terminal();
      const { bold, dim, green, red } = terminal.colors;
      const paints = { good: green, bad: red, dim, bold };
      // Named from here, so that what is shown can be opened from here.
      const policies = relative(process.cwd(), quickstartPolicies);
      const engine = createReferenceEngine(loadPolicyFolder(policies).bundle);
      const result = await runDemo({
        ...(data === undefined ? {} : { data }),
        program: fileURLToPath(new URL("../../bin/holdfast.js", import.meta.url)),
        policies,
        write: (line) => terminal.data(line),
        paint: (text, as) => paints[as](text),
        explain: async (log, record) => {
          const explained = await explainRecord(log, engine, record);
          if (explained === undefined) return [];
          const text = renderExplanation(explained.decision, explained.explanation);
          return text.trimEnd().split("\n");
        },
      });
      context.exit(result.ok ? exitCode.ok : exitCode.internal);
    });
}

const examples = `
Examples:
  holdfast demo
  holdfast demo --data ./demo     the log is kept in ./demo/log
`;
