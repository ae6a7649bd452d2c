import Table from "cli-table3";
import { printable } from "@holdfast/model";

/**
 * Columns without borders, as wide as their content; the last one is never padded. Cells hold
 * names that agents and servers chose: nothing in them draws a row of its own or moves the cursor.
 */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const blank = { top: "", "top-mid": "", "top-left": "", "top-right": "" };
  const table = new Table({
    head: [...head],
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
    chars: {
      ...blank,
      bottom: "",
      "bottom-mid": "",
      "bottom-left": "",
      "bottom-right": "",
      left: "",
      "left-mid": "",
      mid: "",
      "mid-mid": "",
      right: "",
      "right-mid": "",
      middle: "",
    },
  });
  for (const row of rows) table.push(row.map((cell) => printable(cell)));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
