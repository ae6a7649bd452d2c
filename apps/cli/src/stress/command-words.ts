import { badArguments } from "../failure.ts";

/**
 * The words of a command as a shell would part them: by spaces, but not within quotes or behind a
 * backslash. Nothing is replaced.
 *
 * @throws CommandFailure for a quote that does not end, and for no word
 */
export function commandWords(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (letter === "\\" && quote !== "'" && at + 1 < text.length) {
      at += 1;
      word = (word ?? "") + text.charAt(at);
    } else if (quote === undefined && (letter === "'" || letter === '"')) {
      quote = letter;
      word ??= "";
    } else if (letter === quote) quote = undefined;
    else if (quote === undefined && /\s/u.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + letter;
  }
  if (quote !== undefined) throw badArguments(`a quote does not end in \`${text}\``);
  if (word !== undefined) words.push(word);
  if (words.length === 0) throw badArguments("the command of the MCP server is empty");
  return words;
}
