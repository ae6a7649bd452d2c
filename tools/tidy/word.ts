import { isCode, textOf, visit } from "./source-file.ts";
import type { SourceFile } from "./source-file.ts";
import type { Finding, SourceTree } from "./source-tree.ts";

/** Marks of unfinished work: main holds what is done. */
const unfinished = /\b(?:TODO|FIXME|XXX|HACK)\b|\bfor now\b|\bplaceholder\b|\bnot implemented\b/iu;
const shouted = /\b(?:todo|fixme|xxx|hack)\b/u;

/** Words of names that say nothing, or another word for something that has one. */
const wrongWords: ReadonlyMap<string, string> = new Map([
  ["util", "name it for what it is"],
  ["utils", "name it for what it is"],
  ["helper", "name it for what it does"],
  ["helpers", "name it for what they are"],
  ["misc", "name it for what it is"],
  ["manager", "name it for what it holds"],
  ["guardrail", "say rule"],
  ["guardrails", "say rules"],
  ["whitelist", "say allow"],
  ["blacklist", "say deny"],
]);

/** Names made of two words that stand for something that has one; gateways speak their wire's words. */
const wrongPairs: ReadonlyMap<string, string> = new Map([
  ["toolCall", "say action"],
  ["ToolCall", "say action"],
]);

const wrongFiles = new Set([
  "types",
  "common",
  "shared",
  "constants",
  "interfaces",
  "stuff",
  "index2",
]);

/** Texts that are others' words: licences, locks, recorded data, and the list of words itself. */
const othersWords = /^(?:LICENSE|NOTICE|package-lock\.json|conformance\/.*\.jsonl?|tools\/tidy)/u;

/** No text says that something is unfinished. */
export function checkText(tree: SourceTree): Finding[] {
  return [...tree]
    .filter(([path]) => !othersWords.test(path))
    .flatMap(([path, text]) =>
      text.split("\n").flatMap((line, index) => {
        const word = unfinished.exec(line)?.[0];
        // In small letters the short words are ordinary ones.
        if (word === undefined || shouted.test(word)) return [];
        const message = `\`${word}\`: finish it, or leave it out and say so in the docs`;
        return [{ rule: "unfinished", path, line: index + 1, message }];
      }),
    );
}

/** Files and identifiers are named for what they are, in our own words. */
export function checkNames(tree: SourceTree, files: readonly SourceFile[]): Finding[] {
  return [
    ...[...tree.keys()].filter(isCode).flatMap(checkFileName),
    ...files.flatMap(checkIdentifiers),
  ];
}

function checkFileName(path: string): Finding[] {
  const found: Finding[] = [];
  for (const part of path.split("/")) {
    const stem = part.split(".")[0] ?? "";
    if (stem !== "" && !/^[a-z0-9]+(?:-[a-z0-9]+)*$/u.test(stem)) {
      found.push({ rule: "name", path, line: 0, message: `\`${part}\` is not kebab-case` });
    }
    const words = stem.split("-");
    const wrong = wrongFiles.has(stem) ? stem : words.find((word) => wrongWords.has(word));
    if (wrong !== undefined) {
      const instead = wrongWords.get(wrong) ?? "name it for what it holds";
      found.push({ rule: "name", path, line: 0, message: `\`${wrong}\`: ${instead}` });
    }
  }
  return found;
}

function checkIdentifiers(file: SourceFile): Finding[] {
  const found = new Map<string, Finding>();
  const speaksWire = file.path.startsWith("gateways/");
  visit(file.program, (node) => {
    const name = node.type === "Identifier" ? textOf(node) : undefined;
    if (name === undefined || found.has(name)) return;
    const words = name.split(/(?=[A-Z])|_/u).map((word) => word.toLowerCase());
    const wrong = words.find((word) => wrongWords.has(word));
    const pair = speaksWire
      ? undefined
      : [...wrongPairs.keys()].find((each) => name.includes(each));
    const instead = wrongWords.get(wrong ?? "") ?? wrongPairs.get(pair ?? "");
    if (instead === undefined) return;
    const message = `\`${name}\`: ${instead}`;
    found.set(name, { rule: "name", path: file.path, line: file.lineOf(node), message });
  });
  return [...found.values()];
}
