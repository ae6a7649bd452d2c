/**
 * Facts beside other readings of the same texts: bash and tree-sitter-bash, a server of PostgreSQL,
 * curl. Whatever differs must be denied by its fact, or be explained. Seen to fail on planted bugs of
 * the facts: errors of the parser of shell commands not looked at, FOR UPDATE taken for a reading query,
 * `nextval` taken for a function that changes nothing, and `user@` left in the host of a URL.
 */
import { openSqlParser } from "@holdfast/facts";
import { expect, test } from "vitest";
import { ownTexts } from "./facts-differ/compared-text.ts";
import { differShell, differSql, differUrl } from "./facts-differ/differing.ts";
import { withServers } from "./facts-differ/postgres-server.ts";
import { needTool } from "./need-tool.ts";

const seed = 20_261_129;

test("commands are read as bash and tree-sitter-bash read them, or denied", async (context) => {
  const bash = needTool(context, "bash");
  const { told, faults } = await differShell(ownTexts("shell", 8, seed), bash);
  expect(faults).toEqual([]);
  expect(told).toBeGreaterThan(100);
});

test("what a server of PostgreSQL changes or locks is a change in the fact", async (context) => {
  const postgres = needTool(context, "postgres", withServers());
  const { told, faults } = await differSql(
    ownTexts("sql", 8, seed),
    postgres,
    await openSqlParser(),
  );
  expect(faults).toEqual([]);
  expect(told).toBeGreaterThan(100);
});

test("curl asks the host that the fact says", async (context) => {
  const curl = needTool(context, "curl");
  const { told, faults } = await differUrl(ownTexts("url", 60, seed), curl);
  expect(faults).toEqual([]);
  expect(told).toBeGreaterThan(100);
});
