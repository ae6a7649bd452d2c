import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { openSqlParser, sqlFact } from "@holdfast/facts";
import { needTool } from "../../../tools/need-tool.ts";
import { someQuery } from "./some-query.ts";

interface Statement {
  readonly tables_read: readonly string[];
  readonly columns: readonly string[];
}

let server: ChildProcess | undefined;
const folder = mkdtempSync(join(tmpdir(), "holdfast-postgres-"));

afterAll(async () => {
  const running = server;
  if (running !== undefined) {
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.kill("SIGINT");
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Who may run PostgreSQL: not root, so the user that its package makes. */
function owner(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(execFileSync("id", [flag, "postgres"]).toString());
  return { uid: id("-u"), gid: id("-g") };
}

/** Starts a server of its own in a new folder; what runs SQL there and gives the rows, `|` between. */
async function startPostgres(postgres: string, psql: string): Promise<(sql: string) => string> {
  const programs = dirname(realpathSync(postgres));
  const as = owner();
  if (as.uid !== undefined && as.gid !== undefined) chownSync(folder, as.uid, as.gid);
  const data = join(folder, "data");
  const options = { ...as, cwd: folder, stdio: "ignore" } as const;
  execFileSync(
    join(programs, "initdb"),
    ["-D", data, "-A", "trust", "-U", "postgres", "--no-sync"],
    options,
  );
  const flags = ["-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"];
  server = spawn(join(programs, "postgres"), flags, options);
  const run = (sql: string): string =>
    execFileSync(psql, ["-h", folder, "-U", "postgres", "-AtXq"], {
      input: sql,
      stdio: ["pipe", "pipe", "ignore"],
      maxBuffer: 64 * 1024 * 1024,
    }).toString();
  while (!existsSync(join(folder, ".s.PGSQL.5432")) || !answers(run)) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return run;
}

/** The environment with the folders to which Debian's packages install servers. */
function withDebian(): NodeJS.ProcessEnv {
  const all = "/usr/lib/postgresql";
  const versions = existsSync(all)
    ? readdirSync(all).map((version) => join(all, version, "bin"))
    : [];
  return { ...process.env, PATH: [process.env["PATH"], ...versions].join(delimiter) };
}

function answers(run: (sql: string) => string): boolean {
  try {
    return run("SELECT 1").trim() === "1";
  } catch {
    return false;
  }
}

const setup = ["t", "u", "v", "x", "y", '"T"', "s.t", "s.w"]
  .map((name) => `CREATE TABLE ${name} (a int, b int, id int);`)
  .join("\n");

/** The tables and columns that each view depends on. */
const dependencies = `
SELECT DISTINCT v.relname, n.nspname || '.' || t.relname, a.attname
FROM pg_depend d
JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
JOIN pg_class v ON v.oid = r.ev_class AND v.relname LIKE 'q\\_%'
JOIN pg_class t ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid AND t.oid <> v.oid
JOIN pg_namespace n ON n.oid = t.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid AND d.refobjsubid > 0`;

test("PostgreSQL finds the tables and columns that the fact says, and no others", async (context) => {
  const psql = needTool(context, "psql");
  const run = await startPostgres(needTool(context, "postgres", withDebian()), psql);
  const parser = await openSqlParser();
  const queries = fc.sample(someQuery, 500);
  const views = queries.map(
    (query, index) => `CREATE VIEW q_${index} AS SELECT 1 AS one FROM (${query}) whole;`,
  );
  run(`CREATE SCHEMA s;\n${setup}\n${views.join("\n")}`);
  const made = new Set(
    run("SELECT viewname FROM pg_views WHERE viewname LIKE 'q\\_%'").split("\n"),
  );
  const tables = new Map<string, Set<string>>();
  const columns = new Map<string, Set<string>>();
  for (const line of run(dependencies).trim().split("\n")) {
    const [view = "", table = "", column = ""] = line.split("|");
    tables.set(view, (tables.get(view) ?? new Set()).add(table));
    if (column !== "") columns.set(view, (columns.get(view) ?? new Set()).add(column));
  }
  let compared = 0;
  for (const [index, query] of queries.entries()) {
    const view = `q_${index}`;
    // What PostgreSQL does not take, such as a CTE that reads itself in a wrong place.
    if (!made.has(view)) continue;
    compared += 1;
    const answer = sqlFact([{ arg: "q", use: "sql", value: query }], { parser });
    const statement = ("value" in answer &&
      (answer.value as { statements?: readonly Statement[] }).statements?.[0]) as
      | Statement
      | undefined;
    expect(statement?.tables_read.toSorted(), query).toEqual([...(tables.get(view) ?? [])].sort());
    expect(statement?.columns, query).toEqual(
      expect.arrayContaining([...(columns.get(view) ?? [])]),
    );
  }
  expect(compared).toBeGreaterThan(200);
}, 240_000);
