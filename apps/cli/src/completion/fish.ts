import { allCommands } from "./command-tree.ts";
import type { CommandNode, CommandOption, Offer } from "./command-tree.ts";

/** A completion script for fish 3 and newer, with what each command and option is for. */
export function fishCompletion(program: string, tree: CommandNode): string {
  const nodes = allCommands(tree);
  const own = `__${program}_at`;
  return `# fish completion of ${program}, written by \`${program} completion fish\`
# the commands typed so far, the values of options left out
function ${own} --argument-names wanted
    set -l words (commandline --tokens-expanded --current-process --cut-at-cursor 2>/dev/null; or commandline -opc)
    set -l path ''
    set -l skip 0
    for word in $words[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch "$path $word"
${nodes.flatMap(({ commands }) => commands.map(commandCase)).join("\n")}
            case '*'
                if contains -- "$path|$word" ${valueFlags(nodes)}
                    set skip 1
                end
        end
    end
    test "$path" = "$wanted"
end
complete -c ${program} -f
${nodes.flatMap((node) => linesOf(program, own, node)).join("\n")}
`;
}

function pathText({ path }: CommandNode): string {
  return path.map((word) => ` ${word}`).join("");
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

function commandCase(command: CommandNode): string {
  const path = quoted(pathText(command));
  return `            case ${path}\n                set path ${path}`;
}

function valueFlags(nodes: readonly CommandNode[]): string {
  return nodes
    .flatMap((node) =>
      node.options
        .filter(({ value }) => value !== undefined)
        .flatMap(({ flags }) => flags.map((flag) => quoted(`${pathText(node)}|${flag}`))),
    )
    .join(" ");
}

function linesOf(program: string, own: string, node: CommandNode): readonly string[] {
  const here = `complete -c ${program} -n ${quoted(`${own} ${quoted(pathText(node))}`)}`;
  const commands = node.commands.map(
    ({ path, summary }) => `${here} -a ${quoted(path.at(-1) ?? "")} -d ${quoted(summary)}`,
  );
  const options = node.options.map((option) => `${here} ${optionText(option)}`);
  const offers = node.commands.length > 0 ? [] : node.offers.map((offer) => argumentText(offer));
  return [
    ...commands,
    ...options,
    ...offers.filter((text) => text !== "").map((text) => `${here} ${text}`),
  ];
}

function optionText({ flags, summary, value }: CommandOption): string {
  const names = flags.map((flag) =>
    flag.startsWith("--") ? `-l ${quoted(flag.slice(2))}` : `-s ${quoted(flag.slice(1))}`,
  );
  const takes = value === undefined ? "" : ` -r ${argumentText(value) || "-f"}`;
  return `${names.join(" ")} -d ${quoted(summary)}${takes}`;
}

function argumentText(offer: Offer): string {
  switch (offer.kind) {
    case "nothing":
      return "";
    case "files":
      return "-F";
    case "folders":
      return "-f -a '(__fish_complete_directories)'";
    case "command":
      return "-F -a '(__fish_complete_subcommand)'";
    case "words":
      return `-f -a ${quoted(offer.words.join(" "))}`;
  }
}
