import { allCommands } from "./command-tree.ts";
import type { CommandNode, Offer } from "./command-tree.ts";

/**
 * A completion script for bash 3.2 and newer. Everything in it is quoted: names of commands and
 * values are data to it.
 */
export function bashCompletion(program: string, tree: CommandNode): string {
  const nodes = allCommands(tree);
  const own = `_${program}_complete`;
  return `# bash completion of ${program}, written by \`${program} completion bash\`
${own}() {
  local cur prev path word index rest argument
  cur="\${COMP_WORDS[COMP_CWORD]}"
  prev="\${COMP_WORDS[COMP_CWORD - 1]}"
  # bash takes \`--option=value\` for three words
  if [[ $cur == "=" ]]; then cur=""
  elif [[ $prev == "=" ]]; then prev="\${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  path="" argument=0 rest=""
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    [[ $word == "--" ]] && rest=1 && break
    case "$path $word" in
${nodes.flatMap(commandCases).join("\n")}
      *)
        case "$path|$word" in
${valueFlags(nodes, "          ", "index=$((index + 1))")}
          *"|-"* | *"|=") ;;
          *) argument=$((argument + 1)) ;;
        esac ;;
    esac
  done
  COMPREPLY=()
  if [[ -z $rest ]]; then
    case "$path|$prev" in
${nodes.flatMap(optionCases).join("\n")}
    esac
    if [[ $cur == -* ]]; then
      case "$path" in
${nodes.map((node) => `        ${quoted(pathText(node))}) ${words(flagsOf(node))} ;;`).join("\n")}
      esac
      return
    fi
  fi
  case "$path|$argument" in
${nodes.flatMap(argumentCases).join("\n")}
  esac
}
complete -F ${own} ${program}
`;
}

function pathText({ path }: CommandNode): string {
  return path.map((word) => ` ${word}`).join("");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function commandCases(node: CommandNode): readonly string[] {
  return node.commands.map((command) => {
    const path = quoted(pathText(command));
    return `      ${path}) path=${path} argument=0 ;;`;
  });
}

function flagsOf({ options }: CommandNode): readonly string[] {
  return options.flatMap(({ flags }) => flags);
}

function valueFlags(nodes: readonly CommandNode[], margin: string, then: string): string {
  return nodes
    .flatMap((node) =>
      node.options
        .filter(({ value }) => value !== undefined)
        .flatMap(({ flags }) => flags.map((flag) => quoted(`${pathText(node)}|${flag}`))),
    )
    .map((pattern) => `${margin}${pattern}) ${then} ;;`)
    .join("\n");
}

function optionCases(node: CommandNode): readonly string[] {
  return node.options.flatMap(({ flags, value }) => {
    if (value === undefined) return [];
    const patterns = flags.map((flag) => quoted(`${pathText(node)}|${flag}`)).join(" | ");
    return [`      ${patterns}) ${offered(value)}; return ;;`];
  });
}

function argumentCases(node: CommandNode): readonly string[] {
  const path = quoted(`${pathText(node)}|`);
  if (node.commands.length > 0) {
    const names = node.commands.map((command) => command.path.at(-1) ?? "");
    return [`    ${path}0) ${words(names)} ;;`];
  }
  const last = node.offers.length - 1;
  return node.offers.map(
    (offer, index) => `    ${path}${index === last ? "*" : index}) ${offered(offer)} ;;`,
  );
}

function words(list: readonly string[]): string {
  return `COMPREPLY=($(compgen -W ${quoted(list.join(" "))} -- "$cur"))`;
}

/** WHY \`compopt\` may fail: bash 3.2 does not have it, and then completes without it. */
function offered(offer: Offer): string {
  const listed = (flag: string): string =>
    `local IFS=$'\\n'; COMPREPLY=($(compgen ${flag} -- "$cur")); compopt -o filenames 2>/dev/null`;
  switch (offer.kind) {
    case "nothing":
      return ":";
    case "files":
      return listed("-f");
    case "folders":
      return listed("-d");
    case "command":
      return listed("-c -f");
    case "words":
      return words(offer.words);
  }
}
