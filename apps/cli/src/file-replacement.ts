import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { PolicyFileText } from "@holdfast/engine";
import { exitCode } from "./exit-code.ts";
import { CommandFailure } from "./failure.ts";

/**
 * Puts another text in the place of one that was read. **Guarantees** that the file holds the old
 * text or the new one whenever somebody looks, after a crash too; that its mode stays, a link
 * stays a link, and what is left by a crash counts as no policy file.
 *
 * @throws CommandFailure when the file no longer holds what was read; a system error when it must
 * not be written
 */
export function replaceFile({ path, text: before }: PolicyFileText, after: string): void {
  const place = realpathSync(path);
  accessSync(place, constants.W_OK);
  // Names that begin with a dot are no part of a policy folder.
  const next = join(dirname(place), `.${basename(place)}.next-${process.pid}`);
  const file = openSync(next, "wx", 0o600);
  try {
    writeFileSync(file, after);
    chmodSync(next, statSync(place).mode & 0o7777);
    fsyncSync(file);
    if (readFileSync(place, "utf8") !== before) {
      const message = `\`${path}\` was changed by somebody else meanwhile, and is left as it is; run it again`;
      throw new CommandFailure(message, exitCode.internal);
    }
    renameSync(next, place);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** Writes every file whose text is another than before, each as {@link replaceFile} does. */
export function replaceChanged(
  before: readonly PolicyFileText[],
  after: readonly PolicyFileText[],
): void {
  const texts = new Map(after.map(({ path, text }) => [path, text]));
  for (const file of before) {
    const text = texts.get(file.path);
    if (text !== undefined && text !== file.text) replaceFile(file, text);
  }
}
