import { Command, Option } from "commander";
import { verifyReceipt } from "@holdfast/log";
import { printable } from "@holdfast/model";
import type { CommandContext } from "../command-context.ts";
import { readBytes } from "../input-file.ts";
import { collect, readKeys } from "../log-option.ts";
import { outputFormats, renderData } from "../output-format.ts";
import type { OutputFormat } from "../output-format.ts";

interface VerifyProofOptions {
  readonly vkey: readonly string[];
  readonly record?: string;
  readonly output: OutputFormat;
}

/** `holdfast audit verify-proof`: checks a receipt with a key, and nothing else. */
export function auditVerifyProofCommand(context: CommandContext): Command {
  return new Command("verify-proof")
    .description("check a receipt offline, with the key of its log; exit 7 when it proves nothing")
    .argument("<file>", "the receipt, a .tlog-proof file")
    .requiredOption("--vkey <key>", "verifier key, or a file of them (repeatable)", collect)
    .option("--record <file>", "the record's bytes, when the receipt does not hold them")
    .addOption(
      new Option("-o, --output <format>", "how to print")
        .choices([...outputFormats])
        .default("table"),
    )
    .addHelpText("after", examples)
    .action(async (file: string, options: VerifyProofOptions) => {
      const keys = readKeys(options.vkey);
      const given = options.record === undefined ? undefined : readBytes(options.record);
      const { record, receipt } = await check(readBytes(file), keys, given);
      const { index, checkpoint } = receipt;
      const { origin, head } = checkpoint;
      const terminal = context.terminal();
      if (options.output !== "table") {
        const data = { proved: true, index, origin, size: head.size, root: head.root };
        terminal.data(renderData(data, options.output));
        return;
      }
      terminal.data(`${terminal.colors.green("proved")}    record ${index} of ${origin}`);
      terminal.data(`head      ${head.size}:${head.root}`);
      terminal.data(printable(`record    ${Buffer.from(record).toString("utf8")}`));
    });
}

async function check(
  bytes: Uint8Array,
  keys: Parameters<typeof verifyReceipt>[1]["keys"],
  given: Uint8Array | undefined,
) {
  const options = given === undefined ? { keys } : { keys, record: given };
  const receipt = await verifyReceipt(bytes, options);
  return { receipt, record: given ?? receipt.extra ?? new Uint8Array() };
}

const examples = `
Examples:
  holdfast audit verify-proof refund.tlog-proof --vkey log.vkey --record refund.json
  holdfast audit verify-proof refund.tlog-proof --vkey 'example.org/log+1a2b3c4d+AQ...'
`;
