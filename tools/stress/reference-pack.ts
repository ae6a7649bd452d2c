import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createFactReader, openSqlParser } from "@holdfast/facts";
import { readRun } from "@holdfast/runtime";
import { parseJson } from "@holdfast/model";
import { stressed } from "./stressed.ts";
import type { Stressed } from "./stressed.ts";

/** Attacks each starter pack with mutants of honest runs that were written for it. */
export async function stressedPacks(root: string): Promise<readonly Stressed[]> {
  const sqlParser = await openSqlParser();
  // A disk with nothing on it, and names that were looked up: honest and hostile ones are both public.
  const files = { entry: () => undefined };
  const addresses = Object.fromEntries(
    ["api.example.com", "stress-canary.example", "www.stress-canary.example"].map((host) => [
      host,
      ["93.184.216.34"],
    ]),
  );
  const factReader = createFactReader({ files, sqlParser, addresses });
  const packs = readdirSync(`${root}/policies`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  return packs.flatMap((name) => {
    const path = `${root}/test/fixtures/stress/${name}.jsonl`;
    if (!existsSync(path)) return [];
    const runs = readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line, at) => readRun(parseJson(line), `${path}:${at + 1}`));
    const texts = readdirSync(`${root}/policies/${name}`)
      .filter((file) => file.endsWith(".yaml"))
      .map((file) => ({
        path: `policies/${name}/${file}`,
        text: readFileSync(`${root}/policies/${name}/${file}`, "utf8"),
      }));
    return [stressed({ kind: "reference", name, runs, definitions: [], files: texts, factReader })];
  });
}
