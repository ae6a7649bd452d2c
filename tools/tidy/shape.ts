import { posix } from "node:path";
import { parseJson } from "@holdfast/model";
import { isShipped, roomOf } from "./layer.ts";
import { isCode, isNode } from "./source-file.ts";
import type { SourceFile, SyntaxNode } from "./source-file.ts";
import type { Finding, SourceTree } from "./source-tree.ts";

/** A file longer than this holds more than one idea. */
const linesMax = 400;

/** Files are short, exports are named, and an index holds nothing but exports. */
export function checkShape(tree: SourceTree, files: readonly SourceFile[]): Finding[] {
  return [...checkSize(tree), ...files.filter(({ path }) => isShipped(path)).flatMap(checkExports)];
}

function checkSize(tree: SourceTree): Finding[] {
  return [...tree]
    .filter(([path]) => isCode(path))
    .map(([path, text]) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > linesMax)
    .map(({ path, lines }) => {
      const message = `${lines} lines; split it by noun at ${linesMax}`;
      return { rule: "size", path, line: linesMax + 1, message };
    });
}

function checkExports(file: SourceFile): Finding[] {
  const body = Array.isArray(file.program["body"]) ? file.program["body"].filter(isNode) : [];
  const isIndex = posix.basename(file.path) === "index.ts";
  return body.flatMap((statement) => {
    const message = exportProblem(statement, isIndex);
    if (message === undefined) return [];
    return [{ rule: "export", path: file.path, line: file.lineOf(statement), message }];
  });
}

function exportProblem(statement: SyntaxNode, isIndex: boolean): string | undefined {
  if (statement.type === "ExportAllDeclaration") return "`export *` hides what is public";
  if (statement.type === "ExportDefaultDeclaration") return "default export; name it";
  if (!isIndex) return undefined;
  const reExports = statement.type === "ExportNamedDeclaration" && isNode(statement["source"]);
  return reExports ? undefined : "an index holds only named exports of other files";
}

/** Every shipped file is reached from its room's entry: a file that only tests import is dead. */
export function checkDeadFiles(tree: SourceTree, files: readonly SourceFile[]): Finding[] {
  const shipped = new Map(
    files.filter(({ path }) => isShipped(path)).map((file) => [file.path, file]),
  );
  const reached = new Set<string>();
  const queue = [...shipped.keys()].filter((path) => isEntry(tree, path));
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    const file = shipped.get(path);
    if (file === undefined || reached.has(path)) continue;
    reached.add(path);
    for (const { specifier } of file.references) {
      if (specifier.startsWith(".")) {
        queue.push(posix.join(posix.dirname(path), specifier).replace(/\.js$/u, ".ts"));
      }
      if (specifier.startsWith("#")) queue.push(...ownImports(tree, path, specifier));
    }
  }
  return [...shipped.keys()]
    .filter((path) => !reached.has(path))
    .map((path) => ({ rule: "dead", path, line: 0, message: "no shipped file imports it" }));
}

function isEntry(tree: SourceTree, path: string): boolean {
  const room = roomOf(path) ?? "";
  const inside = path.slice(room.length + 1);
  if (inside === "src/index.ts" || inside === "src/main.ts" || inside.startsWith("bin/"))
    return true;
  return targetsOf(member(manifestOf(tree, room), "exports")).includes(`./${inside}`);
}

function manifestOf(tree: SourceTree, room: string): unknown {
  return parseJson(tree.get(`${room}/package.json`) ?? "{}");
}

/** Every file that a `#name` of the room's own package.json can stand for. */
function ownImports(tree: SourceTree, path: string, specifier: string): string[] {
  const room = roomOf(path) ?? "";
  return targetsOf(member(member(manifestOf(tree, room), "imports"), specifier)).map((target) =>
    posix.join(room, target),
  );
}

function targetsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(targetsOf);
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
