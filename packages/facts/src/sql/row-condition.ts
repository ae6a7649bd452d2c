import { isNodeName, isTree } from "./syntax-tree.ts";

/** Whether a condition depends on a row at all: `WHERE true` and `WHERE 1 = 1` do not. */
export function asksColumn(part: unknown): boolean {
  if (Array.isArray(part)) return part.some(asksColumn);
  if (!isTree(part)) return false;
  return Object.entries(part).some(
    ([key, value]) =>
      (isNodeName(key) && (key === "ColumnRef" || key === "CurrentOfExpr")) || asksColumn(value),
  );
}
