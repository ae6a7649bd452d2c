import { isNode, textOf, visit } from "./source-file.ts";
import type { SourceFile, SyntaxNode } from "./source-file.ts";
import type { Finding } from "./source-tree.ts";

/** Properties of characters that no version of Unicode changes (its stability policy). */
const properties: ReadonlySet<string> = new Set(["Cc", "Cs", "Co", "Noncharacter_Code_Point"]);

/**
 * Patterns say the same on every machine: letter case, and nearly every property of characters, is
 * what the version of Unicode says that the machine's JavaScript has.
 */
export function checkPatterns(file: SourceFile): Finding[] {
  const found: Finding[] = [];
  visit(file.program, (node) => {
    const { pattern, flags } = patternOf(node);
    const property = [...pattern.matchAll(/\\p\{([^}]*)\}/giu)]
      .map(([, name = ""]) => name)
      .find((name) => !properties.has(name));
    const what = flags.includes("i") ? "flag `i`" : property && `property \`${property}\``;
    if (what === undefined) return;
    const message = `${what} of a pattern in a pure room: it depends on the machine's Unicode`;
    found.push({ rule: "pure", path: file.path, line: file.lineOf(node), message });
  });
  return found;
}

/** The pattern and flags of `/a/u` and of `new RegExp("a", "u")`, as far as they are written out. */
function patternOf(node: SyntaxNode): { readonly pattern: string; readonly flags: string } {
  const { regex } = node as { readonly regex?: { pattern: string; flags: string } };
  if (regex !== undefined && regex !== null) return regex;
  const args = node["arguments"];
  const made = node.type === "NewExpression" || node.type === "CallExpression";
  if (!made || textOf(node["callee"]) !== "RegExp" || !Array.isArray(args)) {
    return { pattern: "", flags: "" };
  }
  const [pattern, flags] = args.map((arg: unknown) =>
    isNode(arg) && typeof arg["value"] === "string" ? arg["value"] : "",
  );
  return { pattern: pattern ?? "", flags: flags ?? "" };
}
