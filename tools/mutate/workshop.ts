import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { dependentsOf, relinked } from "./module-graph.ts";
import type { GraphModule, ModuleGraph, Surroundings } from "./module-graph.ts";

/** Modules on disk that Node can import, some of them changed. */
export interface Variant {
  readonly urlOf: (path: string) => string;
  readonly discard: () => void;
}

/** A folder of built modules: those of the repository as they are, and variants of them. */
export interface Workshop {
  readonly base: Variant;
  /** Modules as they are but for changed texts. Only what these reach is written anew. */
  readonly vary: (texts: ReadonlyMap<string, string>) => Variant;
  readonly close: () => void;
}

/**
 * Writes all modules of a graph below `node_modules/.cache` of the folder that holds this tool:
 * from there, packages resolve as they do for the sources.
 */
export function openWorkshop(
  surroundings: Surroundings,
  graph: ModuleGraph,
  home: string,
): Workshop {
  const cache = join(home, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "mutate-"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const baseUrlOf = (path: string): string => builtUrl(join(folder, "base"), path);
  for (const module of graph.values()) {
    write(join(folder, "base"), rendered(surroundings, module, baseUrlOf), module.path);
  }
  let made = 0;
  const vary = (texts: ReadonlyMap<string, string>): Variant => {
    made += 1;
    const own = join(folder, `variant-${made}`);
    const reached = dependentsOf(graph, texts.keys());
    const urlOf = (path: string): string =>
      reached.has(path) ? builtUrl(own, path) : baseUrlOf(path);
    for (const path of reached) {
      const text = texts.get(path);
      const module =
        text === undefined ? graph.get(path) : relinked(surroundings, graph, path, text);
      if (module !== undefined) write(own, rendered(surroundings, module, urlOf), path);
    }
    return { urlOf, discard: () => rmSync(own, { recursive: true, force: true }) };
  };
  const close = (): void => rmSync(folder, { recursive: true, force: true });
  return { base: { urlOf: baseUrlOf, discard: () => undefined }, vary, close };
}

function builtUrl(folder: string, path: string): string {
  return pathToFileURL(join(folder, path.replace(/\.ts$/u, ".js"))).href;
}

function write(folder: string, code: string, path: string): void {
  const file = join(folder, path.replace(/\.ts$/u, ".js"));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, code);
}

/** The code of a module with its links turned to where the modules now are. */
function rendered(
  { root }: Surroundings,
  { code, links, metas, targets, path }: GraphModule,
  urlOf: (path: string) => string,
): string {
  // A module finds its data where its source is.
  const meta = `({ url: ${JSON.stringify(pathToFileURL(join(root, path)).href)} })`;
  const changes = [
    ...metas.map(({ start, end }) => ({ start, end, text: meta })),
    ...links.map((link) => {
      const statements = (targets.get(link) ?? []).map(
        ({ target, inside, before, after }) =>
          before + JSON.stringify(inside ? urlOf(target) : target) + after,
      );
      return { start: link.start, end: link.end, text: statements.join(" ") };
    }),
  ].toSorted((a, b) => a.start - b.start);
  let done = 0;
  let result = "";
  for (const { start, end, text } of changes) {
    result += code.slice(done, start) + text;
    done = end;
  }
  return result + code.slice(done);
}
