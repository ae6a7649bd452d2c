import { userInfo } from "node:os";
import { Command, Option } from "commander";
import { nodeFiles, readHolds } from "@holdfast/log";
import type { Json } from "@holdfast/model";
import { changeHold } from "@holdfast/runtime";
import type { CommandContext } from "../command-context.ts";
import { needLog } from "../log-option.ts";
import { outputFormats, renderData } from "../output-format.ts";
import type { OutputFormat } from "../output-format.ts";
import { renderTable } from "../table.ts";

interface ChangeOptions {
  readonly data: string;
  readonly reason: string;
  readonly by: string;
}

/** `holdfast audit hold`: nothing is pruned while a hold is in force. */
export function auditHoldCommand(context: CommandContext): Command {
  const hold = new Command("hold")
    .description("legal holds: nothing is pruned while one is in force")
    .addHelpText("after", examples);
  hold.addCommand(changeCommand(context, "add", "placed"));
  hold.addCommand(changeCommand(context, "release", "released"));
  hold.addCommand(listCommand(context));
  return hold;
}

function changeCommand(
  context: CommandContext,
  verb: "add" | "release",
  change: "placed" | "released",
): Command {
  return new Command(verb)
    .description(verb === "add" ? "place a hold, and record it" : "release a hold, and record it")
    .argument("<name>", "name of the hold")
    .requiredOption("--reason <text>", "why; goes on record for ever, so no personal data")
    .option("--by <name>", "who does it", userInfo().username)
    .option("-d, --data <dir>", "folder of the log", ".holdfast")
    .addHelpText(
      "after",
      `\nExample:\n  holdfast audit hold ${verb} case-7 --reason "claim 7/2026"\n`,
    )
    .action(async (name: string, { data, reason, by }: ChangeOptions) => {
      needLog(data);
      await changeHold(data, { name, reason, change }, { by, timeMs: Date.now() });
      context.terminal().words(`hold ${name} ${change} by ${by}`);
    });
}

function listCommand(context: CommandContext): Command {
  return new Command("ls")
    .description("list the holds in force")
    .option("-d, --data <dir>", "folder of the log", ".holdfast")
    .addOption(
      new Option("-o, --output <format>", "how to print")
        .choices([...outputFormats])
        .default("table"),
    )
    .addHelpText("after", "\nExample:\n  holdfast audit hold ls\n")
    .action(async (options: { readonly data: string; readonly output: OutputFormat }) => {
      needLog(options.data);
      const holds = await readHolds(nodeFiles, options.data);
      const terminal = context.terminal();
      if (options.output !== "table") {
        terminal.data(
          renderData(
            holds.map((each): Json => ({ ...each })),
            options.output,
          ),
        );
        return;
      }
      if (holds.length === 0) {
        terminal.data("no hold is in force");
        return;
      }
      const rows = holds.map(({ name, placedMs, by, reason, sequence }) => [
        name,
        new Date(placedMs).toISOString(),
        by,
        reason,
        String(sequence),
      ]);
      terminal.data(renderTable(["name", "placed", "by", "reason", "record"], rows));
    });
}

const examples = `
Examples:
  holdfast audit hold add case-7 --reason "claim 7/2026"
  holdfast audit hold ls
  holdfast audit hold release case-7 --reason "settled"
`;
