import { posix } from "node:path";
import { parseJson } from "@holdfast/model";
import { isShipped, layers, roomOf } from "./layer.ts";
import type { SourceFile } from "./source-file.ts";
import type { Finding, SourceTree } from "./source-tree.ts";

/** What a package.json says that the rules care for. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: ReadonlyMap<string, string>;
  /** what can be imported besides the package itself: the other entries of `exports` */
  readonly subpaths: ReadonlySet<string>;
}

/** Rooms, their package.json and tsconfig.json, and the imports of their files agree with the table. */
export function checkLayers(tree: SourceTree, files: readonly SourceFile[]): Finding[] {
  const rooms = new Map<string, Manifest>();
  for (const path of tree.keys()) {
    const room = roomOf(path);
    if (room !== undefined && path === `${room}/package.json`) {
      rooms.set(room, readManifest(tree.get(path) ?? ""));
    }
  }
  return [
    ...checkTable(tree, rooms),
    ...checkInstallScripts(tree),
    ...[...rooms].flatMap(([room, manifest]) => checkManifest(tree, rooms, { room, manifest })),
    ...files.flatMap((file) => checkImports(file, rooms)),
  ];
}

function checkTable(tree: SourceTree, rooms: ReadonlyMap<string, Manifest>): Finding[] {
  const found: Finding[] = [];
  const say = (path: string, message: string): void => {
    found.push({ rule: "layer", path, line: 0, message });
  };
  for (const room of rooms.keys()) {
    if (!(room in layers)) say(room, "room is not in the table of tools/tidy/layer.ts");
  }
  for (const room of Object.keys(layers)) {
    if (!rooms.has(room)) say(room, "room of the table does not exist");
  }
  const version = readManifest(tree.get("package.json") ?? "{}").version;
  for (const [room, manifest] of rooms) {
    if (manifest.version !== version) say(`${room}/package.json`, `version is not ${version}`);
  }
  return found;
}

/** Installing must run nobody's code: the base install has no native build. */
function checkInstallScripts(tree: SourceTree): Finding[] {
  const path = "package-lock.json";
  const packages = member(parseJson(tree.get(path) ?? "{}"), "packages");
  return Object.entries(packages ?? {})
    .filter(([, entry]) => member(entry, "hasInstallScript") === true)
    .map(([name]) => ({
      rule: "install",
      path,
      line: 0,
      message: `\`${name}\` has an install script`,
    }));
}

function checkManifest(
  tree: SourceTree,
  rooms: ReadonlyMap<string, Manifest>,
  { room, manifest }: { room: string; manifest: Manifest },
): Finding[] {
  const found: Finding[] = [];
  const path = `${room}/package.json`;
  const named = new Map([...rooms].map(([other, { name }]) => [name, other]));
  const declared = new Set<string>();
  for (const [name, version] of manifest.dependencies) {
    if (!/^\d+\.\d+\.\d+/u.test(version)) {
      found.push({ rule: "pin", path, line: 0, message: `\`${name}\` is not pinned exactly` });
    }
    const other = named.get(name);
    if (other === undefined) continue;
    declared.add(other);
    if (layers[room]?.includes(other) === false) {
      found.push({ rule: "layer", path, line: 0, message: `${room} may not depend on ${other}` });
    }
  }
  const config = `${room}/tsconfig.json`;
  const references = readReferences(tree.get(config) ?? "{}", room);
  for (const other of new Set([...declared, ...references])) {
    if (declared.has(other) && references.has(other)) continue;
    const message = `reference to ${other} and dependency on it do not agree`;
    found.push({ rule: "layer", path: config, line: 0, message });
  }
  return found;
}

function checkImports(file: SourceFile, rooms: ReadonlyMap<string, Manifest>): Finding[] {
  const room = roomOf(file.path);
  if (room === undefined) return [];
  const named = new Map([...rooms].map(([other, { name }]) => [name, other]));
  const own = rooms.get(room);
  return file.references.flatMap(({ specifier, line }) => {
    const say = (message: string): Finding[] => [{ rule: "layer", path: file.path, line, message }];
    if (specifier.startsWith(".")) {
      const target = posix.join(posix.dirname(file.path), specifier);
      const outside = !target.startsWith(`${room}/`) && !isTestTool(file.path, target);
      return outside ? say(`\`${specifier}\` leaves the room`) : [];
    }
    const packageName = specifier
      .split("/")
      .slice(0, specifier.startsWith("@") ? 2 : 1)
      .join("/");
    const other = named.get(packageName);
    if (other === undefined) return [];
    if (specifier !== packageName && rooms.get(other)?.subpaths.has(specifier) !== true) {
      return say(`\`${specifier}\` reaches inside a package`);
    }
    if (other === room) return isShipped(file.path) ? say(`${room} imports itself by name`) : [];
    if (layers[room]?.includes(other) !== true) return say(`${room} may not import ${other}`);
    const undeclared = isShipped(file.path) && own?.dependencies.has(packageName) !== true;
    return undeclared ? say(`\`${packageName}\` is not in ${room}/package.json`) : [];
  });
}

/** Tests may use the tools that are there for tests, and start a command as a user would. */
function isTestTool(path: string, target: string): boolean {
  return !isShipped(path) && /^(?:tools|apps\/[^/]+\/bin)\//u.test(target);
}

function readManifest(text: string): Manifest {
  const json = parseJson(text);
  const dependencies = member(json, "dependencies");
  const pairs = typeof dependencies === "object" ? Object.entries(dependencies ?? {}) : [];
  const name = String(member(json, "name"));
  const entries = Object.keys(Object(member(json, "exports"))).filter((entry) => entry !== ".");
  return {
    name,
    subpaths: new Set(entries.map((entry) => posix.join(name, entry))),
    version: String(member(json, "version")),
    dependencies: new Map(pairs.map(([name, version]) => [name, String(version)])),
  };
}

function readReferences(text: string, room: string): Set<string> {
  const references = member(parseJson(text), "references");
  const list: readonly unknown[] = Array.isArray(references) ? references : [];
  return new Set(list.map((entry) => posix.join(room, String(member(entry, "path")))));
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
