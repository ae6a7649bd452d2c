import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadPolicySet } from "@holdfast/engine";
import { formatPolicyFile } from "@holdfast/engine/editor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Document, Lexer, parseDocument, stringify, visit } from "yaml";
import { policies, policyTest, surroundings } from "../documents/arbitrary-set.ts";
import { documentsOf, policySetArbitrary } from "../policy-arbitrary.ts";

const repository = fileURLToPath(new URL("../../../..", import.meta.url));

/** The comments of a text, told without the code under test but for YAML's lexer. */
function commentsOf(text: string): readonly string[] {
  const tokens = [...new Lexer().lex(text)];
  return tokens
    .filter((token, index) => token.startsWith("#") && tokens[index - 1] !== "\u001f")
    .map((token) => token.trimEnd())
    .toSorted();
}

/** The digest of a file as a set of its own; undefined when it does not compile. */
function digestOf(text: string): string | undefined {
  const loaded = loadPolicySet([{ path: "a.yaml", text }]);
  return loaded.ok ? loaded.bundle.digest : undefined;
}

/** Holds one text to all that is promised; false when it is refused, which must be for its errors. */
function holds(text: string): boolean {
  const formatted = formatPolicyFile({ path: "a.yaml", text });
  if (!formatted.ok) {
    expect(formatted.diagnostics.map(({ code }) => code)).not.toContain("format_changes");
    expect(digestOf(text)).toBeUndefined();
    return false;
  }
  expect(digestOf(formatted.text)).toBe(digestOf(text));
  expect(commentsOf(formatted.text)).toEqual(commentsOf(text));
  expect(formatPolicyFile({ path: "a.yaml", text: formatted.text })).toEqual(formatted);
  return true;
}

type Numbers = fc.Stream<number>;

function next(numbers: Numbers, below: number): number {
  return (numbers.next().value ?? 0) % below;
}

/** A document in some layout of YAML: braces here and there, texts in any style, any indentation. */
function laidOut(value: unknown, numbers: Numbers): string {
  const document = new Document(value, { version: "1.2", schema: "core" });
  visit(document, {
    Collection: (_, node) => {
      if (next(numbers, 3) === 0) node.flow = true;
    },
    Scalar: (key, node) => {
      if (typeof node.value !== "string" || next(numbers, 3) > 0) return;
      const styles = ["PLAIN", "QUOTE_DOUBLE", "QUOTE_SINGLE", "BLOCK_LITERAL", "BLOCK_FOLDED"];
      const style = styles[next(numbers, key === "key" ? 3 : 5)] ?? "PLAIN";
      node.type = style as "PLAIN";
    },
  });
  return document.toString({
    indent: 1 + next(numbers, 5),
    indentSeq: next(numbers, 2) === 0,
    lineWidth: [0, 40, 80][next(numbers, 3)] ?? 0,
    flowCollectionPadding: next(numbers, 2) === 0,
  });
}

/** The text with comments and empty lines put in, wherever chance has it. */
function commented(text: string, numbers: Numbers): string {
  return text
    .split("\n")
    .flatMap((line, index) => {
      const margin = " ".repeat(next(numbers, 9));
      switch (next(numbers, 9)) {
        case 0:
          return [`${margin}# above ${index}`, line];
        case 1:
          return line.trim() === ""
            ? [line]
            : [`${line}${" ".repeat(1 + next(numbers, 3))}# at ${index}`];
        case 2:
          return ["", line];
        default:
          return [line];
      }
    })
    .join("\n");
}

/** What YAML reads; undefined when it refuses. */
function valueOf(text: string): string | undefined {
  const document = parseDocument(text, { version: "1.2", logLevel: "silent" });
  return document.errors.length > 0 ? undefined : JSON.stringify(document.toJS());
}

const numbers = fc.infiniteStream(fc.nat());

test("a policy file in any layout keeps its digest and its comments, and is formatted once for all", () => {
  let commentedDocuments = 0;
  fc.assert(
    fc.property(policies, numbers, (generated, chance) => {
      const texts = [...surroundings, ...generated, policyTest].map((each) => {
        const plain = laidOut(JSON.parse(JSON.stringify(each)), chance);
        const text = commented(plain, chance);
        // Chance puts a comment into a block text now and then, where it is none.
        if (valueOf(text) !== valueOf(plain)) return plain;
        commentedDocuments += 1;
        return text;
      });
      const separator = next(chance, 2) === 0 ? "---\n" : "\n---\n\n";
      const text = texts.map((each) => (each.endsWith("\n") ? each : `${each}\n`)).join(separator);
      expect(digestOf(text)).toBeDefined();
      expect(holds(text)).toBe(true);
    }),
    { numRuns: 25 },
  );
  expect(commentedDocuments).toBeGreaterThan(100);
});

test("a single document with comments anywhere keeps them", () => {
  let formatted = 0;
  fc.assert(
    fc.property(policySetArbitrary, numbers, fc.nat(), (set, chance, choice) => {
      const texts = documentsOf(set);
      const chosen: unknown = JSON.parse(texts[choice % texts.length] ?? "{}");
      if (holds(commented(laidOut(chosen, chance), chance))) formatted += 1;
    }),
    { numRuns: 150 },
  );
  expect(formatted).toBeGreaterThan(50);
});

test("no text makes formatting throw", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => void holds(text)),
    { numRuns: 200 },
  );
});

test("JSON is formatted too", () => {
  fc.assert(
    fc.property(policySetArbitrary, (set) => {
      for (const text of documentsOf(set).slice(0, 4)) expect(holds(text)).toBe(true);
      expect(
        holds(
          documentsOf(set)
            .map((each) => stringify(JSON.parse(each)))
            .join("---\n"),
        ),
      ).toBe(true);
    }),
    { numRuns: 10 },
  );
});

function policyFiles(folder: string): readonly string[] {
  return readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.ya?ml$/u.test(name) && !name.includes("node_modules"))
    .map((name) => join(folder, name));
}

const repositoryFiles = ["examples", "packages", "apps", "gateways", "test"].flatMap(policyFiles);

test.each(repositoryFiles)("%s keeps its digest and its comments", (path) => {
  holds(readFileSync(join(repository, path), "utf8"));
});

test("the policy texts of the compiler's cases keep theirs", () => {
  const folder = join(repository, "packages/engine/test/diagnostics/cases");
  let formatted = 0;
  for (const name of readdirSync(folder)) {
    for (const text of readFileSync(join(folder, name), "utf8").split(/^-- .+ --\n/mu)) {
      if (holds(text)) formatted += 1;
    }
  }
  expect(formatted).toBeGreaterThan(50);
});
