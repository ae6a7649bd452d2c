import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { JsonObject } from "@holdfast/model";
import { isObject, readRowFile, rowFilePaths, textOf } from "../corpus/row-file.ts";
import { Chance } from "../engine-fuzz/chance.ts";
import type { FuzzTarget } from "../facts-fuzz/target.ts";
import { shellMade, shellText } from "../facts-fuzz/shell-target.ts";
import { sqlMade, sqlText } from "../facts-fuzz/sql-target.ts";
import { urlMade, urlText } from "../facts-fuzz/url-target.ts";

/** The kinds of texts that are compared with another reading. */
export const comparedKinds = ["shell", "sql", "url"] as const;

export type ComparedKind = (typeof comparedKinds)[number];

/** For each kind its targets, and the members that hold a text in cases and in rows of corpora. */
const sources: Readonly<
  Record<ComparedKind, { readonly targets: readonly FuzzTarget[]; readonly member: string }>
> = {
  shell: { targets: [shellText, shellMade], member: "command" },
  sql: { targets: [sqlText, sqlMade], member: "sql" },
  url: { targets: [urlText, urlMade], member: "url" },
};

/** The texts of the facts' own cases, and `count` generated ones of each target. */
export function ownTexts(kind: ComparedKind, count: number, seed: number): readonly string[] {
  const { targets, member } = sources[kind];
  const chance = new Chance(seed);
  const made = targets.flatMap((target) =>
    Array.from({ length: count }, () => target.make(chance)).flatMap(({ args, variants }) =>
      [args, ...variants.slice(0, 1).map((variant) => variant.args)].flatMap(textsIn),
    ),
  );
  return [...casesOf(kind, member), ...made];
}

function casesOf(kind: ComparedKind, member: string): readonly string[] {
  const up = import.meta.url.includes("/dist/") ? "../../.." : "../..";
  const path = new URL(`${up}/conformance/facts/${kind}.json`, import.meta.url);
  const file = JSON.parse(readFileSync(fileURLToPath(path), "utf8")) as {
    readonly cases: readonly { readonly input: JsonObject }[];
  };
  return file.cases.flatMap(({ input }) => {
    const text = input[member];
    return typeof text === "string" ? [text] : [];
  });
}

function textsIn(args: JsonObject): readonly string[] {
  return Object.values(args).filter((value) => typeof value === "string");
}

/** The texts of a kind in a folder of corpora (`npm run corpus` says what lies there). */
export function corpusTexts(kind: ComparedKind, folder: string): readonly string[] {
  const { member } = sources[kind];
  return rowFilePaths(folder)
    .filter((path) => path.startsWith(`${kind}/`) || path === `bypass/${kind}.jsonl`)
    .flatMap((path) => readRowFile(folder, path).rows)
    .map((row) => {
      const payload = row["payload"];
      return isObject(payload)
        ? textOf(payload, member)
        : textOf(row, "code") || textOf(row, "payload");
    });
}
