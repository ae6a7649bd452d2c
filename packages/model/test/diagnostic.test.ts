import { HoldfastError, lineIndex, nearestName, renderDiagnostic } from "@holdfast/model";
import type { Diagnostic } from "@holdfast/model";
import { describe, expect, test } from "vitest";

const file = "policies/refunds.yaml";

/** A diagnostic at the first `marked` of a source. */
function at(source: string, marked: string, rest: Partial<Diagnostic> = {}): string {
  const start = source.indexOf(marked);
  if (start < 0) throw new Error("the source does not hold the marked text");
  const span = lineIndex(source).spanAt(file, start, start + marked.length);
  return renderDiagnostic(
    { code: "unknown_name", severity: "error", message: "unknown variable `usr`", span, ...rest },
    source,
  );
}

describe("a diagnostic is shown with its line, carets and help", () => {
  test("as an error with a suggestion and a note", () => {
    const source = "rules:\r\n  - id: grant\r\n    when: usr.id == 'ana'\r\n";
    const first = lineIndex(source).spanAt(file, 8, 9);
    const rendered = at(source, "usr", {
      suggestion: "did you mean `user`?",
      notes: [{ message: "the rule starts here", span: first }],
    });
    expect(rendered).toMatchInlineSnapshot(`
      "policies/refunds.yaml:3:11 unknown_name unknown variable \`usr\`
        3 |     when: usr.id == 'ana'
          |           ^^^
      help: did you mean \`user\`?
      note: policies/refunds.yaml:2:1 the rule starts here"
    `);
  });

  test("as a warning, which says so after the code", () => {
    const rendered = at("a: b", "b", {
      severity: "warning",
      code: "unused",
      message: "unused `b`",
    });
    expect(rendered).toMatchInlineSnapshot(`
      "policies/refunds.yaml:1:4 unused warning: unused \`b\`
        1 | a: b
          |    ^"
    `);
  });

  test("with carets that stand right after tabs and characters of two units", () => {
    expect(at('\twhen: "😀" == usr', "usr")).toMatchInlineSnapshot(`
      "policies/refunds.yaml:1:16 unknown_name unknown variable \`usr\`
        1 | 	when: "😀" == usr
          | 	             ^^^"
    `);
  });

  test("with carets to the end of the first line when it spans several", () => {
    expect(at("when: |\n  usr.a &&\n  usr.b\n", "usr.a &&\n  usr.b")).toMatchInlineSnapshot(`
      "policies/refunds.yaml:2:3 unknown_name unknown variable \`usr\`
        2 |   usr.a &&
          |   ^^^^^^^^"
    `);
  });

  test("with one caret where nothing is left to mark", () => {
    const span = lineIndex("a:").spanAt(file, 2, 2);
    const diagnostic: Diagnostic = { code: "yaml", severity: "error", message: "no value", span };
    expect(renderDiagnostic(diagnostic, "a:")).toMatchInlineSnapshot(`
      "policies/refunds.yaml:1:3 yaml no value
        1 | a:
          |   ^"
    `);
  });

  test("cut around the carets when the line is long", () => {
    const rendered = at(`${"a".repeat(200)} usr ${"b".repeat(200)}`, "usr");
    expect(rendered).toMatchInlineSnapshot(`
      "policies/refunds.yaml:1:202 unknown_name unknown variable \`usr\`
        1 | …aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa usr bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…
          |                                                              ^^^"
    `);
  });

  test("without the line when the source is not known", () => {
    const span = lineIndex("").spanAt(file, 0, 0);
    const diagnostic: Diagnostic = { code: "missing", severity: "error", message: "gone", span };
    expect(renderDiagnostic(diagnostic, undefined)).toBe("policies/refunds.yaml:1:1 missing gone");
  });

  test("without the control and direction characters that could mislead a terminal", () => {
    const rendered = at("a: usr \u001B[2J\u202E\u0007", "usr", { message: "bad\u001B[31m\nline" });
    // oxlint-disable-next-line no-control-regex -- these are the characters that must be gone
    expect(rendered).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/u);
    expect(rendered.split("\n")).toHaveLength(3);
  });
});

describe("a line index", () => {
  const text = "one\ntwo\r\nthree\rfour\n";
  test.each([
    [0, 1, 1],
    [3, 1, 4],
    [4, 2, 1],
    [8, 2, 5],
    [9, 3, 1],
    [15, 4, 1],
    [20, 5, 1],
    [99, 5, 1],
    [-1, 1, 1],
  ])("puts offset %i at line %i, column %i", (offset, line, column) => {
    expect(lineIndex(text).positionAt(offset)).toMatchObject({ line, column });
  });

  test("gives lines without their breaks, and nothing past the last", () => {
    const index = lineIndex(text);
    expect([1, 2, 3, 4, 5, 6].map((line) => index.lineText(line))).toEqual([
      "one",
      "two",
      "three",
      "four",
      "",
      "",
    ]);
  });
});

describe("the nearest name", () => {
  const known = ["user", "users", "agent", "sql.select", "environment", "args"];
  test.each([
    ["usr", "user"],
    ["User", "user"],
    ["sql.selct", "sql.select"],
    ["sql.slecet", "sql.select"],
    ["enviroment", "environment"],
    ["rags", "args"],
    ["xyzzy", undefined],
    ["q", undefined],
    ["", undefined],
    ["a".repeat(10_000), undefined],
  ])("of %s is %s", (name, nearest) => {
    expect(nearestName(name, known)).toBe(nearest);
  });

  test("does not depend on the order of the candidates", () => {
    expect(nearestName("ab", ["ac", "bb"])).toBe(nearestName("ab", ["bb", "ac"]));
  });
});

test("a coded error keeps its code, cause and name", () => {
  const cause = new Error("disk");
  const error = new HoldfastError("log_damaged", "segment is damaged", { cause });
  expect(error).toBeInstanceOf(Error);
  expect([error.code, error.name, error.cause]).toEqual(["log_damaged", "HoldfastError", cause]);
});
