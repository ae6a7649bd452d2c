import type { FactAnswer, Facts, Json, JsonObject } from "@holdfast/model";
import { mutated } from "./mutation.ts";
import { madeQuery } from "./sql-query.ts";
import { sqlPieces, sqlSeeds } from "./sql-seed.ts";
import type { FuzzTarget, Law, StatedTool } from "./target.ts";
import { isObject, valueOf } from "./target.ts";

const tool: StatedTool = { arguments: { query: "sql" } };

function sqlOf(facts: Facts): JsonObject | undefined {
  const value = valueOf(facts.sql);
  return isObject(value) ? value : undefined;
}

function statementsOf(fact: JsonObject | undefined): readonly JsonObject[] {
  const statements = fact?.["statements"];
  return Array.isArray(statements) ? statements.filter(isObject) : [];
}

/** Spaces, comments, letter case and quotes change nothing; neither does the reason of an error. */
const same: Law = ({ sql: one }, { sql: other }) => {
  // No text at all is no query, while white space alone is one that does nothing.
  if (isNothing(one) || isNothing(other)) return undefined;
  const [left, right] = [one, other].map((answer) =>
    JSON.stringify(answer !== undefined && "error" in answer ? answer.error.code : answer),
  );
  return left === right ? undefined : `${left} but ${right}`;
};

function isNothing(answer: FactAnswer | undefined): boolean {
  return answer !== undefined && "error" in answer && answer.error.reason.endsWith("be empty");
}

/** A semicolon at the end ends a statement, or is an empty one. */
const ended: Law = (facts, varied) => {
  const [one, other] = [sqlOf(facts), sqlOf(varied)];
  if (one === undefined || other === undefined) return same(facts, varied);
  const full = (fact: JsonObject): Json =>
    statementsOf(fact).filter(({ kind }) => kind !== "empty");
  const [left, right] = [one, other].map((fact) =>
    JSON.stringify({ ...fact, statements: full(fact) }),
  );
  return left === right ? undefined : `${left} but ${right}`;
};

/** A statement behind another is seen. */
const followed: Law = (facts, varied) => {
  const [one, other] = [sqlOf(facts), sqlOf(varied)];
  if (one === undefined || other === undefined) return same(facts, varied);
  const written = statementsOf(other).flatMap((each) => each["tables_written"] as Json[]);
  if (!written.includes("public.z") || other["writes"] !== true) return "the last is not seen";
  const kept = statementsOf(one).length + 1 <= statementsOf(other).length;
  return kept ? undefined : "a statement is lost";
};

/** Texts that are nearly queries. */
export const sqlText: FuzzTarget = {
  name: "sql-text",
  names: ["sql"],
  laws: { same, ended, followed },
  make: (chance) => {
    const query = mutated(sqlSeeds, sqlPieces, chance);
    return {
      tool,
      args: { query },
      variants: [
        { law: "same", args: { query: `/* a */${query}\n-- b` } },
        { law: "ended", args: { query: `${query}\n;` } },
        { law: "followed", args: { query: `${query}\n;DROP TABLE z` } },
      ],
    };
  },
};

/** Queries of a grammar, plain and adorned. */
export const sqlMade: FuzzTarget = {
  name: "sql-made",
  names: ["sql"],
  laws: { same, followed },
  make: (chance) => {
    const { plain, adorned, tablesRead, tablesWritten } = madeQuery(chance);
    return {
      tool,
      args: { query: plain },
      variants: [
        { law: "same", args: { query: adorned } },
        { law: "followed", args: { query: `${plain};DROP TABLE z` } },
      ],
      known: { tables_read: [...tablesRead], tables_written: [...tablesWritten] },
    };
  },
  check: ({ known }, facts) => {
    const fact = sqlOf(facts);
    if (fact === undefined) return `no fact: ${JSON.stringify(facts.sql)}`;
    const [statement = {}] = statementsOf(fact);
    for (const field of ["tables_read", "tables_written"]) {
      const expected = JSON.stringify(sorted(isObject(known) ? known[field] : undefined));
      const found = JSON.stringify(sorted(statement[field]));
      if (found !== expected) return `${field} are ${expected}, shown ${found}`;
    }
    const writes = sorted(statement["tables_written"]).length > 0;
    if (fact["opaque"] === true) return "opaque";
    return fact["writes"] === writes ? undefined : `writes is ${JSON.stringify(fact["writes"])}`;
  },
};

function sorted(list: Json | undefined): readonly string[] {
  return Array.isArray(list) ? list.map(String).sort() : [];
}
