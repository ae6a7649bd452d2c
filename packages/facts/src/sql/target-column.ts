import type { StatementReading } from "./statement-reading.ts";
import { listIn, nodesIn, textIn, treeIn } from "./syntax-tree.ts";
import type { Tree } from "./syntax-tree.ts";

/** The columns that an INSERT, UPDATE or MERGE sets, or that decide a conflict. */
export function readFieldsOfTargets(node: Tree, reading: StatementReading): void {
  const conflict = treeIn(node, "onConflictClause");
  const merges = nodesIn(listIn(node, "mergeWhenClauses"));
  const targets = [
    ...listIn(node, "cols"),
    ...listIn(node, "targetList"),
    ...listIn(conflict, "targetList"),
    ...listIn(treeIn(conflict, "infer"), "indexElems"),
    ...merges.flatMap((clause) => listIn(clause, "targetList")),
  ];
  for (const target of nodesIn(targets)) {
    const name = textIn(target, "name");
    if (name !== "") reading.columns.add(name);
  }
}
