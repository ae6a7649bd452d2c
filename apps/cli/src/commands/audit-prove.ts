import { counted } from "@holdfast/model";
import { existsSync, writeFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import {
  encodeReceipt,
  nodeFiles,
  proveRecord,
  readCheckpoint,
  readVerifierKeys,
} from "@holdfast/log";
import type { CommandContext } from "../command-context.ts";
import { badArguments } from "../failure.ts";
import { readBytes } from "../input-file.ts";
import { needLog } from "../log-option.ts";

interface ProveOptions {
  readonly data: string;
  readonly checkpoint?: string;
  readonly output?: string;
  readonly record?: string;
  readonly withRecord?: boolean;
}

/** `holdfast audit prove`: a receipt that anybody can check offline. */
export function auditProveCommand(context: CommandContext): Command {
  return new Command("prove")
    .description("write a receipt that proves one record of the log, to be checked offline")
    .argument("<index>", "the record, as `audit query` numbers them", readIndex)
    .option("-d, --data <dir>", "folder of the log", ".holdfast")
    .option("--checkpoint <file>", "prove it under this checkpoint instead of the newest one")
    .option("-o, --output <file>", "where to write the receipt; stdout when absent")
    .option("--record <file>", "write the bytes of the record there, too")
    .option("--with-record", "put the record into the receipt, which then needs nothing else")
    .addHelpText("after", examples)
    .action(async (index: number, options: ProveOptions) => {
      needLog(options.data);
      const keys = await readVerifierKeys(nodeFiles, options.data);
      const path = options.checkpoint ?? `${options.data}/checkpoint`;
      if (options.checkpoint === undefined && !existsSync(path)) {
        throw badArguments(
          `\`${path}\` is not there: a guard signs one while it writes and when it closes; name another with --checkpoint`,
        );
      }
      const checkpoint = await readCheckpoint(readBytes(path), keys);
      const { receipt, record } = await proveRecord(options.data, { index, checkpoint });
      const bytes = encodeReceipt(
        options.withRecord === true ? { ...receipt, extra: record } : receipt,
      );
      if (options.record !== undefined) writeFileSync(options.record, record);
      const terminal = context.terminal();
      if (options.output === undefined) terminal.data(bytes.toString("utf8"));
      else writeFileSync(options.output, bytes);
      const { size } = checkpoint.head;
      const hashes = receipt.hashes.length;
      terminal.words(
        `record ${index} of ${size}: ${hashes === 1 ? "1 hash" : `${hashes} hashes`}, ${counted(bytes.length, "byte")}${
          options.output === undefined ? "" : `, in ${options.output}`
        }`,
      );
    });
}

function readIndex(text: string): number {
  const index = Number(text);
  if (!/^[0-9]{1,15}$/u.test(text) || !Number.isSafeInteger(index)) {
    throw new InvalidArgumentError("write the number of a record, from 0");
  }
  return index;
}

const examples = `
Examples:
  holdfast audit prove 17 -o refund.tlog-proof --record refund.json
  holdfast audit prove 17 --with-record -o refund.tlog-proof
  holdfast audit verify-proof refund.tlog-proof --vkey log.vkey

Give whoever has to check it keys/log.vkey by another way than the receipt. The receipt is a C2SP
tlog-proof; other tools read it, too.
`;
