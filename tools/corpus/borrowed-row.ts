import { posix } from "node:path";
import type { JsonObject } from "@holdfast/model";
import type { CorpusCase, SkippedCase, Step } from "./corpus-case.ts";
import { MadeFiles } from "./made-world.ts";
import type { World } from "./made-world.ts";
import { textOf } from "./row-file.ts";
import { statedSetup } from "./stated-setup.ts";

/** How rows of a folder are asked for: the policy that they are held to, and the action. */
interface FolderUse {
  readonly policy: string;
  readonly step: (text: string, world: World) => Step;
}

const uses: ReadonlyMap<string, FolderUse> = new Map([
  [
    "shell",
    {
      policy: "P-SHELL-RO",
      step: (command, world): Step => ({ tool: "local.shell", args: { command }, world }),
    },
  ],
  [
    "sql",
    {
      policy: "P-SQL-RO",
      step: (query, world): Step => ({ tool: "db.query", args: { query }, world }),
    },
  ],
  [
    "path",
    {
      policy: "P-PATH",
      step: (path, world): Step => ({ tool: "files.read", args: { path }, world }),
    },
  ],
  [
    "url",
    {
      policy: "P-URL-EGRESS",
      step: (url, world): Step => ({ tool: "web.fetch", args: { url }, world }),
    },
  ],
]);

/** Whether files of a folder hold rows that are read here or skipped. */
export function isKnownFolder(folder: string): boolean {
  return uses.has(folder) || folder === "mcp";
}

/**
 * A row of `shell`, `sql`, `path`, `url` or `mcp` as one action. Its text is in `code` or `payload`,
 * and `label` says whether it is an attack: all are but those that are `benign`.
 */
export function borrowedCase(
  folder: string,
  corpus: string,
  row: JsonObject,
  number: number,
): CorpusCase | SkippedCase {
  const use = uses.get(folder);
  const label = textOf(row, "label");
  if (use === undefined) return { corpus, kind: label || folder, policy: "P-MCP", skipped: true };
  const { policy } = use;
  const text = (textOf(row, "code") || textOf(row, "payload")).replaceAll("{FILE}", "etc/passwd");
  const files = new MadeFiles();
  files.add(statedSetup(policy));
  const world: World = { files, addresses: () => [] };
  const steps = [use.step(text, world)];
  const [kind, attack] = kindOf(folder, row, text);
  return { corpus, kind, policy, id: `${corpus}-${number}`, attack, text, steps };
}

function kindOf(folder: string, row: JsonObject, text: string): readonly [string, boolean] {
  const label = textOf(row, "label");
  const attack = label !== "benign";
  if (folder === "sql" && !attack && "code" in row) return queryKind(text);
  if (label === "traversal" && staysInside(text)) return [`${label}, stays inside`, false];
  return [textOf(row, "function") || label, attack];
}

const changes =
  /^(?:insert|update|delete|merge|create|alter|drop|truncate|grant|revoke|set|reset|do|call|copy|lock|vacuum|begin|commit|rollback|use|replace|load|execute|prepare)\b/iu;

/** What a query is by its first word alone: nothing here asks the fact that is measured. */
function queryKind(text: string): readonly [string, boolean] {
  const start = text.replace(/^(?:\s|\(|--[^\n]*\n|\/\*.*?\*\/)+/su, "");
  if (changes.test(start)) return ["change", true];
  return [/^(?:select|with|values|table)\b/iu.test(start) ? "query" : "other", false];
}

/** Whether a path leads below the root, also when its escapes are decoded or it is one of Windows. */
function staysInside(text: string): boolean {
  let path = text;
  for (let round = 0; round < 4; round++) {
    const real = posix.resolve("/workspace", path.replaceAll("\\", "/"));
    if (!real.startsWith("/workspace/") || /[^ -~]/u.test(path)) return false;
    path = path.replaceAll(/%[0-9a-f]{2}/giu, (escape) => decoded(escape));
  }
  return !path.includes("%");
}

function decoded(escape: string): string {
  return String.fromCodePoint(Number.parseInt(escape.slice(1), 16));
}
