import type { CommandUse } from "../command-use.ts";
import { readPlainly, textArguments } from "../command-use.ts";
import { knownGitCommands } from "../known-command/known-command.ts";
import type { ReadArguments } from "../option-reader.ts";
import { readOptions } from "../option-reader.ts";
import { plainWord, unknownWord } from "../shell-word.ts";

/** Reads a program that runs its operands. */
export function readWrapper(use: CommandUse): ReadArguments {
  const read = readOptions(use.words, use.known.style, use.reading);
  if (read.operands.length > 0) use.run(read.operands);
  return read;
}

/** Reads `timeout`, which runs its operands but the first. */
export function readTimeout(use: CommandUse): ReadArguments {
  const read = readOptions(use.words, use.known.style, use.reading);
  use.run(read.operands.slice(1));
  return read;
}

/** Reads `env`, which sets variables and runs the rest. */
export function readEnv(use: CommandUse): ReadArguments {
  const read = readOptions(use.words, use.known.style, use.reading);
  const env: Record<string, string> = Object.create(null) as Record<string, string>;
  let index = 0;
  for (; index < read.operands.length; index++) {
    const word = read.operands[index];
    const at = word?.text.indexOf("=") ?? -1;
    if (word === undefined || at < 1) break;
    if (word.unknown || word.glob) use.reading.cannotTell("a variable that is not known");
    env[word.text.slice(0, at)] = word.text.slice(at + 1);
  }
  if (index < read.operands.length) use.run(read.operands.slice(index), env);
  return read;
}

/** Reads `xargs`, which runs its operands with words that it reads. */
export function readXargs(use: CommandUse): ReadArguments {
  const read = readOptions(use.words, use.known.style, use.reading);
  const command = read.operands.length > 0 ? read.operands : [plainWord("echo")];
  use.run([...command, unknownWord]);
  return read;
}

/** What `sh` reads otherwise than `bash`. */
const notOfEveryShell =
  /\$['"]|\{[^}]*(?:,|\.\.)|[<>]\(|\|&|&>|>&(?![\d-])|<<<|\[\[|\(\(|\bfunction\b|\+=|\$\[/;

/** Reads `bash -c` and `sh -c` with a text that is known; code of any other kind is not read. */
export function readShell(use: CommandUse): ReadArguments {
  const [first, second] = use.words;
  const posix = use.name !== "bash";
  if (
    first === undefined ||
    second === undefined ||
    !/^-[eux]*c[eux]*$/.test(first.text) ||
    second.unknown ||
    second.glob ||
    (posix && notOfEveryShell.test(second.text))
  ) {
    use.reading.cannotTell("a shell that reads commands which are not known");
    return textArguments(use.words);
  }
  const flags = new Set(
    first.text
      .slice(1)
      .split("")
      .map((letter) => `-${letter}`),
  );
  use.reading.text(second.text, {
    ...use.reading.deeper(use.frame, true),
    variables: new Map(),
  });
  return { flags, operands: use.words.slice(1), values: [] };
}

/** Reads `git`: its own options, then one of its commands. */
export function readGit(use: CommandUse): ReadArguments {
  const own = readOptions(use.words, use.known.style, use.reading);
  const [command, ...rest] = own.operands;
  if (command === undefined) return own;
  const known = knownGitCommands.get(command.text);
  if (known === undefined || command.unknown) {
    use.reading.cannotTell("a command of `git` that is not known");
    return own;
  }
  const inner = { ...use, name: command.text, known, words: rest };
  const read = known.entry.reader === "branch" ? readBranchOf(inner) : readPlainly(inner);
  return {
    flags: new Set([...own.flags, ...read.flags]),
    operands: [command, ...read.operands],
    values: [...own.values, ...read.values],
  };
}

/** Reads `git branch`, which makes a branch unless it is asked to list some. */
function readBranchOf(use: CommandUse): ReadArguments {
  const read = readPlainly(use);
  const lists = /^(?:-l|--(?:list|contains|no-contains|merged|no-merged|points-at))$/;
  if (read.operands.length > 0 && ![...read.flags].some((flag) => lists.test(flag))) {
    use.reading.path(plainWord("."), "write");
  }
  return read;
}
