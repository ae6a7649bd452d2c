import { Option } from "commander";
import type { Command } from "commander";
import { badArguments } from "./failure.ts";

/** The policy folder that is read when none is named. */
const policyFolderDefault = "policies";

/** The policy folder as an option, the same for every command that reads one. */
export function policyOption(): Option {
  return new Option("-p, --policy <dir>", "policy folder").default(policyFolderDefault);
}

/** Adds the policy folder as an argument and, for who knows it from other commands, as the option. */
export function withPolicyFolder(command: Command): Command {
  return command
    .argument("[dir]", `policy folder (default: "${policyFolderDefault}")`)
    .option("-p, --policy <dir>", "the same as an option");
}

/**
 * The folder of a command made by `withPolicyFolder`.
 *
 * @throws CommandFailure when argument and option name two folders
 */
export function policyFolderOf(
  argument: string | undefined,
  { policy }: { readonly policy?: string },
): string {
  if (argument !== undefined && policy !== undefined && argument !== policy) {
    throw badArguments(`two policy folders are named, \`${argument}\` and \`${policy}\`; give one`);
  }
  return argument ?? policy ?? policyFolderDefault;
}
