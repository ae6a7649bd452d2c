import type { OptionStyle } from "../option-reader.ts";
import { optionTable } from "../option-table.ts";
import type { CommandEntries, CommandEntry } from "./command-entry.ts";
import { filePrograms } from "./file-program.ts";
import { gitOptions, gitSubcommands } from "./git-subcommand.ts";
import { networkPrograms } from "./network-program.ts";
import { runningPrograms } from "./running-program.ts";
import { systemPrograms } from "./system-program.ts";
import { textPrograms } from "./text-program.ts";

/** An entry whose texts have been read. */
export interface KnownCommand {
  readonly entry: CommandEntry;
  readonly style: OptionStyle;
  readonly operands: readonly string[];
  readonly insteadOfFirst: readonly string[];
  readonly insteadOfLast: readonly string[];
}

function known(entry: CommandEntry): KnownCommand {
  return {
    entry,
    style: {
      table: optionTable(entry.options ?? ""),
      inOrder: entry.inOrder ?? false,
      digits: entry.digits ?? false,
      cautious: entry.cautious ?? false,
    },
    operands: words(entry.operands),
    insteadOfFirst: words(entry.insteadOfFirst),
    insteadOfLast: words(entry.insteadOfLast),
  };
}

function words(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(" ");
}

function byName(...all: readonly CommandEntries[]): ReadonlyMap<string, KnownCommand> {
  const commands = new Map<string, KnownCommand>();
  for (const entries of all) {
    for (const [name, entry] of Object.entries(entries)) commands.set(name, known(entry));
  }
  return commands;
}

/** Every program of which something is known. */
export const knownCommands: ReadonlyMap<string, KnownCommand> = byName(
  textPrograms,
  filePrograms,
  systemPrograms,
  runningPrograms,
  networkPrograms,
  { git: { options: gitOptions, inOrder: true, reader: "git" } },
);

/** Every command of git of which something is known. */
export const knownGitCommands: ReadonlyMap<string, KnownCommand> = byName(gitSubcommands);
