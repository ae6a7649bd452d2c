import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createEngine, loadPolicySet } from "@holdfast/engine";
import type { CompiledEngine } from "@holdfast/engine";
import type { Json } from "@holdfast/model";
import { parseAllDocuments } from "yaml";

/** Which folder under `policies/` says a policy in words as documents. */
export const packOf: ReadonlyMap<string, string> = new Map([
  ["P-SHELL-RO", "shell-readonly"],
  ["P-SQL-RO", "sql-readonly"],
  ["P-PATH", "files-workspace"],
  ["P-URL-ALLOW", "egress-allowlist"],
  ["P-URL-EGRESS", "egress-allowlist"],
  ["P-JSON", "strict-json"],
]);

/** Other values for the params of policies: policy, param, value. */
export type Params = Readonly<Record<string, Readonly<Record<string, Json>>>>;

/**
 * An engine with the documents of a pack, as they are but for `params`.
 *
 * @throws Error when the pack does not compile
 */
export function openPack(policies: string, pack: string, params: Params = {}): CompiledEngine {
  const folder = join(policies, pack);
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .map((name) => {
      const text = readFileSync(join(folder, name), "utf8");
      return { path: `${pack}/${name}`, text: withParams(text, params) };
    });
  const loaded = loadPolicySet(files, { root: pack });
  if (loaded.ok) return createEngine(loaded.bundle);
  const [first] = loaded.diagnostics;
  throw new Error(`\`${pack}\` does not compile: ${first?.message ?? "no reason"}`);
}

function withParams(text: string, params: Params): string {
  if (Object.keys(params).length === 0) return text;
  const documents = parseAllDocuments(text);
  if (!("length" in documents)) return text;
  for (const document of documents) {
    const name = document.getIn(["metadata", "name"]);
    const set = typeof name === "string" ? params[name] : undefined;
    if (document.get("kind") !== "Policy" || set === undefined) continue;
    for (const [param, value] of Object.entries(set)) {
      document.setIn(["spec", "params", param], document.createNode(value));
    }
  }
  return documents.map(String).join("\n---\n");
}
