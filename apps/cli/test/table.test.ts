import { expect, test } from "vitest";
import { renderTable } from "../src/table.ts";

test("a name that an agent chose draws no row of its own and moves no cursor", () => {
  const hostile = "\u001B[31mRED\n99  2026-11-21  a  s.fake  allow\u202E";
  const text = renderTable(["#", "tool"], [["1", hostile]]);
  expect(text.split("\n")).toHaveLength(2);
  for (const mark of ["\u001B", "\u202E"]) expect(text).not.toContain(mark);
});
