import { expect, test } from "vitest";
import { diagnosticText } from "../src/diagnostic-text.ts";
import { folderOf, holdfast } from "./command.ts";

const file = "policies/a.yaml";
const at = (offset: number) => ({ offset, line: 1, column: offset + 1 });
const span = { file, start: at(0), end: at(3) };
const long = Array.from({ length: 30 }, (_, index) => `word${index}`).join(" ");

test("long words are broken at spaces, and what they quote is not", () => {
  const source = `key: ${"x".repeat(110)}`;
  const found = { code: "some_code", severity: "error", message: long, suggestion: long, span };
  const lines = diagnosticText({ ...found, notes: [{ message: long, span }] }, source).split("\n");
  expect(lines[0]).toMatch(/^policies\/a\.yaml:1:1 some_code word0 /u);
  expect(lines.filter((line) => line.length > 100)).toEqual([`  1 | ${source}`]);
  const words = lines.filter((line) => !line.includes(" | ")).map((line) => line.trim());
  expect(words.join(" ")).toBe(
    `${file}:1:1 some_code ${long} help: ${long} note: ${file}:1:1 ${long}`,
  );
});

test("without a source every line is words, and a short one is left alone", () => {
  const found = { code: "some_code", severity: "warning", message: "short", span };
  expect(diagnosticText(found, undefined)).toBe(`${file}:1:1 some_code warning: short`);
});

test("a long path leaves short words alone", () => {
  const path = `${"folder/".repeat(20)}a.yaml`;
  const found = { code: "some_code", severity: "error", message: "no such name" };
  const far = { ...span, file: path };
  expect(diagnosticText({ ...found, span: far }, undefined)).toBe(
    `${path}:1:1 some_code no such name`,
  );
});

test("what is said of a set that does not compile fits a terminal", async () => {
  const folder = folderOf({
    "a.yaml": `apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: seen}
spec: {at: begin, key: [sesion.id], polarity: accepted}
`,
  });
  const { code, stderr } = await holdfast(["check", "--policy", folder]);
  expect(code).toBe(3);
  const lines = stderr.replaceAll(`${folder}/`, "policies/").split("\n");
  expect(lines[0]).toMatch(/^policies\/a\.yaml:4:25 wrong_format `sesion\.id`: a key part is /u);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
});
