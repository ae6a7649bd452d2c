import type { CommandUse } from "../command-use.ts";
import { textArguments } from "../command-use.ts";
import type { ReadArguments } from "../option-reader.ts";
import type { ShellReading } from "../shell-reading.ts";
import type { ShellWord } from "../shell-word.ts";

const fileTests: ReadonlySet<string> = new Set(
  "abcdefghkprsuwxGLNOS".split("").map((c) => `-${c}`),
);
const fileComparisons: ReadonlySet<string> = new Set(["-nt", "-ot", "-ef"]);
const textComparisons: ReadonlySet<string> = new Set([
  "=",
  "==",
  "!=",
  "<",
  ">",
  "-eq",
  "-ne",
  "-lt",
  "-le",
  "-gt",
  "-ge",
]);

/** Whether an operator looks at a file whose path follows. */
export function isFileTest(operator: string): boolean {
  return fileTests.has(operator);
}

/** Whether an operator looks at the files on both sides. */
export function isFileComparison(operator: string): boolean {
  return fileComparisons.has(operator);
}

/** `-v` and `-R` compute the subscript of the variable they are given. */
export function checkVariableTest(name: ShellWord, reading: ShellReading): void {
  if (!/^[A-Za-z_]\w*$/.test(name.text)) {
    reading.cannotTell("a test that computes a subscript");
  }
}

/** Reads `test` and `[`. */
export function readTest({ name, words, reading }: CommandUse): ReadArguments {
  let inner = words;
  if (name === "[") {
    if (words.at(-1)?.text !== "]") reading.cannotTell("a test that does not end");
    inner = words.slice(0, -1);
  }
  inner.forEach((word, index) => {
    const next = inner[index + 1];
    if (next === undefined) return;
    if (isFileTest(word.text)) reading.path(next, "read");
    if (word.text === "-v" || word.text === "-R") checkVariableTest(next, reading);
    const before = inner[index - 1];
    if (isFileComparison(word.text) && before !== undefined) {
      reading.path(before, "read");
      reading.path(next, "read");
    }
  });
  const unknown = inner.some((word) => word.unknown && !word.pipe);
  if (unknown && !isPlainTest(inner)) {
    reading.cannotTell("a test whose operators are not known");
  }
  return textArguments(words);
}

/** Whether a test stays the same test whatever its unknown words are. */
function isPlainTest(words: readonly ShellWord[]): boolean {
  const test = words[0]?.text === "!" ? words.slice(1) : words;
  if (test.some((word) => word.splits)) return false;
  const [first, second] = test;
  if (test.length === 1) return true;
  if (test.length === 2) return first?.text === "-n" || first?.text === "-z";
  return test.length === 3 && second !== undefined && textComparisons.has(second.text);
}
