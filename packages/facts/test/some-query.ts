import fc from "fast-check";

const table = fc.constantFrom("t", "u", "v", "public.t", "s.t", "s.w", '"T"');
const column = fc.constantFrom("a", "b", "id");
const cteName = fc.constantFrom("t", "u", "x", "y");

const { query } = fc.letrec<{ query: string; core: string; source: string; value: string }>(
  (tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      column,
      fc.constant("1"),
      tie("core").map((core) => `(SELECT count(*) FROM (${core}) q)`),
      fc
        .tuple(column, tie("core"))
        .map(([name, core]) => `CASE WHEN EXISTS (${core}) THEN ${name} END`),
    ),
    source: fc.oneof(
      { depthSize: "small" },
      table,
      cteName,
      fc.tuple(table, table).map(([left, right]) => `${left} j1 JOIN ${right} j2 USING (a, b, id)`),
      fc
        .tuple(cteName, table)
        .map(([left, right]) => `${left} j3 LEFT JOIN ${right} j4 USING (a, b, id)`),
      tie("query").map((inner) => `(${inner}) q`),
    ),
    core: fc
      .tuple(tie("value"), tie("source"), fc.option(tie("value"), { freq: 2 }))
      .map(([value, source, where]) =>
        where === null
          ? `SELECT ${value} AS a, 1 AS b, 2 AS id FROM ${source}`
          : `SELECT ${value} AS a, 1 AS b, 2 AS id FROM ${source} WHERE (${where}) IS NOT NULL`,
      ),
    query: fc.oneof(
      { depthSize: "small", maxDepth: 4 },
      tie("core"),
      fc.tuple(tie("core"), tie("core")).map(([left, right]) => `${left} UNION ALL ${right}`),
      fc
        .tuple(tie("core"), tie("core"))
        .map(([left, right]) => `(${left}) EXCEPT (${right} LIMIT 1)`),
      fc
        .tuple(
          fc.constantFrom("", "RECURSIVE "),
          cteName,
          tie("query"),
          cteName,
          tie("query"),
          tie("core"),
        )
        .map(([kind, one, first, two, second, core]) =>
          one === two
            ? `WITH ${kind}${one} AS (${first}) ${core}`
            : `WITH ${kind}${one} AS (${first}), ${two} AS (${second}) ${core}`,
        ),
    ),
  }),
);

/**
 * Queries over the tables `public.t`, `public.u`, `public.v`, `public.x`, `public.y`,
 * `public."T"`, `s.t` and `s.w`, each with
 * the columns `a`, `b` and `id`, and over CTEs that are named as some of them.
 */
export const someQuery = query;
