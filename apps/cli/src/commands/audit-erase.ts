import { randomBytes } from "node:crypto";
import { userInfo } from "node:os";
import { Command, Option } from "commander";
import { eraseSubject, readSubject, systemClock } from "@holdfast/runtime";
import type { Json } from "@holdfast/model";
import type { CommandContext } from "../command-context.ts";
import { needLog } from "../log-option.ts";
import { outputFormats, renderData } from "../output-format.ts";
import type { OutputFormat } from "../output-format.ts";

interface EraseOptions {
  readonly data: string;
  readonly subject: string;
  readonly reason: string;
  readonly by: string;
  readonly output: OutputFormat;
}

/** `holdfast audit erase`: destroys what the log holds of a person, and keeps every proof. */
export function auditEraseCommand(context: CommandContext): Command {
  return new Command("erase")
    .description("destroy the personal data of a user, agent or session; records and proofs stay")
    .requiredOption("-s, --subject <subject>", "whose: `user:ID`, `agent:ID` or `session:ID`")
    .requiredOption("--reason <text>", "why; stays in the log for ever, so name nobody")
    .option("-d, --data <dir>", "folder of the log", ".holdfast")
    .option("--by <name>", "who asked for it", userInfo().username)
    .addOption(
      new Option("-o, --output <format>", "how to print")
        .choices([...outputFormats])
        .default("table"),
    )
    .addHelpText("after", examples)
    .action(async ({ data, subject, reason, by, output }: EraseOptions) => {
      needLog(data);
      const erasure = await eraseSubject({
        directory: data,
        subject: readSubject(subject),
        reason,
        by,
        clock: systemClock,
        random: (bytes) => new Uint8Array(randomBytes(bytes)),
      });
      const { payloads, sequence } = erasure;
      const terminal = context.terminal();
      if (output === "table") {
        const what = payloads === 1 ? "1 payload is" : `${payloads} payloads are`;
        terminal.data(`erased    ${what} zeros now; record ${sequence} says so`);
        terminal.words(
          "copies of the folder made before, such as backups, are not reached by this",
        );
      } else terminal.data(renderData({ payloads, sequence } satisfies Json, output));
    });
}

const examples = `
Nothing may have the log open: stop the gateway first. What was decided, when, by which rules and on
which tool stays; arguments, results, prompts and who the user was go, in the log, the snapshot and
the index.

Examples:
  holdfast audit erase --subject user:ana --reason "request of 28 November" --data .holdfast
  holdfast audit verify --data .holdfast
`;
