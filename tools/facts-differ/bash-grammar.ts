import { createRequire } from "node:module";
import type { Language, Node, Parser } from "@vscode/tree-sitter-wasm";

/** One simple command as tree-sitter-bash sees it. */
export interface SeenCommand {
  /** the words after quoting; `undefined` for one whose text is not plain from the grammar alone */
  readonly words: readonly (string | undefined)[];
  /** it stands in a substitution */
  readonly nested: boolean;
}

/** A text as tree-sitter-bash reads it. */
export interface SeenText {
  /** no part of it is an error, and nothing that the grammar wants is missing */
  readonly accepted: boolean;
  readonly commands: readonly SeenCommand[];
}

interface TreeSitter {
  readonly Parser: typeof Parser;
  readonly Language: typeof Language;
}

/** The grammar of bash that editors colour by: another reading of the same language than `unbash`. */
export async function openBashGrammar(): Promise<(text: string) => SeenText> {
  // The package is CommonJS with types that say otherwise.
  const require = createRequire(import.meta.url);
  const treeSitter = require("@vscode/tree-sitter-wasm") as TreeSitter;
  const path = require.resolve("@vscode/tree-sitter-wasm");
  await treeSitter.Parser.init();
  const parser = new treeSitter.Parser();
  parser.setLanguage(
    await treeSitter.Language.load(path.replace("tree-sitter.js", "tree-sitter-bash.wasm")),
  );
  return (text) => {
    const tree = parser.parse(text);
    if (tree === null) return { accepted: false, commands: [] };
    const commands: SeenCommand[] = [];
    collect(tree.rootNode, false, commands);
    const accepted = !tree.rootNode.hasError;
    tree.delete();
    return { accepted, commands };
  };
}

const substitutions = new Set(["command_substitution", "process_substitution", "heredoc_body"]);

function collect(node: Node, nested: boolean, found: SeenCommand[]): void {
  if (node.type === "command") found.push({ words: wordsOf(node), nested });
  else if (
    node.type === "test_command" &&
    node.text.startsWith("[") &&
    !node.text.startsWith("[[")
  ) {
    found.push({ words: ["[", undefined], nested });
  } else if (node.type === "declaration_command" || node.type === "unset_command") {
    found.push({ words: [node.firstChild?.text, undefined], nested });
  }
  const within = nested || substitutions.has(node.type);
  for (const child of node.namedChildren) if (child !== null) collect(child, within, found);
}

const beside = new Set([
  "variable_assignment",
  "file_redirect",
  "herestring_redirect",
  "heredoc_redirect",
]);

function wordsOf(command: Node): readonly (string | undefined)[] {
  const words = command.children.flatMap((child) =>
    child === null || beside.has(child.type) || child.type === "comment" ? [] : [child],
  );
  return words.map((word) =>
    wordText(word.type === "command_name" ? (word.firstChild ?? word) : word),
  );
}

/** The text of a word after quoting; `undefined` where it depends on more than quotes. */
function wordText(node: Node): string | undefined {
  switch (node.type) {
    case "word":
    case "number":
      // Braces, tildes and the like are other words to the shell.
      if (/[{}~]|\\\n/u.test(node.text)) return undefined;
      return node.text.replaceAll(/\\(.)/gsu, "$1");
    case "raw_string":
      return node.text.slice(1, -1);
    case "string": {
      const plain = node.namedChildren.every((child) => child?.type === "string_content");
      return plain && !/[\\$`]/u.test(node.text) ? node.text.slice(1, -1) : undefined;
    }
    case "concatenation": {
      const parts = node.children.map((child) => (child === null ? undefined : wordText(child)));
      return parts.every((part) => part !== undefined) ? parts.join("") : undefined;
    }
    default:
      return undefined;
  }
}
