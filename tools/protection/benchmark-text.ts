import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { lowerAscii, parseJson } from "@holdfast/model";
import { listOf, objectOf, rowsOf, textOf } from "./json-row.ts";

/**
 * What tells a benchmark, as hashes with spaces between: the names of its tools, and runs of words of what its
 * attackers want.
 */
export interface BenchmarkMarks {
  readonly names: string;
  readonly phrases: string;
}

/** Words in a row that hardly anybody writes by chance. */
const phraseWords = 5;

/** Marks are kept as hashes of 64 bits, so that no text of a benchmark is in the repository. */
function markOf(text: string): string {
  let [one, two] = [0x811c9dc5, 0x9e3779b1];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x01000193);
    two = Math.imul(two ^ unit ^ (one >>> 7), 0x85ebca6b);
    two ^= two >>> 13;
  }
  return [one, two].map((each) => (each >>> 0).toString(16).padStart(8, "0")).join("");
}

/** The marks of the benchmarks in a folder of corpora. */
export function marksOf(folder: string): BenchmarkMarks {
  const names = new Set<string>();
  const goals = new Set<string>();
  for (const dataset of ["agentdojo", "agentdyn"]) {
    const path = join(folder, dataset, "tools_by_suite.json");
    if (existsSync(path)) {
      const suites = objectOf(parseJson(readFileSync(path)));
      for (const all of Object.values(suites)) {
        for (const tool of listOf(all)) names.add(textOf(objectOf(tool)["name"]));
      }
    }
    for (const row of rowsOf(join(folder, dataset, "ground_truth.jsonl")) ?? []) {
      goals.add(textOf(row["prompt"]));
    }
  }
  for (const row of rowsOf(join(folder, "injecagent", "cases_base.jsonl")) ?? []) {
    goals.add(textOf(row["Attacker Instruction"]));
    goals.add(textOf(row["User Instruction"]));
    for (const tool of listOf(row["Attacker Tools"])) names.add(textOf(tool));
    names.add(textOf(row["User Tool"]));
  }
  return {
    names: marked([...names]),
    phrases: marked([...goals].flatMap((goal) => phrasesOf(goal))),
  };
}

/** What is not theirs alone: tools of the file server of MCP, which came before them, and plain English. */
const common: ReadonlySet<string> = new Set([
  "list_directory",
  "read_file",
  "write_file",
  "in the order they were",
]);

function marked(texts: readonly string[]): string {
  const own = texts.filter((text) => !common.has(text));
  return [...new Set(own.map((text) => markOf(text)))].sort().join(" ");
}

function phrasesOf(text: string): readonly string[] {
  const words = lowerAscii(text).match(/[a-z0-9@.'_-]+/gu) ?? [];
  return words
    .slice(0, Math.max(0, words.length - phraseWords + 1))
    .map((_, at) => words.slice(at, at + phraseWords).join(" "));
}

/** What of these marks stands in a text, in its own words. */
export function marksIn(text: string, { names, phrases }: BenchmarkMarks): readonly string[] {
  const [known, said] = [new Set(names.split(" ")), new Set(phrases.split(" "))];
  const words = new Set(text.match(/[A-Za-z_][A-Za-z0-9_]*/gu));
  return [
    ...[...words].filter((word) => known.has(markOf(word))),
    ...phrasesOf(text).filter((phrase) => said.has(markOf(phrase))),
  ];
}

/** The texts of a product: sources of every room, and the policies that come with it. */
export function productTexts(
  root: string,
): readonly { readonly path: string; readonly text: string }[] {
  const rooms = ["packages", "apps", "gateways"].flatMap((kind) =>
    readdirSync(join(root, kind)).map((room) => join(kind, room, "src")),
  );
  return [...rooms, "policies"]
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => /\.(?:ts|json|ya?ml)$/u.test(name))
        .map((name) => join(folder, name)),
    )
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}
