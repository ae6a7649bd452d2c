import { existsSync } from "node:fs";
import { nodeFiles, parseVerifierKeys, readMinimum } from "@holdfast/log";
import type { VerifierKey } from "@holdfast/log";
import type { CommandContext } from "./command-context.ts";
import { badArguments } from "./failure.ts";
import { readBytes } from "./input-file.ts";

/**
 * Makes sure that there is a log in the folder.
 *
 * @throws CommandFailure exit 2
 */
export function needLog(directory: string): void {
  if (!existsSync(`${directory}/log.json`)) {
    throw badArguments(`there is no log in \`${directory}\`; name its folder with --data`);
  }
}

/** Says on stderr where a pruned log begins, for whoever would take what is left for all there was. */
export async function sayPruned(context: CommandContext, directory: string): Promise<void> {
  const minimum = await readMinimum(nodeFiles, directory);
  if (minimum > 0)
    context
      .terminal()
      .words(`records before ${minimum} are pruned; the log begins with record ${minimum}`);
}

/**
 * Verifier keys from an option: the text of one, or the path of a file with one a line.
 *
 * @throws CommandFailure exit 2, HoldfastError `log_vkey`
 */
export function readKeys(texts: readonly string[]): readonly VerifierKey[] {
  return texts.flatMap((text) =>
    existsSync(text)
      ? parseVerifierKeys(readBytes(text).toString("utf8"))
      : parseVerifierKeys(text),
  );
}

/** Collects an option that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
