import { Command, Option } from "commander";
import { publishNewest, readConfiguration, targetName } from "@holdfast/runtime";
import type { PublishedEntry, PublishTarget } from "@holdfast/runtime";
import { printable } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import type { CommandContext } from "../command-context.ts";
import { exitCode } from "../exit-code.ts";
import { badArguments } from "../failure.ts";
import { needLog } from "../log-option.ts";
import { outputFormats, renderData } from "../output-format.ts";
import type { OutputFormat } from "../output-format.ts";

interface PublishOptions {
  readonly config: string;
  readonly data?: string;
  readonly output: OutputFormat;
}

/** `holdfast audit publish`: sends the newest checkpoint to where the configuration says, now. */
export function auditPublishCommand(context: CommandContext): Command {
  return new Command("publish")
    .description(
      "send the newest checkpoint to every place the configuration names; exit 10 when one fails",
    )
    .requiredOption("-c, --config <file>", "configuration with `log.publish`")
    .option("-d, --data <dir>", "folder of the log; default: the configuration's")
    .addOption(
      new Option("-o, --output <format>", "how to print")
        .choices([...outputFormats])
        .default("table"),
    )
    .addHelpText("after", examples)
    .action(async (options: PublishOptions) => {
      const configuration = readConfiguration(options.config);
      const data = options.data ?? configuration.data ?? ".holdfast";
      needLog(data);
      const targets: readonly PublishTarget[] = configuration.log.publish;
      if (targets.length === 0) {
        throw badArguments(`\`${options.config}\` names no place under \`log.publish\``);
      }
      const terminal = context.terminal();
      const entries = await publishNewest(data, targets, {
        wallMs: () => Date.now(),
        // How each place stands is told below.
        notice: () => undefined,
      });
      if (options.output !== "table") {
        terminal.data(renderData(entries.map(entryData), options.output));
      } else {
        // Not what is noted of places that the configuration does not name any more.
        for (const entry of entries) {
          const name = targetName(entry.target);
          const text =
            entry.failure === undefined
              ? terminal.colors.green("published")
              : terminal.colors.red("failed   ");
          terminal.data(`${text}  ${printable(`${name}  ${publishedText(entry)}`)}`);
        }
      }
      const failed = entries.some(({ failure }) => failure !== undefined);
      context.exit(failed ? exitCode.findings : exitCode.ok);
    });
}

/** What a target got last, and what hinders it. */
export function publishedText({ last, failure }: Partial<PublishedEntry>): string {
  const got =
    last === undefined
      ? "nothing yet"
      : `size ${last.size} at ${new Date(last.time).toISOString()}`;
  return failure === undefined ? got : `${got}; since then: ${failure.message}`;
}

function entryData(entry: PublishedEntry): Json {
  return structuredClone(entry) as Json;
}

const examples = `
Examples:
  holdfast audit publish -c holdfast.yaml

A guard publishes by itself as long as it runs. In holdfast.yaml:

  log:
    publish:
      - file: /mnt/elsewhere/checkpoint
      - url: https://collector.example.org/checkpoints
      - git: ../audit-anchors
`;
