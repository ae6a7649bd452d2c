import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { dependentsOf, loadGraph } from "./module-graph.ts";
import type { ModuleGraph, Surroundings } from "./module-graph.ts";

/** What is mutated and what has to notice: paths from the root of the repository, sorted. */
export interface Room {
  readonly sources: readonly string[];
  readonly tests: readonly string[];
}

/**
 * The files that decide, of both engines: rules in, effect out, with the request and the history
 * that they read. Not among them: CEL, argument schemas and origins, which suites of their own hold;
 * the hash table that rules are found by, the generated code of conditions, and `compiled/quick`,
 * which may decline at any time: there a change that only declines is no other decision.
 */
export const decisionCore: readonly string[] = [
  ...[
    "combine",
    "commit-check",
    "could-allow",
    "decide",
    "decision-part",
    "delegation",
    "fold",
    "history-function",
    "judge",
    "match",
    "merge",
    "meter-window",
    "modification",
    "policy-index",
    "reason-text",
    "request-value",
    "resolve",
    "resource",
    "restriction",
    "rewrite",
    "rule-scope",
    "scope",
    "situation",
    "slice",
    "state-key",
  ].map((name) => `packages/engine/src/reference/${name}.ts`),
  "packages/engine/src/compiled/decision",
  "packages/engine/src/compiled/history",
  ...[
    "compile-bundle",
    "coverage",
    "history-call",
    "key-reader",
    "policy-names",
    "program",
    "request-variable",
    "resource-facts",
    "rule-table",
    "subject",
    "syntax",
    "tool-plan",
  ].map((name) => `packages/engine/src/compiled/rule/${name}.ts`),
];

/** Random walks that hold each engine to the other: the suite of this tool itself. */
const walks = "tools/mutate/walk-suite.ts";

/**
 * The TypeScript files at the given paths, and the tests that can notice a change of one of them:
 * those given, or else all of the same package whose imports lead there, and the walks. The graph
 * holds both, and the modules that are needed `also`.
 *
 * @throws Error when there is no file at a path
 */
export function roomAt(
  surroundings: Surroundings,
  paths: readonly string[],
  tests: readonly string[],
  also: readonly string[],
): { readonly room: Room; readonly graph: ModuleGraph } {
  const sources = [...new Set(paths.flatMap((path) => filesAt(surroundings.root, path)))].sort();
  const packages = new Set(sources.flatMap((path) => /^[^/]+\/[^/]+/u.exec(path) ?? []));
  const candidates =
    tests.length > 0
      ? tests
      : [
          walks,
          ...[...packages].flatMap((folder) => filesAt(surroundings.root, `${folder}/test`)),
        ].filter((path) => path === walks || isQuick(path));
  const graph = loadGraph(surroundings, [...also, ...candidates]);
  const reaching = dependentsOf(graph, sources);
  return {
    room: { sources, tests: candidates.filter((path) => reaching.has(path)).sort() },
    graph,
  };
}

/**
 * Not tests that take longer than all others together: properties, for which the walks do, and
 * those that fill a memory, or swap bundles or decide thousands of times. A survivor would have to
 * outlive them all. Nor one that compares with snapshots, which only vitest itself keeps.
 */
function isQuick(path: string): boolean {
  const left = [
    ".property.test.ts",
    "/swap.test.ts",
    "/origin-limit.test.ts",
    "/origin-memory.test.ts",
    "/request-around.test.ts",
    "/rule-analysis.test.ts",
  ];
  return path.endsWith(".test.ts") && !left.some((ending) => path.endsWith(ending));
}

function filesAt(root: string, path: string): readonly string[] {
  if (statSync(join(root, path)).isFile()) return [path];
  return readdirSync(join(root, path), { recursive: true, encoding: "utf8" })
    .map((name) => `${path.replace(/\/$/u, "")}/${name.replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith(".ts"));
}
