import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Argument, Command } from "commander";
import { createEngine, renderExplanation } from "@holdfast/engine";
import { explainRecord, loadPolicyFolder } from "@holdfast/runtime";
import type { CommandContext } from "../command-context.ts";
import { exitCode } from "../exit-code.ts";

interface DemoCommandOptions {
  readonly data?: string;
}

/** As the demo names them; it is loaded when it runs, since no other command needs an MCP client. */
const sceneNames = ["files", "origins"] as const;

/** `holdfast demo`: a scripted agent behind the gate; no model, no key, no network. */
export function demoCommand(context: CommandContext): Command {
  return new Command("demo")
    .description("watch a scripted agent work, be attacked, and be stopped; no model, no key")
    .addArgument(new Argument("[scene]", "what to watch").choices([...sceneNames]))
    .option("-d, --data <dir>", "keep the agent's files and the log here")
    .addHelpText("after", examples)
    .action(async (name: string | undefined, { data }: DemoCommandOptions) => {
      const { fileScene, originScene, runDemo } = await import("@holdfast/demo");
      const scene = name === originScene.name ? originScene : fileScene;
      const terminal = context.terminal();
      const { bold, dim, green, red } = terminal.colors;
      const paints = { good: green, bad: red, dim, bold };
      // Named from here, so that what is shown can be opened from here.
      const policies = relative(process.cwd(), scene.policies);
      const engine = createEngine(loadPolicyFolder(policies).bundle);
      const result = await runDemo({
        scene,
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
  holdfast demo                   rules on paths, a limit, and what was read before
  holdfast demo origins           rules on where a path was first seen
  holdfast demo --data ./demo     the log is kept in ./demo/log
`;
