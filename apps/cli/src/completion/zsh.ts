import { allCommands } from "./command-tree.ts";
import type { CommandNode, CommandOption, Offer } from "./command-tree.ts";

/** A completion script for zsh 5 and newer, with what each command and option is for. */
export function zshCompletion(program: string, tree: CommandNode): string {
  return `#compdef ${program}
# zsh completion of ${program}, written by \`${program} completion zsh\`
${allCommands(tree)
  .map((node) => functionOf(program, node))
  .join("\n")}
# loaded by name from a folder of $fpath, or read as a file
if [[ $funcstack[1] == _${program} ]]; then
  ${nameOf(program, tree)} "$@"
else
  compdef ${nameOf(program, tree)} ${program}
fi
`;
}

function nameOf(program: string, { path }: CommandNode): string {
  return ["_", program, "command", ...path].join("_");
}

function functionOf(program: string, node: CommandNode): string {
  const lines = [
    ...node.options.flatMap(optionSpecs),
    ...(node.commands.length > 0
      ? [quoted("1:command:->command"), quoted("*::argument:->argument")]
      : node.offers.map((offer, index) => argumentSpec(offer, index, node.offers.length))),
  ];
  const body = lines.map((line) => ` \\\n    ${line}`).join("");
  const name = nameOf(program, node);
  if (node.commands.length === 0) return `${name}() {\n  _arguments -s -S${body}\n}`;
  const described = node.commands.map(({ path, summary }) =>
    quoted(`${(path.at(-1) ?? "").replaceAll(":", "\\:")}:${summary}`),
  );
  const cases = node.commands.map(
    (command) => `        ${quoted(command.path.at(-1) ?? "")}) ${nameOf(program, command)} ;;`,
  );
  return `${name}() {
  local state line
  local -a commands
  commands=(${described.join(" ")})
  _arguments -C -s${body}
  case $state in
    command) _describe -t commands command commands ;;
    argument)
      case $line[1] in
${cases.join("\n")}
      esac ;;
  esac
}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** WHY escaped: brackets end a description, and colons begin what comes behind it. */
function escaped(text: string): string {
  return text.replace(/[\\[\]:]/gu, (mark) => `\\${mark}`);
}

function optionSpecs({ flags, summary, value }: CommandOption): readonly string[] {
  const rivals = flags.length > 1 ? `(${flags.join(" ")})` : "";
  const takes = value === undefined ? "" : `:value:${actionOf(value)}`;
  return flags.map((flag) => {
    const name = value !== undefined && flag.startsWith("--") ? `${flag}=` : flag;
    return quoted(`${rivals}${name}[${escaped(summary)}]${takes}`);
  });
}

function argumentSpec(offer: Offer, index: number, count: number): string {
  const place = index === count - 1 ? "*" : String(index + 1);
  const action = offer.kind === "command" ? "{ _normal }" : actionOf(offer);
  return quoted(
    offer.kind === "command" ? `${place}::command:${action}` : `${place}:argument:${action}`,
  );
}

function actionOf(offer: Offer): string {
  switch (offer.kind) {
    case "nothing":
      return " ";
    case "files":
      return "_files";
    case "folders":
      return "_files -/";
    case "command":
      return "_command_names -e";
    case "words":
      return `(${offer.words.map(escaped).join(" ")})`;
  }
}
