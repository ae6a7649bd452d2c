import type { CommandReader } from "./command-use.ts";
import { readPlainly, textArguments } from "./command-use.ts";
import type { KnownCommand } from "./known-command/known-command.ts";
import { knownCommands } from "./known-command/known-command.ts";
import type { ReadArguments } from "./option-reader.ts";
import { isPlainEnvironment } from "./plain-variable.ts";
import { readFind } from "./reader/find-reader.ts";
import {
  readDate,
  readDd,
  readEcho,
  readJq,
  readPrintf,
  readTexts,
  readUrls,
} from "./reader/plain-reader.ts";
import {
  readEnv,
  readGit,
  readShell,
  readTimeout,
  readWrapper,
  readXargs,
} from "./reader/running-reader.ts";
import { readSed } from "./reader/sed-reader.ts";
import { readTest } from "./reader/test-reader.ts";
import type { Frame, ShellReading, ShellRedirect } from "./shell-reading.ts";
import type { ShellWord } from "./shell-word.ts";
import { unknownText } from "./shell-word.ts";

const readers: ReadonlyMap<string, CommandReader> = new Map<string, CommandReader>([
  ["text", readTexts],
  ["echo", readEcho],
  ["printf", readPrintf],
  ["test", readTest],
  ["date", readDate],
  ["dd", readDd],
  ["url", readUrls],
  ["jq", readJq],
  ["find", readFind],
  ["sed", readSed],
  ["git", readGit],
  ["wrapper", readWrapper],
  ["timeout", readTimeout],
  ["env", readEnv],
  ["xargs", readXargs],
  ["shell", readShell],
]);

/** Of a command that nothing can be told of, the arguments tell nothing either. */
function readerOf({ entry }: KnownCommand): CommandReader {
  if (entry.opaque !== undefined) return readTexts;
  return readers.get(entry.reader ?? "") ?? readPlainly;
}

/** What stands around the words of a simple command. */
export interface CommandSetting {
  readonly env: Readonly<Record<string, string>>;
  readonly redirects: readonly ShellRedirect[];
  readonly bare: boolean;
}

const around = { env: {}, redirects: [], bare: false };

/** Notes one simple command that runs, and those that it runs in turn. */
export function noteCommand(
  words: readonly ShellWord[],
  frame: Frame,
  reading: ShellReading,
  setting: CommandSetting = around,
): void {
  const { env, redirects, bare } = setting;
  const [first, ...given] = words;
  const name = first === undefined ? "" : programName(first, reading);
  const known = knownCommands.get(name);
  if (first !== undefined) {
    if (known === undefined) reading.cannotTell("a program that is not known");
    if (!Object.keys(env).every(isPlainEnvironment)) {
      reading.cannotTell("a variable that changes what programs do");
    }
    if (Object.values(env).some((value) => value.includes(unknownText))) {
      reading.cannotTell("a variable of a program that is only known when it runs");
    }
  }
  // The command stands before those that it runs, so its place is taken before it is read.
  const place = reading.commands.length;
  let read: ReadArguments = textArguments(given);
  if (known !== undefined) {
    const run = (inner: readonly ShellWord[], innerEnv = {}): void =>
      noteCommand(inner, reading.deeper(frame, true), reading, { ...around, env: innerEnv });
    read = readerOf(known)({ name, known, words: given, frame, reading, run });
  }
  reading.add(
    {
      name,
      argv: words.map((word) => word.text),
      flags: [...read.flags],
      operands: read.operands.map((word) => word.text),
      env,
      redirects,
      nested: frame.nested,
      interpreter: known?.entry.interpreter ?? false,
      bare,
    },
    place,
  );
}

/** The name of a program, without the folder if that is one where systems keep programs. */
function programName(word: ShellWord, reading: ShellReading): string {
  if (word.unknown || word.glob || word.pipe) {
    reading.cannotTell("a program whose name is only known when it runs");
    return word.text;
  }
  const [, name] = /^\/(?:usr\/)?(?:local\/)?s?bin\/([^/]+)$/.exec(word.text) ?? [];
  return name ?? word.text;
}
