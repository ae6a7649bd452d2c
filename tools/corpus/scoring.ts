import { openSqlParser, sqlFact } from "@holdfast/facts";
import type { SqlParser } from "@holdfast/facts";
import type { JsonObject } from "@holdfast/model";
import { borrowedCase, isKnownFolder } from "./borrowed-row.ts";
import { bypassCase, isBypassRow } from "./bypass-row.ts";
import type { CorpusCase, SkippedCase } from "./corpus-case.ts";
import { Judge } from "./judge.ts";
import type { Params } from "./policy-pack.ts";
import { readRowFile, rowFilePaths, textOf } from "./row-file.ts";
import type { RowFile } from "./row-file.ts";
import { ScoreSheet } from "./score.ts";

/** What is scored, and by which documents. */
export interface ScoringOptions {
  /** the folder of the data */
  readonly data: string;
  /** the folder of the packs */
  readonly policies: string;
  /** at most so many rows of a file, spread evenly over it */
  readonly sample?: number;
  /** only files whose path contains this */
  readonly only?: string;
  /** is told of files that nothing here reads */
  readonly unknown: (path: string) => void;
}

/**
 * Scores every corpus that a folder holds. Rows of the bypass format are known by their form, all
 * others by the folder that they lie in.
 */
export async function scoreCorpora(options: ScoringOptions): Promise<ScoreSheet> {
  const parser = await openSqlParser();
  const sheet = new ScoreSheet();
  const { data, only = "", sample = Infinity } = options;
  for (const path of rowFilePaths(data).filter((each) => each.includes(only))) {
    const folder = path.split("/").at(-2) ?? "";
    if (!isKnownFolder(folder) && folder !== "bypass" && folder !== "") {
      options.unknown(path);
      continue;
    }
    const file = readRowFile(data, path);
    const [first] = file.rows;
    const bypass = first !== undefined && isBypassRow(first);
    if (!bypass && !isKnownFolder(folder)) {
      options.unknown(path);
      continue;
    }
    const judge = new Judge(options.policies, parser, bypass ? {} : ownTables(file, parser));
    scoreFile({ ...file, rows: spread(file.rows, sample) }, folder, { judge, sheet });
  }
  return sheet;
}

function scoreFile(
  { name, rows }: RowFile,
  folder: string,
  { judge, sheet }: { readonly judge: Judge; readonly sheet: ScoreSheet },
): void {
  for (const [index, row] of rows.entries()) {
    const bypass = isBypassRow(row);
    const id = textOf(row, "id") || `${name}-${index}`;
    const corpus = bypass ? "bypass" : name;
    const fallback = { corpus, kind: textOf(row, "kind"), policy: textOf(row, "policy") };
    let read: CorpusCase | SkippedCase | undefined;
    try {
      read = bypass ? bypassCase(row) : borrowedCase(folder, name, row, index);
      if ("skipped" in read) sheet.skip(read);
      else sheet.add(read, judge.judge(read));
    } catch (fault) {
      sheet.fail(read ?? fallback, id, fault instanceof Error ? fault.message : String(fault));
    }
  }
}

function spread(rows: readonly JsonObject[], most: number): readonly JsonObject[] {
  const step = Math.max(1, rows.length / most);
  return rows.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

/** Queries of agents are on tables of their own: those that their queries name. */
function ownTables({ rows }: RowFile, parser: SqlParser): Params {
  const tables = new Set<string>();
  for (const row of rows) {
    if (textOf(row, "label") !== "benign" || textOf(row, "code") === "") continue;
    const value = textOf(row, "code");
    const answer = sqlFact([{ arg: "sql", use: "sql", value }], { parser });
    if ("error" in answer) continue;
    const { statements } = answer.value as {
      readonly statements?: readonly { readonly tables_read: readonly string[] }[];
    };
    for (const each of statements ?? []) for (const table of each.tables_read) tables.add(table);
  }
  const own = [...tables].filter((table) => !/^(?:pg_catalog|information_schema)\./u.test(table));
  return own.length === 0 ? {} : { "sql-readonly": { tables: own } };
}
