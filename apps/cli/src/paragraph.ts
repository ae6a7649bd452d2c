import { printable } from "@holdfast/model";

/**
 * Text as lines of at most `width` characters, broken at spaces; a longer word keeps a line of its
 * own. Nothing in the text draws a line of its own, moves the cursor
 * or begins a command of a build log.
 */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of printable(text).split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  // WHY: a build of GitHub takes a line that begins with `::`, indented or not, for a command.
  return [...lines, line].map((each) => each.replace(/^(\s*):(?=:)/u, "$1:\u200b"));
}
