import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

// From `tools/dist`, where it runs.
const root = fileURLToPath(new URL("../..", import.meta.url));
const path = fileURLToPath(new URL("../../docs/assurance.json", import.meta.url));

/** The commit as it is now: what a run holds to its promises, whatever is committed meanwhile. */
export function commitNow(): string {
  return execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
}

/**
 * Adds a run to those of `key` in docs/assurance.json, and its count `counted` to the total that
 * stands there beside them.
 */
export function recordRun(
  key: string,
  counted: string,
  run: Readonly<Record<string, unknown>>,
): void {
  const assurance = JSON.parse(readFileSync(path, "utf8")) as Record<
    string,
    { readonly runs?: readonly Readonly<Record<string, unknown>>[] }
  >;
  const runs = [...(assurance[key]?.runs ?? []), run];
  const total = runs.reduce((sum, one) => sum + Number(one[counted]), 0);
  const all = { ...assurance, [key]: { [counted]: total, runs } };
  writeFileSync(path, `${JSON.stringify(all, null, 2)}\n`);
}
