/**
 * Facts of generated arguments are what they must be. That each oracle finds what it is there for is
 * a test here as well: of a reader that throws, forgets itself, leaves out a command, a table or a
 * statement, takes one host for another, follows no link, does not say what is odd, places what it found
 * where it is not, or overlooks what a pod may do.
 */
import { createFactReader, openSqlParser } from "@holdfast/facts";
import type { FactReader, SqlParser } from "@holdfast/facts";
import type { FactName, Facts, Json, JsonObject } from "@holdfast/model";
import { beforeAll, describe, expect, test } from "vitest";
import { runTarget } from "./facts-fuzz/campaign.ts";
import { readFuzzCases } from "./facts-fuzz/case-file.ts";
import { Examination } from "./facts-fuzz/examination.ts";
import { madeFiles, publicAddresses } from "./facts-fuzz/made-place.ts";
import { fuzzTargets } from "./facts-fuzz/target-list.ts";

let sqlParser: SqlParser;
beforeAll(async () => {
  sqlParser = await openSqlParser();
});

const target = (name: string) => fuzzTargets.find((each) => each.name === name)!;

test("there are targets, and each has a name of its own", () => {
  expect(new Set(fuzzTargets.map(({ name }) => name)).size).toBe(fuzzTargets.length);
  expect(fuzzTargets.length).toBe(12);
});

test.each(fuzzTargets.map(({ name }) => name))(
  "no input of `%s` has facts that are wrong",
  (name) => {
    const run = runTarget(target(name), { seed: 20_261_129, span: { inputs: 60 }, sqlParser });
    expect(run.faults).toEqual([]);
    expect(run.told).toBeGreaterThan(2);
  },
);

describe("an input that failed once does not again:", () => {
  test.each(readFuzzCases().map((each) => [each.name, each] as const))("%s", (_, each) => {
    const examined = new Examination(sqlParser).examine(target(each.target), each.input, false);
    expect(examined.faults).toEqual([]);
  });
});

/** A reader whose facts are changed, where they have a value. */
function changing(name: FactName, change: (value: JsonObject) => Json): () => FactReader {
  return () => {
    const real = createFactReader({ files: madeFiles, sqlParser, addresses: publicAddresses });
    return (subject): Facts => {
      const facts = real(subject);
      const answer = facts[name];
      if (answer === undefined || "error" in answer) return facts;
      return { ...facts, [name]: { value: change(answer.value as JsonObject) } };
    };
  };
}

/** The first entry of a list fact, with members changed. */
const entry =
  (changed: (entry: JsonObject) => JsonObject) =>
  (list: JsonObject): Json => {
    const [first, ...others] = list as unknown as readonly JsonObject[];
    return first === undefined ? [] : [{ ...first, ...changed(first) }, ...others];
  };

const listIn = (value: JsonObject, member: string): readonly JsonObject[] =>
  value[member] as unknown as readonly JsonObject[];

let count = 0;
const planted: readonly (readonly [string, string, string, () => FactReader])[] = [
  [
    "a reader that throws",
    "arguments",
    "total",
    () => () => {
      throw new Error("thrown");
    },
  ],
  [
    "a number for a text",
    "shell-made",
    "type",
    changing("shell", (fact) => ({ ...fact, reads: [1] })),
  ],
  [
    "no port",
    "url-made",
    "type",
    changing(
      "urls",
      entry(() => ({ port: "80" })),
    ),
  ],
  [
    "facts that differ each time",
    "sql-made",
    "same",
    changing("sql", (fact) => ({ ...fact, opaque: (count += 1) % 2 === 0 })),
  ],
  [
    "a command left out",
    "shell-made",
    "check",
    changing("shell", (fact) => ({ ...fact, commands: listIn(fact, "commands").slice(0, 1) })),
  ],
  [
    "quotes that stay",
    "shell-made",
    "requoted",
    changing("shell", (fact) => ({
      ...fact,
      globs: listIn(fact, "commands").flatMap(({ bare, name }) => (bare === true ? [name!] : [])),
    })),
  ],
  [
    "only three commands looked at",
    "shell-made",
    "joined",
    changing("shell", (fact) => ({ ...fact, commands: listIn(fact, "commands").slice(-3) })),
  ],
  [
    "the first command left out",
    "shell-text",
    "prefixed",
    changing("shell", (fact) => ({ ...fact, commands: listIn(fact, "commands").slice(1) })),
  ],
  [
    "the last of several statements left out",
    "sql-text",
    "followed",
    changing("sql", (fact) => ({
      ...fact,
      statements: listIn(fact, "statements").slice(
        0,
        Math.max(1, listIn(fact, "statements").length - 1),
      ),
    })),
  ],
  [
    "a change that is none",
    "sql-made",
    "check",
    changing("sql", (fact) => ({ ...fact, writes: false })),
  ],
  [
    "every host taken for a public one",
    "url-made",
    "check",
    changing(
      "urls",
      entry(() => ({ private: false })),
    ),
  ],
  [
    "a host and its port",
    "url-text",
    "check",
    changing(
      "urls",
      entry(({ host, port }) => ({ host: `${String(host)}:${String(port)}` })),
    ),
  ],
  [
    "a path that is resolved as text",
    "path-tree",
    "check",
    changing(
      "paths",
      entry(({ raw }) => ({ real: new URL(`file:///w/${String(raw)}`).pathname })),
    ),
  ],
  [
    "a slash too many",
    "path-tree",
    "same",
    changing(
      "paths",
      entry(({ raw }) => ({ kind: String(raw).includes("//") ? "other" : "file" })),
    ),
  ],
  [
    "nothing odd",
    "path-odd",
    "check",
    changing(
      "paths",
      entry(() => ({ odd: [] })),
    ),
  ],
  [
    "names that are not folded",
    "path-odd",
    "folded",
    changing(
      "paths",
      entry(({ real }) => ({ parts: String(real).split("/") })),
    ),
  ],
];

describe("the oracle finds", () => {
  test.each(planted)("%s", (_, name, law, reader) => {
    const span = { inputs: 400 };
    const run = runTarget(target(name), { seed: 3, span, sqlParser, reader: reader() });
    expect(run.faults.map((fault) => fault.law)).toContain(law);
  });
});
