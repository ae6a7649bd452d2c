import { existsSync, readFileSync } from "node:fs";
import { nodeFiles, parseVerifierKeys, readMinimum } from "@holdfast/log";
import type { VerifierKey } from "@holdfast/log";
import type { CommandContext } from "./command-context.ts";
import { badArguments } from "./failure.ts";

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
    existsSync(text) ? parseVerifierKeys(readText(text)) : parseVerifierKeys(text),
  );
}

/**
 * The bytes of a file that an option names.
 *
 * @throws CommandFailure exit 2 when it cannot be read
 */
export function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw badArguments(`cannot read \`${path}\`: ${why}`);
  }
}

function readText(path: string): string {
  return Buffer.from(readBytes(path)).toString("utf8");
}

/** Collects an option that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
