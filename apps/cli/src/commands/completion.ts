import { Command } from "commander";
import { nearestName } from "@holdfast/model";
import type { CommandContext } from "../command-context.ts";
import { bashCompletion } from "../completion/bash.ts";
import { commandTree } from "../completion/command-tree.ts";
import { fishCompletion } from "../completion/fish.ts";
import { NamedArgument } from "../completion/known-values.ts";
import { zshCompletion } from "../completion/zsh.ts";
import { badArguments } from "../failure.ts";

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

/** `holdfast completion SHELL`: a script that completes every command of `program`. */
export function completionCommand(context: CommandContext, program: Command): Command {
  const shells = Object.keys(scripts);
  return new Command("completion")
    .description("print a script that completes commands, options and their values")
    .addArgument(new NamedArgument("<shell>", "bash, zsh or fish", () => shells))
    .addHelpText("after", examples)
    .action((shell: string) => {
      if (!isShell(shell)) {
        const near = nearestName(shell, shells);
        const help =
          near === undefined ? "bash, zsh and fish are known" : `did you mean \`${near}\`?`;
        throw badArguments(`unknown shell \`${shell}\`; ${help}`);
      }
      context.terminal().data(scripts[shell](program.name(), commandTree(program)));
    });
}

function isShell(name: string): name is keyof typeof scripts {
  return Object.hasOwn(scripts, name);
}

const examples = `
Examples:
  eval "$(holdfast completion bash)"                                      in ~/.bashrc
  holdfast completion zsh > ~/.zfunc/_holdfast                            with ~/.zfunc in $fpath
  holdfast completion fish > ~/.config/fish/completions/holdfast.fish
`;
