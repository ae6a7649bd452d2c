import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { diagnosticCodes, loadPolicySet } from "@holdfast/engine";
import type { PolicyFileText } from "@holdfast/engine";
import { renderDiagnostic } from "@holdfast/model";
import type { Diagnostic } from "@holdfast/model";
import { describe, expect, test } from "vitest";

// Each case is policy files and what the compiler says of them, read by people for clarity.
// `npm run golden` writes what it says now.
const folder = fileURLToPath(new URL("cases/", import.meta.url));
const celFolder = fileURLToPath(new URL("../../src/cel/", import.meta.url));
const update = process.env["HOLDFAST_GOLDEN"] === "update";

interface Case {
  readonly files: readonly PolicyFileText[];
  readonly input: string;
  readonly expected: string;
}

function readCase(text: string): Case {
  const pieces = text.split(/^-- (.+) --\n/mu).slice(1);
  const sections = new Map<string, string>();
  for (let at = 0; at + 1 < pieces.length; at += 2) {
    sections.set(pieces[at] ?? "", pieces[at + 1] ?? "");
  }
  const expected = sections.get("expected") ?? "";
  sections.delete("expected");
  const files = [...sections].map(([path, text]) => ({ path, text }));
  const input = files.map(({ path, text }) => `-- ${path} --\n${text}`).join("");
  return { files, input, expected };
}

function diagnose(files: readonly PolicyFileText[]): readonly Diagnostic[] {
  const result = loadPolicySet(files, { root: "policies" });
  return result.ok ? result.warnings : result.diagnostics;
}

function render(diagnostics: readonly Diagnostic[], files: readonly PolicyFileText[]): string {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  return diagnostics
    .map((each) => `${renderDiagnostic(each, texts.get(each.span.file))}\n`)
    .join("\n");
}

const names = readdirSync(folder).filter((name) => name.endsWith(".case"));
const cases = new Map(
  names.map((name) => [name.slice(0, -5), readCase(readFileSync(folder + name, "utf8"))]),
);

/** Cases of what other gates let pass in silence. */
const rivals = new Map([
  [
    "rival_agt_unrecognised_condition",
    "rival: agt-unrecognised-condition is a compile error, not a rule that never fires",
  ],
  [
    "rival_agt_invalid_regex",
    "rival: agt-invalid-regex is a compile error, not a rule that never fires",
  ],
]);

describe("what the compiler says", () => {
  for (const [name, { files, input, expected }] of cases) {
    test(rivals.get(name) ?? `is clear about ${name.replaceAll("_", " ")}`, () => {
      const found = diagnose(files);
      const said = render(found, files);
      if (update) writeFileSync(`${folder}${name}.case`, `${input}-- expected --\n${said}`);
      else expect(said).toBe(expected);
      const worst = name === "unregistered_tool" ? "warning" : "error";
      expect(found.some(({ severity }) => severity === worst)).toBe(true);
    });
  }

  test("has a case for every code", () => {
    const told = new Set(
      [...cases.values()].flatMap(({ files }) => diagnose(files).map(({ code }) => code)),
    );
    told.add("yaml_too_large");
    expect(Object.keys(diagnosticCodes).filter((code) => !told.has(code))).toEqual([]);
  });

  test("has a case for every code of expressions that a policy can meet", () => {
    const told = new Set(
      [...cases.values()].flatMap(({ files }) => diagnose(files).map(({ code }) => code)),
    );
    // Too large for a text that people read, so that tests of their own make them.
    for (const code of ["cel_too_large", "cel_too_long"]) told.add(code);
    // In policies all zones are known by name, and `cel_unknown_name` says that one is not.
    told.add("cel_zone");
    const sources = readdirSync(celFolder).map((name) => readFileSync(celFolder + name, "utf8"));
    const codes = new Set(sources.flatMap((text) => text.match(/(?<=")cel_[a-z_]+(?=")/gu) ?? []));
    expect(codes.size).toBeGreaterThan(20);
    expect([...codes].filter((code) => !told.has(code))).toEqual([]);
  });

  test.each([
    ["cel_too_large", `args.amount in [${"1,".repeat(20_000)}1]`, "an expression has at most"],
    ["cel_too_long", `args.note == "${"x".repeat(66_000)}"`, "an expression has at most"],
  ])("says %s of an expression beyond the limit, and nothing else", (code, when, words) => {
    const { files } = cases.get("cel_unknown_function") ?? { files: [] };
    const [file] = files;
    const text = (file?.text ?? "").replace('hapened("x")', () => `'${when}'`);
    const found = diagnose([{ path: "policies/main.yaml", text }]);
    expect(found.map((each) => each.code)).toEqual([code]);
    expect(found[0]?.message).toContain(words);
    // Whatever its size, it is shown on a line that fits a screen.
    expect(
      Math.max(
        ...render(found, [{ path: "policies/main.yaml", text }])
          .split("\n")
          .map((line) => line.length),
      ),
    ).toBeLessThan(200);
  });

  test("uses no code that is not in the list, but those of expressions", () => {
    const told = [...cases.values()].flatMap(({ files }) =>
      diagnose(files).map(({ code }) => code),
    );
    const listed = (code: string): boolean => Object.hasOwn(diagnosticCodes, code);
    expect(told.filter((code) => !listed(code) && !code.startsWith("cel_"))).toEqual([]);
  });

  test("refuses a file of more than 256 KiB and reads one that just fits", () => {
    const head =
      "apiVersion: holdfast.dev/v1\nkind: Group\nmetadata: {name: g}\nspec: {members: []}\n";
    const fitting = head + "#".repeat(256 * 1024 - head.length);
    expect(diagnose([{ path: "a.yaml", text: fitting }])).toEqual([]);
    const codes = diagnose([{ path: "a.yaml", text: `${fitting}#` }]).map(({ code }) => code);
    expect(codes).toEqual(["yaml_too_large"]);
  });
});
