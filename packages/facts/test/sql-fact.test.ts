import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSqlParser, sqlFact } from "@holdfast/facts";
import type { SqlParser, SqlSettings } from "@holdfast/facts";
import type { FactAnswer, Json } from "@holdfast/model";
import { expectFact, keepCases, readCases } from "./fact-case.ts";
import type { FactCases } from "./fact-case.ts";
import { someQuery } from "./some-query.ts";

interface SqlInput {
  readonly sql: Json;
  readonly dialect?: NonNullable<SqlSettings["dialect"]>;
}

let parser: SqlParser;
beforeAll(async () => {
  parser = await openSqlParser();
});

function answerTo(sql: Json, dialect?: SqlInput["dialect"]): FactAnswer {
  return sqlFact([{ arg: "sql", use: "sql", value: sql }], { parser, dialect });
}

describe("the cases of conformance/facts/sql.json", () => {
  const file = readCases("sql") as FactCases<SqlInput>;
  afterAll(() => keepCases("sql", file));
  test.each(file.cases.map((each) => [each.name, each] as const))("%s", (_, each) => {
    expectFact(each, answerTo(each.input.sql, each.input.dialect));
  });
});

describe("the fact `sql`", () => {
  test("holds the statements of every argument, and is an error when one has none", () => {
    const each = (value: string) => ({ arg: value, use: "sql", value }) as const;
    expect(sqlFact([each("SELECT 1"), each("DELETE FROM t")], { parser })).toMatchObject({
      value: { statements: [{ kind: "select" }, { kind: "delete" }], writes: true, opaque: false },
    });
    expect(sqlFact([each("SELECT 1"), each("SELEC")], { parser })).toMatchObject({
      error: { code: "invalid", reason: expect.stringContaining("SELEC") },
    });
    expect(sqlFact([], { parser })).toMatchObject({ error: { code: "unannotated" } });
  });

  test("parses as before after what was too much for the parser", () => {
    const before = answerTo("SELECT a FROM t");
    for (const deep of ["(", "[", "NOT ", "SELECT (", "a.", "- ", "CASE WHEN ", "ARRAY["]) {
      const text = `SELECT ${deep.repeat(Math.floor(60_000 / deep.length))}`;
      expect(answerTo(text)).toHaveProperty("error");
    }
    expect(answerTo("SELECT a FROM t")).toEqual(before);
  });

  test("what is too large for the walk is a limit, and so are a thousand semicolons", () => {
    const limit = { error: { code: "limit" } };
    expect(answerTo(`SELECT ${"a,".repeat(12000)}a FROM t`)).toMatchObject(limit);
    expect(answerTo(`VALUES (1)${", (1)".repeat(9000)}`)).toHaveProperty("value");
    expect(answerTo(";".repeat(1000))).toMatchObject(limit);
  });

  test("nothing is read of a node that nobody knows but that it is there", () => {
    const strange: SqlParser = {
      parse: () => [
        {
          SelectStmt: {
            targetList: [{ Novelty: { a: { RangeVar: { relname: "t" } } } }],
            op: "SETOP_NONE",
          },
        },
        { NoveltyStmt: {} },
        undefined,
        "text",
      ],
      tokens: () => [],
    };
    const found = sqlFact([{ arg: "q", use: "sql", value: "?" }], { parser: strange });
    expect(found).toMatchObject({
      value: {
        opaque: true,
        writes: true,
        statements: [
          { kind: "select", tables_read: ["public.t"] },
          { kind: "novelty" },
          { kind: "unknown" },
          { kind: "unknown" },
        ],
      },
    });
  });
});

const words = fc.constantFrom(
  ..."SELECT FROM WHERE WITH AS ( ) , ; a t public . * 1 ' $$ \" -- /* */ INSERT INTO VALUES UNION LIMIT :: ( ( ) \\ E' U&\" JOIN ON count [ ] = INTO DELETE \0".split(
    " ",
  ),
);

describe("for every text", () => {
  test("the fact is an answer, and the same one again", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(words, { maxLength: 24 }).map((parts) => parts.join(" ")),
    );
    fc.assert(
      fc.property(text, (sql) => {
        expect(answerTo(sql)).toEqual(answerTo(sql));
      }),
      { numRuns: 1500 },
    );
  });

  test("a statement behind another is seen, however it is set apart", () => {
    const between = fc.constantFrom(";", " ; ", ";\n", "; -- x\n", "/* /* */ */;", ";\t");
    fc.assert(
      fc.property(someQuery, between, (query, apart) => {
        const answer = answerTo(`${query}${apart}DROP TABLE z`);
        if ("error" in answer) return;
        expect(answer.value).toMatchObject({ writes: true });
        expect(JSON.stringify(answer.value)).toContain('"tables_written":["public.z"]');
      }),
    );
  });

  test("what is written stays written inside EXPLAIN ANALYZE, a CTE and COPY", () => {
    const change = fc.constantFrom(
      "DELETE FROM z RETURNING a",
      "UPDATE z SET a = 1 RETURNING a",
      "INSERT INTO z (a) VALUES (1) RETURNING a",
    );
    fc.assert(
      fc.property(someQuery, change, fc.nat(3), (query, modification, form) => {
        const sql = [
          `WITH m AS (${modification}) ${query.startsWith("WITH") ? "SELECT 1" : query}`,
          `EXPLAIN ANALYZE ${modification}`,
          `COPY (${modification}) TO STDOUT`,
          `PREPARE p AS ${modification}`,
        ][form];
        const answer = answerTo(sql ?? "");
        if ("error" in answer) return;
        expect(answer.value).toMatchObject({ writes: true });
        expect(JSON.stringify(answer.value)).toContain('"tables_written":["public.z"]');
      }),
    );
  });
});
