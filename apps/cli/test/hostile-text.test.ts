import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openLog } from "@holdfast/log";
import { openGuard } from "@holdfast/runtime";
import { expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { cell, codeCell } from "../src/markdown.ts";
import { wrapped } from "../src/paragraph.ts";
import { folderOf, holdfast, quickstart } from "./command.ts";

const escape = "\u001B[2J";
/** What a terminal, a build log, XML and Markdown could each take for more than a text. */
const hostile = `x\n::stop-commands::y\r\n${escape}\u202E</details>\\| @org/team <b> ]]> https://evil.example \`\`\` %0A::error::z`;

/** As YAML, in which the signs that a policy file must not hold are escapes. */
const written = JSON.stringify(hostile).replaceAll("\u202E", String.raw`\u202E`);

function policies(rules: string): string {
  return folderOf({
    "refunds.yaml": `apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: pay.refund}
spec: {labels: [money]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: refunds, description: ${written}}
spec: {match: {tools: [pay.refund]}, rules: [${rules}]}
---
apiVersion: holdfast.dev/v1
kind: PolicyTest
metadata: {name: refunds}
spec:
  cases:
    - name: ${written}
      request: {agent: {id: bot}, tool: pay.refund, args: {}}
      expect: {effect: deny}
`,
  });
}

const grant = `{id: grant, effect: allow, reason: ${written}}`;
const told = `{id: grant, effect: allow, obligations: [{notify: ${written}}]}`;

test.each(["table", "junit", "github", "yaml"])(
  "a failing case in the form `%s` begins no command and moves no cursor",
  async (output) => {
    const { stdout } = await holdfast(["test", "--policy", policies(grant), "-o", output]);
    expect(stdout).toContain("stop-commands");
    expect(stdout).not.toContain(escape);
    const commands = stdout.split("\n").filter((line) => line.trimStart().startsWith("::"));
    expect(commands.filter((line) => !line.startsWith("::error file="))).toEqual([]);
    expect(commands).toHaveLength(output === "github" ? 1 : 0);
  },
);

test.each(["table", "markdown"])(
  "a change in the form `%s` shows texts as texts",
  async (output) => {
    const { stdout } = await holdfast(["diff", policies(told), policies(grant), "-o", output]);
    expect(stdout).toContain("org");
    for (const sign of ["\u001B", "\u202E", "\r"]) expect(stdout).not.toContain(sign);
    expect(stdout.split("\n").filter((line) => line.trimStart().startsWith("::"))).toEqual([]);
    if (output === "table") return;
    const [table = "", unfolded = ""] = stdout.split("<details>");
    expect(table).not.toMatch(/@org|<\/details>|<b>|https:/u);
    for (const line of table.split("\n").filter((each) => each.startsWith("|"))) {
      expect(line.match(/\|/gu)).toHaveLength(6);
    }
    expect(unfolded.trimEnd().endsWith("\n\n</details>")).toBe(true);
  },
);

test.each([
  ["refunds/small (new)", "refunds/small (new)"],
  ["deny (default_deny)", "deny (default_deny)"],
  ["@org/team", "`@org/team`"],
  ["www.evil.example", "`www.evil.example`"],
  ["__bold__", "`__bold__`"],
  ["a|b\\", "<code>a&#124;b&#92;</code>"],
])("the cell of `%s`", (text, shown) => {
  expect(cell(text)).toBe(shown);
});

test("a name with backticks ends no code", () => {
  expect(codeCell("`<b>`")).toBe("<code>&#96;&#60;b&#62;&#96;</code>");
});

test("no line of a paragraph begins a command", () => {
  expect(wrapped("say ::error::x", 5)).toEqual(["say", ":\u200b:error::x"]);
});

test("what a log folder says of itself moves no cursor when it is verified or asked", async () => {
  const data = join(folderOf(), "log");
  await (await openLog({ directory: data, origin: "holdfast", now: () => 1 })).close();
  writeFileSync(join(data, "seg", `x${escape}`), "");
  const failure = { since: 1, message: hostile };
  const target = { file: "/x" };
  const published = { v: 1, targets: { [`file:${hostile}`]: { target, failure } } };
  writeFileSync(join(data, "published.json"), JSON.stringify(published));
  const verified = await holdfast(["audit", "verify", "-d", data]);
  expect(verified.stdout).toContain("stop-commands");
  expect(verified.stdout).toContain("not a file of a log");
  const asked = await holdfast(["audit", "session", hostile, "-d", data]);
  expect(asked.stderr).toContain("no record of session");
  const fsck = await holdfast(["audit", "fsck", "-d", data]);
  for (const { stdout, stderr } of [verified, asked, fsck]) {
    for (const sign of ["\u001B", "\u202E", "\r"]) expect(stdout + stderr).not.toContain(sign);
  }
  expect(verified.stdout.split("\n").filter((line) => line.startsWith("::"))).toEqual([]);
});

/** C1 controls (one begins a command of some terminals), marks that turn letters around, separators. */
const turned = "a\u009B2J\u0085\u007F\u202Etxt.exe\u2066\u200F\u061C\u2028z";
/** All but line ends, which are of the form and not of a text. */
const raw = /(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

test("data of a log says the same with every sign that moves a cursor or turns letters escaped", async () => {
  const data = join(folderOf(), "log");
  const pep = { type: "test", id: turned, version: "0" };
  const guard = await openGuard({ policies: quickstart, data, pep });
  const session = await guard.openSession({ agent: turned });
  await guard.begin({
    agent: { id: turned },
    session: { id: session.id },
    tool: { server: "files", name: "write_file" },
    args: { path: turned, [turned]: turned },
  });
  await guard.close();
  await holdfast(["audit", "hold", "add", turned, "--reason", turned, "-d", data]);
  writeFileSync(join(data, "seg", "x\u009B\u202E"), "");
  const readers = { json: JSON.parse, jsonl: parseLines, yaml: parseYaml } as const;
  for (const [output, read] of Object.entries(readers)) {
    for (const [args, has] of [
      [["query", "--payloads"], turned],
      [["session", session.id, "--payloads"], turned],
      [["hold", "ls"], turned],
      [["verify"], "x\u009B\u202E"],
    ] as const) {
      if (args[0] === "session" && output === "yaml") continue;
      const { stdout } = await holdfast(["audit", ...args, "-d", data, "-o", output]);
      expect(stdout, `${args[0]} as ${output}`).not.toMatch(raw);
      expect(textsOf(read(stdout)), `${args[0]} as ${output}`).toContain(has);
    }
  }
});

function parseLines(text: string): unknown {
  return text
    .trimEnd()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
}

/** All texts in a value; of a problem's file also its name. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value, value.split("/").at(-1) ?? ""];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap((entry) => entry.flatMap(textsOf));
}
