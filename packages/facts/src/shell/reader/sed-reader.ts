import type { CommandUse } from "../command-use.ts";
import type { ReadArguments } from "../option-reader.ts";
import { readOptions } from "../option-reader.ts";
import { optionTable } from "../option-table.ts";

const table = optionTable(
  `-nErsuz -e:text -f:run -i:text? -l:text --quiet --silent --regexp-extended --separate
  --unbuffered --null-data --expression:text --file:run --in-place:text? --line-length:text
  --debug --sandbox --follow-symlinks --help --version`,
);
const style = { table, inOrder: false, digits: false, cautious: false };

/** Reads `sed`: a script of plain commands, and the files that it prints or changes. */
export function readSed(use: CommandUse): ReadArguments {
  const { reading } = use;
  const read = readOptions(use.words, style, reading);
  const given = read.values.filter(({ flag }) => flag === "-e" || flag === "--expression");
  const scripts = given.map(({ word }) => word);
  let files = read.operands;
  if (scripts.length === 0) {
    scripts.push(...files.slice(0, 1));
    files = files.slice(1);
  }
  if (scripts.some((word) => word.unknown || word.glob || !isPlainScript(word.text))) {
    reading.cannotTell("a script of `sed` that may run commands or write files");
  }
  const changes = read.flags.has("-i") || read.flags.has("--in-place");
  for (const file of files) {
    if (file.text !== "-" || changes) reading.path(file, "read");
    if (changes) reading.path(file, "write");
  }
  if (read.values.some(({ flag, word }) => /^-i$|^--in/.test(flag) && /[/*]/.test(word.text))) {
    reading.cannotTell("a backup in another folder");
  }
  return read;
}

const address = String.raw`(?:\d+|\$|/(?:[^/\\\n]|\\[^\n])*/I?)`;
const range = String.raw`(?:${address}(?:[~,]\s*[+~]?${address})?\s*!?\s*)?`;
const substitute = (mark: string): string =>
  String.raw`s${mark}(?:[^${mark}\\\n]|\\[^\n])*${mark}(?:[^${mark}\\\n]|\\[^\n])*${mark}[gpiI0-9]*`;
const command = `(?:[pdqQnNDPGghHx=]|${["/", "|", "#", ",", "@", ":"]
  .map((mark) => substitute(mark === "|" ? String.raw`\|` : mark))
  .join("|")})`;
const script = new RegExp(`^\\s*(?:${range}${command}\\s*(?:[;\\n]\\s*|$))*$`);

/** Whether a script holds only commands that print, delete and substitute. */
function isPlainScript(text: string): boolean {
  return text.length <= 512 && script.test(text);
}
