import type { Argument, Command, Option } from "commander";
import { NamedArgument } from "./known-values.ts";

/** What the shell offers in one place. */
export type Offer =
  | { readonly kind: "nothing" | "files" | "folders" | "command" }
  | { readonly kind: "words"; readonly words: readonly string[] };

export interface CommandOption {
  /** as typed: `-o`, `--output` */
  readonly flags: readonly string[];
  readonly summary: string;
  /** absent: the option takes no value */
  readonly value?: Offer;
}

/** One command as a shell needs to know it. */
export interface CommandNode {
  /** the words that lead to it below the program; none for the program itself */
  readonly path: readonly string[];
  readonly summary: string;
  readonly options: readonly CommandOption[];
  /** of the arguments; the last one stands for all that follow */
  readonly offers: readonly Offer[];
  readonly commands: readonly CommandNode[];
}

/**
 * A program as a tree of commands, all of it read from commander, so that a command or an option
 * that is added is known here without anybody telling. Hidden ones are left out.
 */
export function commandTree(program: Command, path: readonly string[] = []): CommandNode {
  const help = program.createHelp();
  const commands = help
    .visibleCommands(program)
    .filter((command) => command.name() !== "help")
    .map((command) => commandTree(command, [...path, command.name()]));
  return {
    path,
    summary: program.description(),
    options: [...help.visibleOptions(program), ...(path.length > 0 ? inherited(program) : [])].map(
      optionOf,
    ),
    offers: program.registeredArguments.map(offerOfArgument),
    commands: [...commands, ...(commands.length > 0 ? [helpOf(path, commands)] : [])],
  };
}

/** Options of the program are taken before and behind a command alike. */
function inherited(command: Command): readonly Option[] {
  return command.createHelp().visibleGlobalOptions(command);
}

function helpOf(path: readonly string[], commands: readonly CommandNode[]): CommandNode {
  const words = commands.map((command) => command.path.at(-1) ?? "");
  return {
    path: [...path, "help"],
    summary: "display help for command",
    options: [],
    offers: [{ kind: "words", words }],
    commands: [],
  };
}

function optionOf(option: Option): CommandOption {
  const flags = [option.short, option.long].filter((flag) => flag !== undefined);
  const summary = option.description;
  const takesValue = option.required || option.optional;
  return takesValue ? { flags, summary, value: offerOfOption(option) } : { flags, summary };
}

function offerOfOption(option: Option): Offer {
  if (option.argChoices !== undefined) return { kind: "words", words: option.argChoices };
  return offerOf(/[<[]([^>\]]*)[>\]]/u.exec(option.flags)?.[1] ?? "");
}

function offerOfArgument(argument: Argument): Offer {
  const words =
    argument instanceof NamedArgument ? argument.knownValues() : (argument.argChoices ?? []);
  return words.length > 0 ? { kind: "words", words } : offerOf(argument.name());
}

/** What the name of a value asks for. */
function offerOf(name: string): Offer {
  switch (name) {
    case "dir":
    case "folder":
      return { kind: "folders" };
    case "file":
    case "path":
    case "paths":
    case "module":
      return { kind: "files" };
    case "command":
      return { kind: "command" };
    default:
      return { kind: "nothing" };
  }
}

/** A command and all below it, itself first. */
export function allCommands(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.commands.flatMap(allCommands)];
}
