import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import type { Stats } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { PolicyFileText } from "@holdfast/engine";
import { exitCode } from "./exit-code.ts";
import { badArguments, CommandFailure } from "./failure.ts";

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
  const next = writtenBeside(place, after);
  try {
    if (readFileSync(place, "utf8") !== before) {
      const message = `\`${path}\` was changed by somebody else meanwhile, and is left as it is; run it again`;
      throw new CommandFailure(message, exitCode.internal);
    }
    renameSync(next, place);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
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

/**
 * Makes sure that a file can be put there in the place of nothing else.
 *
 * @throws CommandFailure exit 2 for a symbolic link, even to nothing, a folder, and whatever else is no file
 */
export function needFilePlace(path: string, option: string): void {
  const found = statusOf(path);
  if (found === undefined || found.isFile()) return;
  const what = found.isSymbolicLink()
    ? "a symbolic link"
    : found.isDirectory()
      ? "a folder"
      : "no plain file";
  throw badArguments(`\`${path}\` is ${what}; name a file with \`${option}\``);
}

function statusOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw unwritable(path, error);
  }
}

/**
 * Puts texts into files, new ones or in the place of those that are there, which {@link needFilePlace}
 * has looked at. All are written beside their places, then `meanwhile` runs, then each takes its place.
 * **Guarantees** that every file is as it was when writing or `meanwhile` fails, and that none is followed
 * where it is a link.
 *
 * @throws CommandFailure exit 2 when one cannot be written; whatever `meanwhile` throws
 */
export function putFiles(files: readonly PolicyFileText[], meanwhile: () => void): void {
  const written = new Map<string, string>();
  try {
    for (const { path, text } of files) written.set(path, besideOf(path, text));
    meanwhile();
    for (const [path, next] of written) put(next, path);
  } finally {
    for (const next of written.values()) rmSync(next, { force: true });
  }
}

function besideOf(path: string, text: string): string {
  try {
    return writtenBeside(path, text);
  } catch (error) {
    throw unwritable(path, error);
  }
}

function put(next: string, path: string): void {
  try {
    renameSync(next, path);
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** The path of a new file beside a place, which holds the text for good and has the mode of what is there. */
function writtenBeside(place: string, text: string): string {
  const found = lstatSync(place, { throwIfNoEntry: false });
  // A file that may not be written is to stay, though its name could be given to another.
  if (found !== undefined) accessSync(place, constants.W_OK);
  // Names that begin with a dot are no part of a policy folder.
  const next = join(dirname(place), `.${basename(place)}.next-${process.pid}`);
  // Numbers of processes come again, in containers with every start.
  rmSync(next, { force: true });
  const file = openSync(next, "wx", found === undefined ? 0o666 : 0o600);
  try {
    writeFileSync(file, text);
    if (found !== undefined) fchmodSync(file, statSync(place).mode & 0o7777);
    fsyncSync(file);
    return next;
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/**
 * What kept a file or folder from being written, in words and with what to do, for exit 2; whatever else was
 * thrown as it is.
 */
export function unwritable(path: string, error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (!("code" in error && "syscall" in error)) return error;
  const code = String(error.code);
  const why = reasons[code];
  return badArguments(
    `cannot write \`${path}\`: ${why === undefined ? code : why}; what was there is as it was`,
  );
}

const notAllowed = (code: string): string =>
  `you may not write there (${code}); name a place where you may`;

const reasons: Readonly<Record<string, string | undefined>> = {
  EACCES: notAllowed("EACCES"),
  EPERM: notAllowed("EPERM"),
  EROFS: notAllowed("EROFS"),
  EBUSY: "it is in use, or a disk of its own (EBUSY); name a place in it",
  ENOENT: "its folder is not there (ENOENT); make it, or name another",
  ENOTDIR: "a part of its path is no folder (ENOTDIR); name another place",
  ENOSPC: "the disk is full (ENOSPC); make room, and run it again",
  EDQUOT: "your share of the disk is used up (EDQUOT); make room, and run it again",
};
