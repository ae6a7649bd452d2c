import { shellFact } from "@holdfast/facts";
import type { Json } from "@holdfast/model";
import type { SeenCommand, SeenText } from "./bash-grammar.ts";

/** A command as the fact shows it. */
interface ShownCommand {
  readonly argv: readonly string[];
  readonly nested: boolean;
}

/** What stands between the fact of a text and another reading of it; none where the fact denies. */
export type ShellDifference =
  | { readonly kind: "bash refuses it" }
  | { readonly kind: "the other grammar refuses it" }
  | { readonly kind: "a command is not shown"; readonly words: SeenCommand["words"] }
  | { readonly kind: "a command is only shown"; readonly argv: readonly string[] };

/** The commands of the fact of a text; `undefined` when it is opaque or an error, which is denied. */
export function shownCommands(text: string): readonly ShownCommand[] | undefined {
  const annotated = [{ arg: "command", use: "shell", value: text }] as const;
  const answer = shellFact(annotated, { root: "/w", files: { entry: () => undefined } });
  if ("error" in answer) return undefined;
  const value = answer.value as { opaque: boolean; commands: Json } & Json;
  return value.opaque ? undefined : (value.commands as unknown as readonly ShownCommand[]);
}

/**
 * Compares the fact of a text with what `bash -n` and tree-sitter-bash make of it. What the fact
 * runs in turn, by `env` or `xargs`, is no command of the text and not looked for there.
 */
export function shellDifferences(
  shown: readonly ShownCommand[],
  seen: SeenText,
  bashAccepts: boolean,
): readonly ShellDifference[] {
  if (!bashAccepts) return [{ kind: "bash refuses it" }];
  if (!seen.accepted) return [{ kind: "the other grammar refuses it" }];
  const named = shown.filter(({ argv }) => argv.length > 0);
  const missing = seen.commands.find((command) => !named.some((each) => isSame(command, each)));
  if (missing !== undefined) return [{ kind: "a command is not shown", words: missing.words }];
  const outer = named.filter(({ nested }) => !nested);
  const extra = outer.find((each) => !seen.commands.some((command) => isSame(command, each)));
  return extra === undefined ? [] : [{ kind: "a command is only shown", argv: extra.argv }];
}

/** Whether both show one command: word for word, as far as the text alone tells the words. */
function isSame({ words }: SeenCommand, { argv }: ShownCommand): boolean {
  const [name] = words;
  if (name !== undefined && name !== argv[0]) return false;
  if (words.includes(undefined)) return true;
  return words.length === argv.length && words.every((word, index) => word === argv[index]);
}
