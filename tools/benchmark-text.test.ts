/**
 * No text of a benchmark that protection is measured on is in what decides. Without the corpora by the marks that
 * are kept of them as hashes; with `HOLDFAST_CORPORA=DIR` also that these are the marks of the corpora
 * (`HOLDFAST_GOLDEN=update` writes them). Seen to fail: the name of a tool, a task, an address, the words of an
 * attacker put into packages/learn.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { marksIn, marksOf, productTexts } from "./protection/benchmark-text.ts";
import type { BenchmarkMarks } from "./protection/benchmark-text.ts";

const root = join(import.meta.dirname, "..");
const kept = join(import.meta.dirname, "protection", "benchmark-mark.json");
const corpora = process.env["HOLDFAST_CORPORA"];

/** What benchmarks call themselves and their tasks, what wraps their attacks, and where their attackers are. */
const marks: readonly RegExp[] = [
  /agent.?dojo|agent.?dyn|injec.?agent|tau.?(?:bench|airline)|secalign/iu,
  /(?:user|injection)_task|important.?instructions|attacker_instruction|ground_truth/iu,
  /<\/?information>|this is an important message from|before you can solve the task/iu,
  /blue.?sparrow|emma.johnson|mark.black|amy.watson|secure-systems-|trustme|ignore the other/iu,
  /US133000000121212121212/u,
];

/** Names of suites, which as words would say nothing: in rules they are said in quotes. */
const suites =
  /["'`](?:workspace|banking|slack|travel|shopping|github|dailylife|airline|retail|direct_harm|data_stealing)["'`]/u;

const texts = productTexts(root);

describe("no text of a benchmark is in what decides", () => {
  test("by name, wrapper or address", () => {
    expect(texts.length).toBeGreaterThan(500);
    for (const { path, text } of texts) {
      for (const mark of marks) expect([path, mark.exec(text)?.[0]]).toEqual([path, undefined]);
    }
  });

  test("of a suite, where policies are learned", () => {
    const learning = texts.filter(({ path }) => path.startsWith("packages/learn/"));
    expect(learning.length).toBeGreaterThan(10);
    for (const { path, text } of learning) {
      expect([path, suites.exec(text)?.[0]]).toEqual([path, undefined]);
    }
  });

  test("by the marks that are kept of tools and of what attackers want", () => {
    const known = JSON.parse(readFileSync(kept, "utf8")) as BenchmarkMarks;
    expect(known.names.split(" ").length).toBeGreaterThan(150);
    expect(known.phrases.split(" ").length).toBeGreaterThan(1000);
    const found = texts.flatMap(({ path, text }) => {
      const marked = marksIn(text, known);
      return marked.length === 0 ? [] : [[path, ...marked]];
    });
    expect(found).toEqual([]);
  });

  test("marks are found where they stand", () => {
    const known = JSON.parse(readFileSync(kept, "utf8")) as BenchmarkMarks;
    const named = 'verb("update_scheduled_transaction", 1)';
    expect(marksIn(named, known)).toEqual(["update_scheduled_transaction"]);
    expect(marksIn("A text that nobody attacks with.", known)).toEqual([]);
  });

  // WHY not skipped: without the corpora there is nothing to test.
  if (corpora !== undefined) {
    test("the marks are those of the corpora", () => {
      const found = marksOf(corpora ?? "");
      if (process.env["HOLDFAST_GOLDEN"] === "update") {
        writeFileSync(kept, `${JSON.stringify(found, null, 2)}\n`);
      }
      expect(JSON.parse(readFileSync(kept, "utf8"))).toEqual(found);
    });
  }
});
