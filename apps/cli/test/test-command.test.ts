import { join } from "node:path";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseJson, publishedSchemas } from "@holdfast/model";
import { folderOf, holdfast, quickstart } from "./command.ts";

test("the quickstart's policy tests pass and cover every rule", async () => {
  const ran = await holdfast(["test", "--policy", quickstart]);
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain("9 passed, 0 failed");
  expect(ran.stdout).toContain("5 of 5 rules held in some case");
});

test("a failing case exits with 4 and shows what was expected, what was found, and why", async () => {
  const files = ["tools.yaml", "files.yaml", "history.yaml", "tests.yaml"];
  const texts = files.map((name) => [name, readFileSync(join(quickstart, name), "utf8")] as const);
  const broken = texts.map(
    ([name, text]) => [name, text.replace('items: [".", brief.md, ', 'items: [".", ')] as const,
  );
  const ran = await holdfast(["test", "--policy", folderOf(Object.fromEntries(broken))]);
  expect(ran.code).toBe(4);
  expect(ran.stdout).toMatch(/FAIL {2}files: the brief may be read\n +\S+tests\.yaml:\d+:\d+/u);
  expect(ran.stdout).toMatch(/ {6}effect {2,}allow {2,}deny\n/u);
  expect(ran.stdout).toContain("needed  one of");
});

test("`schema` lists names, prints one, and suggests the nearest", async () => {
  const list = await holdfast(["schema"]);
  expect(list.stdout.split("\n")).toEqual(
    expect.arrayContaining(["Policy", "decision", "record", "request"]),
  );
  const decision = await holdfast(["schema", "decision"]);
  expect(parseJson(decision.stdout)).toEqual(publishedSchemas()["decision"]);
  const wrong = await holdfast(["schema", "Polcy"]);
  expect(wrong).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining("did you mean `Policy`?"),
  });
});

test("a filter that no case matches is an error, not a success", async () => {
  const ran = await holdfast(["test", "--policy", quickstart, "--filter", "no such case"]);
  expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining("no case matches") });
});

test.each(["table", "json"])(
  "a folder without a policy test fails, printed as %s",
  async (format) => {
    const tools = readFileSync(join(quickstart, "tools.yaml"), "utf8");
    const folder = folderOf({ "tools.yaml": tools });
    const ran = await holdfast(["test", "--policy", folder, "-o", format]);
    expect(ran).toEqual({
      code: 4,
      stdout: "",
      stderr: expect.stringContaining(`there is no case of a PolicyTest in \`${folder}\``),
    });
  },
);
