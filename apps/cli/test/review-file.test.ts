/**
 * Proposals as a file tells them. Seen to fail: one that grants, which was told as one that narrows.
 */
import { join } from "node:path";
import { expect, test } from "vitest";
import { readProposals } from "../src/learn/review-file.ts";
import { folderOf } from "./command.ts";

const head = "apiVersion: holdfast.dev/v1\n";
const policy = (rules: string): string =>
  `${head}kind: Policy\nmetadata: {name: p}\nspec: {match: {tools: ["*"]}, rules: ${rules}}\n`;
const narrow = `${head}kind: Meter\nmetadata: {name: m}\nspec: {key: [session.id], window: 1h}\n---\n${policy(
  "[{id: a, effect: deny}, {id: b, effect: step_up}]",
)}`;

function read(text: string): string {
  const proposals = [{ policy: text, kills: ["x"] }];
  const folder = folderOf({ "stress.json": JSON.stringify({ proposals }) });
  return readProposals(join(folder, "stress.json"))[0]?.name ?? "";
}

test("what denies and asks is taken in", () => {
  expect(read(narrow)).toBe("p");
});

test.for([
  policy("[{id: a, effect: allow}]"),
  `${narrow}---\n${policy("[{id: a, effect: deny}, {id: b, effect: allow}]")}`,
  policy("[{id: a, effect: modify}]"),
  `${head}kind: Tool\nmetadata: {name: s.t}\nspec: {labels: [read]}\n`,
  `${head}kind: Settings\nmetadata: {name: settings}\nspec: {}\n`,
  "kind: [",
])("what does more than narrow is none: %s", (text) => {
  expect(() => read(text)).toThrow("more than Events, Meters and rules that deny or ask");
});
