import type { CommandUse } from "../command-use.ts";
import { noteEntry, readPlainly, textArguments } from "../command-use.ts";
import type { ReadArguments } from "../option-reader.ts";
import { readOptions } from "../option-reader.ts";

/** Reads a command of which nothing matters that it is given. */
export function readTexts(use: CommandUse): ReadArguments {
  const read = textArguments(use.words);
  noteEntry(read, use.known, use.reading);
  return read;
}

/** Reads `echo`: options are in front, and everything else is text. */
export function readEcho({ words }: CommandUse): ReadArguments {
  const flags = new Set<string>();
  let index = 0;
  for (; /^-[neE]+$/.test(words[index]?.text ?? ""); index++) {
    for (const letter of words[index]?.text.slice(1) ?? "") flags.add(`-${letter}`);
  }
  return { flags, operands: words.slice(index), values: [] };
}

/** Reads `printf`, which computes the subscript of the variable it is told to set. */
export function readPrintf(use: CommandUse): ReadArguments {
  const [first] = use.words;
  if (first !== undefined && (first.splits || /^-.|^\0/s.test(first.text)) && first.text !== "--") {
    use.reading.cannotTell("an argument may be an option");
  }
  return textArguments(use.words);
}

/** Reads `date`, which sets the clock unless its operand is a format. */
export function readDate(use: CommandUse): ReadArguments {
  const read = readOptions(use.words, use.known.style, use.reading);
  if (!read.operands.every((word) => word.text.startsWith("+"))) {
    use.reading.cannotTell("a date that the clock is set to");
  }
  return read;
}

/** Reads `dd`. */
export function readDd(use: CommandUse): ReadArguments {
  for (const word of use.words) {
    const [, name = "", value = ""] = /^([a-z]+)=(.*)$/s.exec(word.text) ?? [];
    if (name === "if" || name === "of") {
      const path = { ...word, text: value };
      use.reading.path(path, name === "if" ? "read" : "write");
      if (name === "of") use.reading.destructive = true;
    } else if (!/^(?:[ioc]?bs|count|skip|seek|conv|status|[io]flag)$/.test(name)) {
      use.reading.cannotTell("an operand that is not known");
    }
  }
  return textArguments(use.words);
}

/** Reads a client of URLs: a URL may also name a file of this machine, or another protocol. */
export function readUrls(use: CommandUse): ReadArguments {
  const read = readPlainly(use);
  const urls = read.values.filter(({ flag }) => flag === "--url").map(({ word }) => word);
  for (const { text, unknown } of [...read.operands, ...urls]) {
    const plain = /^(?:[hH][tT][tT][pP][sS]?:\/\/|[\w.-]+(?::\d+)?(?:[/?#]|$))/.test(text);
    if (unknown || !plain || /[{}[\]]/.test(text)) {
      use.reading.cannotTell("an address that is not plain");
    }
  }
  return read;
}

/** Reads `jq`, whose programs can be parted over files. */
export function readJq(use: CommandUse): ReadArguments {
  const read = readPlainly(use);
  const [program] = read.operands;
  if (program?.unknown === true || /\b(?:import|include|modulemeta)\b/.test(program?.text ?? "")) {
    use.reading.cannotTell("a program that may read files");
  }
  return read;
}
