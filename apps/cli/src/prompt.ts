import { fstatSync, readFileSync, statSync } from "node:fs";
import { Option } from "commander";
import type { Command } from "commander";
import { badArguments } from "./failure.ts";
import { unreadable } from "./input-file.ts";

/** How a command is told what a person typed. */
export interface PromptOptions {
  readonly prompt?: string;
  readonly promptFile?: string;
}

/** What one observation takes, in UTF-16 units; UTF-8 needs at most three bytes for each. */
const promptUnitsMax = 4 * 1024 * 1024;
const promptBytesMax = 3 * promptUnitsMax;

/** Adds `--prompt` and `--prompt-file` to a command. */
export function withPromptOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--prompt <text>", "what a person typed to start this run").conflicts(
        "promptFile",
      ),
    )
    .option("--prompt-file <file>", "the same from a file, in UTF-8; never standard input");
}

/**
 * The prompt a person typed, as the options give it; undefined when they give none. On the word
 * of whoever starts the command: its text counts as the user's.
 *
 * @throws CommandFailure when it is empty, too long, not UTF-8 or cannot be read
 */
export function readPrompt({ prompt, promptFile }: PromptOptions): string | undefined {
  const text = promptFile === undefined ? prompt : readPromptFile(promptFile);
  if (text === undefined) return undefined;
  const option = promptFile === undefined ? "--prompt" : "--prompt-file";
  // Most likely a variable that was not set; as a prompt it would only make rules deny.
  if (text.trim() === "")
    throw badArguments(`\`${option}\` is empty: leave it out, or say what was typed`);
  if (text.length > promptUnitsMax) throw badArguments(tooLong);
  return text;
}

const tooLong = `a prompt may have ${promptUnitsMax} characters`;

function readPromptFile(path: string): string {
  if (path === "-" || isStandardInput(path)) {
    throw badArguments("`--prompt-file` cannot be standard input: messages come from there");
  }
  let bytes: Uint8Array;
  try {
    if (statSync(path).size > promptBytesMax) throw badArguments(tooLong);
    bytes = readFileSync(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw badArguments(`prompt file \`${path}\` is not UTF-8`);
  }
}

/** Also by another name, such as `/dev/stdin`. */
function isStandardInput(path: string): boolean {
  try {
    const [named, input] = [statSync(path), fstatSync(0)];
    return named.dev === input.dev && named.ino === input.ino;
  } catch {
    // Reading it tells what is wrong with the path.
    return false;
  }
}
