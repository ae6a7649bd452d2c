import { readFileSync } from "node:fs";
import { join, posix, relative } from "node:path";
import { ResolverFactory } from "rolldown/experimental";
import { strip } from "./stripped-module.ts";
import type { Link, StrippedModule } from "./stripped-module.ts";

/** What a link comes to: one statement for each module that its names are defined in. */
export interface LinkTarget {
  /** a path of the graph, or a specifier that Node resolves */
  readonly target: string;
  readonly inside: boolean;
  readonly before: string;
  readonly after: string;
}

/** A module with all that it depends on. */
export interface GraphModule extends StrippedModule {
  readonly path: string;
  readonly targets: ReadonlyMap<Link, readonly LinkTarget[]>;
}

/** Modules by path from the root of the repository. */
export type ModuleGraph = ReadonlyMap<string, GraphModule>;

/** Where a repository is, and which module stands in for a package that it imports. */
export interface Surroundings {
  readonly root: string;
  readonly standIns: ReadonlyMap<string, string>;
}

/**
 * All modules that the entries need. A name that a module takes through a package's `index.ts` is
 * a dependency on the file that defines it and on nothing else: so the graph says exactly which
 * modules a change of one file can reach.
 *
 * @throws Error when a file cannot be read, SyntaxError when one is not TypeScript
 */
export function loadGraph(surroundings: Surroundings, entries: readonly string[]): ModuleGraph {
  const stripped = new Map<string, StrippedModule>();
  const read = (path: string): StrippedModule => {
    const known = stripped.get(path);
    if (known !== undefined) return known;
    const fresh = strip(path, readFileSync(join(surroundings.root, path), "utf8"));
    stripped.set(path, fresh);
    return fresh;
  };
  const graph = new Map<string, GraphModule>();
  const queue = [...entries];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (graph.has(path)) continue;
    const module = linked(surroundings, path, read(path), read);
    graph.set(path, module);
    queue.push(...dependenciesOf(module));
  }
  return graph;
}

/** A module of a changed text in the place of one of the graph. */
export function relinked(
  surroundings: Surroundings,
  graph: ModuleGraph,
  path: string,
  text: string,
): GraphModule {
  const read = (of: string): StrippedModule =>
    graph.get(of) ?? strip(of, readFileSync(join(surroundings.root, of), "utf8"));
  return linked(surroundings, path, strip(path, text), read);
}

/** The modules of the graph that a module imports. */
function dependenciesOf({ targets }: GraphModule): readonly string[] {
  const all = [...targets.values()].flat().filter(({ inside }) => inside);
  return [...new Set(all.map(({ target }) => target))];
}

/** The given modules with everything that imports them, directly or not. */
export function dependentsOf(graph: ModuleGraph, paths: Iterable<string>): ReadonlySet<string> {
  const importers = new Map<string, string[]>();
  for (const module of graph.values()) {
    for (const target of dependenciesOf(module)) {
      importers.set(target, [...(importers.get(target) ?? []), module.path]);
    }
  }
  const reached = new Set<string>();
  const queue = [...paths];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    queue.push(...(importers.get(path) ?? []));
  }
  return reached;
}

type Read = (path: string) => StrippedModule;

function linked(
  surroundings: Surroundings,
  path: string,
  module: StrippedModule,
  read: Read,
): GraphModule {
  const targets = new Map(
    module.links.map((link) => [link, targetsOf(surroundings, path, link, read)]),
  );
  return { ...module, path, targets };
}

function targetsOf(
  surroundings: Surroundings,
  from: string,
  link: Link,
  read: Read,
): readonly LinkTarget[] {
  const path = resolve(surroundings, from, link.specifier);
  const target = path ?? link.specifier;
  const inside = path !== undefined;
  if (link.names === undefined) return [{ target, inside, before: "", after: "" }];
  const byTarget = new Map<string, string[]>();
  for (const { imported, local } of link.names) {
    const origin = inside ? definedIn(surroundings, target, imported, read) : undefined;
    const { path: file, name } = origin ?? { path: target, name: imported };
    byTarget.set(file, [...(byTarget.get(file) ?? []), `${name} as ${local}`]);
  }
  return [...byTarget].map(([file, names]) => {
    const before = `${link.keyword} { ${names.join(", ")} } from `;
    return { target: file, inside, before, after: ";" };
  });
}

/** The file that a name of an index is defined in: an index holds only named exports of others. */
function definedIn(
  surroundings: Surroundings,
  path: string,
  name: string,
  read: Read,
): { readonly path: string; readonly name: string } {
  if (posix.basename(path) !== "index.ts") return { path, name };
  for (const link of read(path).links) {
    const taken = link.names?.find(({ local }) => local === name);
    const next = resolve(surroundings, path, link.specifier);
    if (link.keyword === "export" && taken !== undefined && next !== undefined) {
      return definedIn(surroundings, next, taken.imported, read);
    }
  }
  return { path, name };
}

const resolver = new ResolverFactory({ conditionNames: ["@holdfast/source", "node", "import"] });

/** The path of a module of this repository; `undefined` for all that Node finds by itself. */
function resolve(
  { root, standIns }: Surroundings,
  from: string,
  specifier: string,
): string | undefined {
  const standIn = standIns.get(specifier);
  if (standIn !== undefined) return standIn;
  if (specifier.startsWith("node:")) return undefined;
  const file = resolver.sync(join(root, posix.dirname(from)), specifier).path;
  const path = file === undefined ? "" : relative(root, file).replaceAll("\\", "/");
  const foreign = path === "" || path.startsWith("../") || path.includes("node_modules/");
  return foreign ? undefined : path;
}
