import { isShipped, pureRooms, roomOf } from "./layer.ts";
import { checkPatterns } from "./pattern.ts";
import { isNode, textOf, visit } from "./source-file.ts";
import type { SourceFile, SyntaxNode } from "./source-file.ts";
import type { Finding } from "./source-tree.ts";

/** Names of the environment that a pure room may not read, with what to do instead. */
const impureNames: ReadonlyMap<string, string> = new Map([
  ["process", "take what you need as an argument"],
  ["globalThis", "take what you need as an argument"],
  ["performance", "take the time as an argument"],
  ["crypto", "take random bytes as an argument; hash with `sha256` of @holdfast/model"],
  ["setTimeout", "return what to wait for; the runtime waits"],
  ["setInterval", "return what to wait for; the runtime waits"],
  ["setImmediate", "return what to wait for; the runtime waits"],
  ["fetch", "take the answer as an argument"],
  ["require", "import it"],
  ["console", "return it"],
  ["Intl", "it depends on the machine's own data; zones are in the bundle"],
  ["Buffer", "use a Uint8Array; a browser has no Buffer"],
  ["Function", "only generated code of the compiled engine may become a function"],
  ["eval", "only generated code of the compiled engine may become a function"],
]);

/** Members that read the clock, chance, or the machine's time zone and language. */
const impureMembers: ReadonlyMap<string, string> = new Map([
  ["Date.now", "take `nowMs` as an argument"],
  ["Math.random", "take random bytes as an argument"],
  ...["localeCompare", "toLocaleString", "toLocaleDateString", "toLocaleTimeString"].map(
    (name) => [`*.${name}`, "it depends on the machine's language"] as const,
  ),
  ...["toLocaleLowerCase", "toLocaleUpperCase"].map(
    (name) => [`*.${name}`, "it depends on the machine's language"] as const,
  ),
  ...["getFullYear", "getMonth", "getDate", "getDay", "getHours", "getMinutes", "getSeconds"].map(
    (name) => [`*.${name}`, "it depends on the machine's time zone; use the UTC one"] as const,
  ),
  ["*.getTimezoneOffset", "it depends on the machine's time zone"],
  ...["toLowerCase", "toUpperCase"].map(
    (name) => [`*.${name}`, "it depends on the machine's Unicode; use `lowerAscii`"] as const,
  ),
  ["*.normalize", "it depends on the machine's Unicode; use `foldText`"],
]);

/** Built-in modules that only compute, by the file or the room that may import them. */
const builtinsAllowed: Readonly<Record<string, readonly string[]>> = {
  "packages/model/src/node-hashing.ts": ["node:crypto"],
  "packages/log/src/hash.ts": ["node:crypto"],
  "packages/log/src/note/ed25519.ts": ["node:crypto"],
  "packages/log": ["node:buffer", "node:zlib"],
};

/**
 * Names that a file or a room may use all the same. The log never runs in a browser; letting other
 * work go first changes no value, and it waits for its own group commit. Code is made of text in
 * one place, which can be told not to. One file changes letters, and those of ASCII alone.
 */
const namesAllowed: Readonly<Record<string, readonly string[]>> = {
  "packages/log": ["Buffer", "setImmediate"],
  "packages/engine/src/compiled/shape/generated.ts": ["Function"],
  "packages/model/src/ascii.ts": ["*.toLowerCase", "*.toUpperCase"],
};

/** The log's file driver and its lock: the only files of a pure room that touch the machine. */
const drivers: ReadonlySet<string> = new Set([
  "packages/log/src/node-files.ts",
  "packages/log/src/writer-lock.ts",
]);

/** Below the runtime, nothing reads clock, chance, environment, network or module state. */
export function checkPurity(files: readonly SourceFile[]): Finding[] {
  return files
    .filter(({ path }) => isShipped(path) && pureRooms.includes(roomOf(path) ?? ""))
    .filter(({ path }) => !drivers.has(path))
    .flatMap((file) =>
      [checkBuiltins, checkNames, checkPatterns, checkState].flatMap((check) => check(file)),
    );
}

function checkBuiltins(file: SourceFile): Finding[] {
  const allowed = new Set(
    [file.path, roomOf(file.path) ?? ""].flatMap((each) => builtinsAllowed[each] ?? []),
  );
  return file.references
    .filter(({ specifier }) => specifier.startsWith("node:") && !allowed.has(specifier))
    .map(({ specifier, line }) => {
      const message = `\`${specifier}\` in a pure room; see tools/tidy/purity.ts`;
      return { rule: "pure", path: file.path, line, message };
    });
}

function checkNames(file: SourceFile): Finding[] {
  const found: Finding[] = [];
  const allowed = new Set(
    [file.path, roomOf(file.path) ?? ""].flatMap((each) => namesAllowed[each] ?? []),
  );
  const bound = boundNames(file.program);
  visit(file.program, (node, parent) => {
    const reading = impureReading(node, parent);
    if (reading === undefined || bound.has(reading.name) || allowed.has(reading.name)) return;
    const message = `\`${reading.name}\` in a pure room: ${reading.instead}`;
    found.push({ rule: "pure", path: file.path, line: file.lineOf(node), message });
  });
  return found;
}

function impureReading(
  node: SyntaxNode,
  parent: SyntaxNode | undefined,
): { name: string; instead: string } | undefined {
  const noArguments = Array.isArray(node["arguments"]) && node["arguments"].length === 0;
  const callsDate = textOf(node["callee"]) === "Date";
  if ((node.type === "NewExpression" && callsDate && noArguments) || isBareDate(node)) {
    return { name: "new Date()", instead: "take `nowMs` as an argument" };
  }
  if (node.type === "MemberExpression") {
    const property = textOf(node["property"]) ?? "";
    const object = textOf(node["object"]) ?? "";
    const name = [`${object}.${property}`, `*.${property}`].find((each) => impureMembers.has(each));
    return name === undefined ? undefined : { name, instead: impureMembers.get(name) ?? "" };
  }
  if (node.type !== "Identifier" || isPropertyName(node, parent)) return undefined;
  const name = textOf(node) ?? "";
  const instead = impureNames.get(name);
  return instead === undefined ? undefined : { name, instead };
}

/** `Date(…)` without `new` is the present as text, whatever its arguments. */
function isBareDate(node: SyntaxNode): boolean {
  return node.type === "CallExpression" && textOf(node["callee"]) === "Date";
}

function isPropertyName(node: SyntaxNode, parent: SyntaxNode | undefined): boolean {
  if (parent === undefined || parent["computed"] === true) return false;
  return (
    parent["key"] === node ||
    parent["property"] === node ||
    parent.type.startsWith("TS") ||
    parent["label"] === node
  );
}

/** Names that the file itself declares, which are then not the environment's. */
function boundNames(program: SyntaxNode): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (pattern: unknown): void => {
    const name = textOf(pattern);
    if (name !== undefined) names.add(name);
  };
  visit(program, (node) => {
    if (node.type === "VariableDeclarator") add(node["id"]);
    if (node.type.startsWith("Import") && isNode(node["local"])) add(node["local"]);
    if (Array.isArray(node["params"])) node["params"].forEach(add);
  });
  return names;
}

/** A variable of a module outlives the call: with it, equal inputs need not give equal outputs. */
function checkState(file: SourceFile): Finding[] {
  const body = Array.isArray(file.program["body"]) ? file.program["body"].filter(isNode) : [];
  return body
    .map((statement) => (isNode(statement["declaration"]) ? statement["declaration"] : statement))
    .filter((node) => node.type === "VariableDeclaration" && node["kind"] !== "const")
    .map((node) => {
      const message = "variable of a module; pass state as an argument and return it";
      return { rule: "pure", path: file.path, line: file.lineOf(node), message };
    });
}
