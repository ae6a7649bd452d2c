import type { KnownCommand } from "./known-command/known-command.ts";
import type { ReadArguments } from "./option-reader.ts";
import { readOptions } from "./option-reader.ts";
import type { Frame, ShellReading } from "./shell-reading.ts";
import type { ShellWord } from "./shell-word.ts";
import { plainWord } from "./shell-word.ts";

/** A known command and what it is given. */
export interface CommandUse {
  readonly name: string;
  readonly known: KnownCommand;
  /** its arguments */
  readonly words: readonly ShellWord[];
  readonly frame: Frame;
  readonly reading: ShellReading;
  /** notes that it runs these words as a command, with these variables set */
  readonly run: (words: readonly ShellWord[], env?: Readonly<Record<string, string>>) => void;
}

/** Reads the arguments of one kind of command, and notes what it does. */
export type CommandReader = (use: CommandUse) => ReadArguments;

/** Arguments that are all texts. */
export function textArguments(words: readonly ShellWord[]): ReadArguments {
  return { flags: new Set(), operands: words, values: [] };
}

/** Reads arguments as the entry says, and notes what options and operands name. */
export function readPlainly(use: CommandUse): ReadArguments {
  const read = readOptions(use.words, use.known.style, use.reading);
  const paths = noteOperands(read, use.known, use.reading);
  noteEntry(read, use.known, use.reading);
  const { readsFolder, cautious } = use.known.entry;
  if (applies(readsFolder, read) && (paths === 0 || cautious === true)) {
    use.reading.path(plainWord("."), "read");
  }
  return read;
}

/** Notes what holds for every command whose entry says so. */
export function noteEntry(read: ReadArguments, known: KnownCommand, reading: ShellReading): void {
  const { entry } = known;
  if (entry.opaque !== undefined) reading.cannotTell(entry.opaque);
  if (entry.network === true) reading.network = true;
  if (entry.writesFolder === true) reading.path(plainWord("."), "write");
  if (applies(entry.destructive, read)) reading.destructive = true;
}

function applies(when: true | string | undefined, read: ReadArguments): boolean {
  if (when === undefined || when === true) return when === true;
  return when.split(" ").some((flag) => read.flags.has(flag));
}

/** Notes which paths the operands name; how many there are. */
function noteOperands(read: ReadArguments, known: KnownCommand, reading: ShellReading): number {
  let kinds = known.operands;
  if (known.insteadOfFirst.some((flag) => read.flags.has(flag))) kinds = kinds.slice(1);
  if (known.insteadOfLast.some((flag) => read.flags.has(flag))) kinds = kinds.slice(0, -1);
  const star = kinds.findIndex((kind) => kind.endsWith("*"));
  const count = read.operands.length;
  if (star < 0 && count > kinds.length) reading.cannotTell("more operands than are known");
  const after = star < 0 ? 0 : kinds.length - star - 1;
  let paths = 0;
  read.operands.forEach((word, index) => {
    const fromEnd = count - index;
    const place =
      star < 0 || index < star ? index : fromEnd <= after ? kinds.length - fromEnd : star;
    const kind = kinds[place]?.replace("*", "");
    if (kind !== "text") paths++;
    noteOperand(word, kind, reading);
  });
  return paths;
}

function noteOperand(word: ShellWord, kind: string | undefined, reading: ShellReading): void {
  switch (kind) {
    case "read":
      if (word.text !== "-") reading.path(word, "read");
      return;
    case "write":
      reading.path(word, "write");
      return;
    case "change":
      reading.path(word, "read");
      reading.path(word, "write");
      return;
    case "text":
      return;
    case undefined:
    default:
      reading.cannotTell("an operand that is not known");
  }
}
