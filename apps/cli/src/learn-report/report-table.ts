import { html } from "./markup.ts";
import type { Markup } from "./markup.ts";

/** A column of a table: its name, and the class of its head where its cells are numbers or rules. */
export type Column = string | { readonly name: string; readonly kind: "number" | "rule" };

/** A column of numbers. */
export function numbers(name: string): Column {
  return { name, kind: "number" };
}

/** A table with a line of heads, which scrolls by itself where a screen is narrow; `label` tells readers of a screen what it is. */
export function reportTable(
  label: string,
  columns: readonly Column[],
  rows: readonly Markup[],
): Markup {
  return html`<div class="wide" role="region" aria-label="${label}" tabindex="0">
    <table>
      <thead>
        <tr>
          ${columns.map((column) => headOf(column))}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function headOf(column: Column): Markup {
  return typeof column === "string"
    ? html`<th scope="col">${column}</th>`
    : html`<th scope="col" class="${column.kind}">${column.name}</th>`;
}
