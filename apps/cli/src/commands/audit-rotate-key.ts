import { counted } from "@holdfast/model";
import { Command } from "commander";
import { verifierKeyText } from "@holdfast/log";
import { rotateLogKey } from "@holdfast/runtime";
import type { CommandContext } from "../command-context.ts";
import { needLog } from "../log-option.ts";

/** `holdfast audit rotate-key`: another key signs the log from here on. */
export function auditRotateKeyCommand(context: CommandContext): Command {
  return new Command("rotate-key")
    .description("change the key that signs the log, and record the change in it")
    .option("-d, --data <dir>", "folder of the log", ".holdfast")
    .addHelpText("after", examples)
    .action(async (options: { readonly data: string }) => {
      needLog(options.data);
      const { previous, next, checkpoint } = await rotateLogKey(options.data, Date.now());
      const terminal = context.terminal();
      terminal.data(verifierKeyText(next));
      terminal.words(
        `${next.keyId} signs from here on; it and ${previous.keyId} signed the checkpoint of ${counted(checkpoint.head.size, "record")}. ` +
          "Whoever holds the old verifier key is led to the new one by the log itself.",
      );
    });
}

const examples = `
Examples:
  holdfast audit rotate-key --data .holdfast >> /backup/log.vkey

Stop the guard first: the log has one writer. What was interrupted is finished by the same command.
`;
