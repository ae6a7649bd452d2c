import type { CommandUse } from "../command-use.ts";
import type { ReadArguments } from "../option-reader.ts";
import type { ShellWord } from "../shell-word.ts";
import { plainWord } from "../shell-word.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

const alone = words(
  `-true -false -print -print0 -ls -prune -quit -empty -executable -readable -writable -nouser
  -nogroup -depth -d -mount -xdev -daystart -follow -noleaf -ignore_readdir_race
  -noignore_readdir_race -warn -nowarn -not -a -and -o -or , ( ) ! -help --help -version --version`,
);
const withText = words(
  `-name -iname -path -ipath -wholename -iwholename -regex -iregex -lname -ilname -type -xtype
  -size -mtime -atime -ctime -mmin -amin -cmin -perm -user -group -uid -gid -links -inum -maxdepth
  -mindepth -fstype -used -regextype -printf -newerat -newerBt -newerct -newermt`,
);
const withRead = /^-(?:newer|anewer|cnewer|samefile|newer[aBcm][aBcm])$/;
const withWrite = words("-fprint -fprint0 -fls -fprintf");
const running = words("-exec -execdir -ok -okdir");

/** Reads the expression of `find`: where it begins, what it writes and removes, what it runs. */
export function readFind(use: CommandUse): ReadArguments {
  const { reading } = use;
  let index = 0;
  while (/^-[HLP]$|^-O\d$/.test(use.words[index]?.text ?? "")) index++;
  const begin = index;
  while (index < use.words.length && !/^[-(),!]/.test(use.words[index]?.text ?? "")) index++;
  const given = use.words.slice(begin, index);
  const starts = given.length === 0 ? [plainWord(".")] : given;
  for (const start of starts) {
    if (start.splits || start.unknown) reading.cannotTell("an argument may be an option");
    reading.path(start, "read");
  }
  const flags = new Set(use.words.slice(0, begin).map((word) => word.text));
  while (index < use.words.length) index = readPrimary(use, index, starts, flags);
  return { flags, operands: given, values: [] };
}

/** Reads the primary at this place; where the next one is. */
function readPrimary(
  use: CommandUse,
  at: number,
  starts: readonly ShellWord[],
  flags: Set<string>,
): number {
  const { reading } = use;
  const primary = use.words[at]?.text ?? "";
  const value = use.words[at + 1];
  if (primary.startsWith("-")) flags.add(primary);
  if (alone.has(primary)) return at + 1;
  if (primary === "-delete") {
    reading.destructive = true;
    for (const start of starts) reading.path(start, "write");
    return at + 1;
  }
  if (running.has(primary)) return readRun(use, at, starts);
  if (value === undefined) {
    reading.cannotTell("an expression of `find` that is not known");
    return at + 1;
  }
  if (value.splits) reading.cannotTell("an argument may be an option");
  if (withText.has(primary)) return at + 2;
  if (withRead.test(primary)) {
    reading.path(value, "read");
    return at + 2;
  }
  if (withWrite.has(primary)) {
    reading.path(value, "write");
    return at + (primary === "-fprintf" ? 3 : 2);
  }
  reading.cannotTell("an expression of `find` that is not known");
  return at + 1;
}

/** Reads `-exec … ;` and its like: what is run is given paths below where `find` begins. */
function readRun(use: CommandUse, at: number, starts: readonly ShellWord[]): number {
  let end = at + 1;
  while (end < use.words.length && !isEnd(use.words, end)) end++;
  const run: ShellWord[] = [];
  for (const word of use.words.slice(at + 1, end)) {
    if (word.text === "{}") run.push(...starts);
    else run.push(word);
    if (word.text !== "{}" && word.text.includes("{}")) {
      use.reading.cannotTell("a path that `find` puts into a word");
    }
  }
  if (use.words[at]?.text.endsWith("dir") === true) {
    use.reading.cannotTell("a command that `find` runs in other folders");
  }
  if (end === use.words.length) use.reading.cannotTell("an expression of `find` that does not end");
  use.run(run);
  return end + 1;
}

function isEnd(words: readonly ShellWord[], at: number): boolean {
  const text = words[at]?.text;
  return text === ";" || (text === "+" && words[at - 1]?.text === "{}");
}
