import { counted } from "@holdfast/model";
import { statSync } from "node:fs";
import { userInfo } from "node:os";
import { Command, Option } from "commander";
import type { Json } from "@holdfast/model";
import { planLogPrune, pruneRecords } from "@holdfast/runtime";
import type { CommandContext } from "../command-context.ts";
import { needLog } from "../log-option.ts";
import { outputFormats, renderData } from "../output-format.ts";
import type { OutputFormat } from "../output-format.ts";
import { readTime } from "../time-option.ts";

interface PruneOptions {
  readonly data: string;
  readonly olderThan: number;
  readonly by: string;
  readonly dryRun?: boolean;
  readonly output: OutputFormat;
}

/** `holdfast audit prune`: unlinks whole segments by age; what is left still verifies. */
export function auditPruneCommand(context: CommandContext): Command {
  return new Command("prune")
    .description(
      "remove old records and their payloads for good; proofs of what is left stay valid",
    )
    .requiredOption("--older-than <span>", "keep what is newer, such as 90d", readTime)
    .option("-n, --dry-run", "say what would go, and change nothing")
    .option("--by <name>", "who does it; goes on record", userInfo().username)
    .option("-d, --data <dir>", "folder of the log", ".holdfast")
    .addOption(
      new Option("-o, --output <format>", "how to print")
        .choices([...outputFormats])
        .default("table"),
    )
    .addHelpText("after", examples)
    .action(async (options: PruneOptions) => {
      const { data, by, olderThan, output } = options;
      needLog(data);
      const plan = await planLogPrune(data, olderThan);
      const terminal = context.terminal();
      if (plan === undefined) {
        if (output === "table")
          terminal.data("nothing is old enough to be pruned in whole segments");
        else terminal.data(renderData(null, output));
        return;
      }
      const { first, minimum, root, segments, payloads } = plan;
      const gone = [...segments, ...payloads];
      const bytes = gone.reduce((sum, path) => sum + sizeOf(`${data}/${path}`), 0);
      if (options.dryRun !== true) {
        await pruneRecords(data, plan, { by, timeMs: Date.now() });
      }
      if (output !== "table") {
        const result: Json = {
          first,
          minimum,
          root,
          bytes,
          segments: [...segments],
          payloads: [...payloads],
          pruned: options.dryRun !== true,
        };
        terminal.data(renderData(result, output));
        return;
      }
      const verb = options.dryRun === true ? "would prune" : "pruned";
      terminal.data(
        `${verb} records ${first} to ${minimum - 1}: ${counted(segments.length, "segment")} and ${counted(payloads.length, "payload file")}, ${counted(bytes, "byte")}`,
      );
      terminal.data(
        `the log begins with record ${minimum}; hashes and checkpoints of the others stay`,
      );
    });
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

const examples = `
Examples:
  holdfast audit prune --older-than 90d --dry-run
  holdfast audit prune --older-than 90d

Stop the guard first: the log has one writer. Nothing goes while a hold is in force (audit hold), that no
snapshot stands for, or from the newest two segments. A \`pruned\` record says what went and by whom.
`;
