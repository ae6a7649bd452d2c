import { aggregates, givesOneValue } from "./known-function.ts";
import { callName } from "./known-node.ts";
import { routineName } from "./sql-name.ts";
import { isNodeName, isTree, listIn, nodeOf, stringsIn, textIn } from "./syntax-tree.ts";
import type { Tree } from "./syntax-tree.ts";

/**
 * Whether a SELECT gives one row at most, whatever its tables hold: it has no FROM, or it is an
 * aggregate over everything, and nothing among its columns could give rows of its own.
 */
export function isSingleRow(select: Tree): boolean {
  const values = listIn(select, "valuesLists");
  if (textIn(select, "op") !== "SETOP_NONE" || values.length > 1) return false;
  const calls = callsIn([select["targetList"], values]);
  if (!calls.every(({ name }) => givesOneValue(name))) return false;
  if (listIn(select, "fromClause").length === 0) return true;
  if (listIn(select, "groupClause").length > 0) return false;
  if (select["havingClause"] !== undefined) return true;
  return calls.some(({ name, over }) => !over && aggregates.has(name));
}

interface Call {
  readonly name: string;
  /** whether it is asked of a window of rows, and so for each of them */
  readonly over: boolean;
}

/** The calls in an expression, those of queries inside it left out. */
function callsIn(part: unknown, found: Call[] = []): readonly Call[] {
  if (Array.isArray(part)) {
    for (const item of part) callsIn(item, found);
  } else if (isTree(part)) {
    for (const [key, value] of Object.entries(part)) {
      if (key === "SelectStmt") continue;
      if (isNodeName(key) && isTree(value)) found.push(...ownCall(key, value));
      callsIn(value, found);
    }
  }
  return found;
}

function ownCall(name: string, node: Tree): readonly Call[] {
  const over = "over" in node;
  if (name === "FuncCall")
    return [{ name: routineName(stringsIn(listIn(node, "funcname"))), over }];
  const word = callName(name, node);
  return word === undefined ? [] : [{ name: word, over }];
}

/** The number of a constant LIMIT or FETCH FIRST that holds; null when there is none. */
export function limitOf(select: Tree): number | null {
  if (textIn(select, "limitOption") !== "LIMIT_OPTION_COUNT") return null;
  const [name, node] = nodeOf(select["limitCount"]) ?? [];
  const whole = node?.["ival"];
  if (name !== "A_Const" || !isTree(whole)) return null;
  // The number 0 is left out of the tree.
  const { ival = 0 } = whole;
  return typeof ival === "number" ? ival : null;
}
