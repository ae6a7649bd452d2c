import { isPlainOperator, isPlainType } from "./known-type.ts";
import { callName, isHolder, isLevel } from "./known-node.ts";
import { asksColumn } from "./row-condition.ts";
import { relationName, routineName } from "./sql-name.ts";
import { deeper } from "./statement-reading.ts";
import type { Modification, SqlScope, StatementReading } from "./statement-reading.ts";
import {
  isNodeName,
  isTree,
  listIn,
  nodeOf,
  nodesIn,
  stringsIn,
  textIn,
  treeIn,
} from "./syntax-tree.ts";
import type { Tree } from "./syntax-tree.ts";
import { readFieldsOfTargets } from "./target-column.ts";

/**
 * Reads whatever lies in a part of a parse tree into `reading`. A node that nobody here knows makes
 * the statement opaque, and is looked into all the same.
 */
export function walk(part: unknown, scope: SqlScope, reading: StatementReading): void {
  if (Array.isArray(part)) {
    for (const item of part) walk(item, scope, reading);
  } else if (isTree(part)) {
    for (const [key, value] of Object.entries(part)) {
      if (isNodeName(key) && isTree(value)) walkNode(key, value, scope, reading);
      else walkField(key, value, scope, reading);
    }
  }
}

/** Reads the fields of a tree but those that are named. */
export function walkRest(
  tree: Tree,
  except: readonly string[],
  scope: SqlScope,
  reading: StatementReading,
): void {
  for (const [field, value] of Object.entries(tree)) {
    if (!except.includes(field)) walkField(field, value, scope, reading);
  }
}

/** Fields whose node stands there without its name. */
function walkField(
  field: string,
  value: unknown,
  scope: SqlScope,
  reading: StatementReading,
): void {
  if (!isTree(value)) {
    if (field === "useOp" || field === "operName") readOperator(value, reading);
    else if (Array.isArray(value)) walk(value, scope, reading);
  } else if ("relname" in value) readTable(value, scope, reading);
  else if (field === "typeName") readType(value, scope, reading);
  else walk(value, scope, reading);
}

const readers: Readonly<
  Record<string, (node: Tree, scope: SqlScope, reading: StatementReading) => void>
> = {
  A_Expr: readOperation,
  A_Indirection: readIndirection,
  ColumnRef: readColumn,
  DeleteStmt: (node, scope, reading) => readModification("delete", node, scope, reading),
  FuncCall: readCall,
  InsertStmt: (node, scope, reading) => readModification("insert", node, scope, reading),
  JoinExpr: readJoin,
  MergeStmt: (node, scope, reading) => readModification("merge", node, scope, reading),
  RangeTableSample: readSample,
  RangeVar: readTable,
  ResTarget: (node, scope, reading) => {
    readFieldNames(listIn(node, "indirection"), scope, reading);
    walk(node["val"], scope, reading);
  },
  SelectStmt: readSelect,
  TableLikeClause: (node, scope, reading) =>
    walkRest(node, [], { ...scope, writes: false }, reading),
  TypeCast: (node, scope, reading) => walkRest(node, [], scope, reading),
  UpdateStmt: (node, scope, reading) => readModification("update", node, scope, reading),
};

function walkNode(name: string, node: Tree, outer: SqlScope, reading: StatementReading): void {
  reading.visit();
  const scope = isLevel(name) ? deeper(outer) : outer;
  const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
  if (read !== undefined) {
    read(node, scope, reading);
    return;
  }
  const called = callName(name, node);
  if (called !== undefined) reading.call(called);
  else if (!isHolder(name)) reading.opaque = true;
  walkRest(node, [], scope, reading);
}

/** A SELECT, VALUES or TABLE, or several of them joined by UNION and its kin. */
export function readSelect(node: Tree, outer: SqlScope, reading: StatementReading): void {
  const named = { ...withTables(treeIn(node, "withClause"), outer, reading), writes: false };
  for (const side of ["larg", "rarg"]) {
    if (isTree(node[side])) readSelect(node[side], deeper(named), reading);
  }
  const from = listIn(node, "fromClause");
  const scope = { ...named, rows: new Set([...named.rows, ...from.flatMap(rowNames)]) };
  const into = treeIn(treeIn(node, "intoClause"), "rel");
  if ("relname" in into) reading.tablesWritten.add(relationName(into));
  if (listIn(node, "lockingClause").length > 0) reading.locks = true;
  walkRest(node, ["withClause", "larg", "rarg", "intoClause", "lockingClause"], scope, reading);
}

/** Reads the queries of a WITH clause; the scope in which their names can be read. */
function withTables(clause: Tree, outer: SqlScope, reading: StatementReading): SqlScope {
  const tables = nodesIn(listIn(clause, "ctes"));
  let ctes = outer.ctes;
  // WHY: without RECURSIVE a query sees only the names before its own, and its own is a real table.
  if (clause["recursive"] === true) {
    ctes = new Set([...ctes, ...tables.map((table) => textIn(table, "ctename"))]);
  }
  for (const table of tables) {
    walk(table["ctequery"], { ...outer, ctes, writes: false }, reading);
    ctes = new Set([...ctes, textIn(table, "ctename")]);
  }
  return { ...outer, ctes };
}

/** An INSERT, UPDATE, DELETE or MERGE, on its own or in a WITH clause. */
function readModification(
  kind: Modification,
  node: Tree,
  outer: SqlScope,
  reading: StatementReading,
): void {
  const named = withTables(treeIn(node, "withClause"), outer, reading);
  const target = treeIn(node, "relation");
  reading.tablesWritten.add(relationName(target));
  // WHY: what decides which rows are changed, or is given back of them, is read.
  const gives = isTree(node["returningClause"]) || isTree(node["onConflictClause"]);
  if (kind !== "insert" || gives) reading.tablesRead.add(relationName(target));
  if (kind === "insert" && listIn(node, "cols").length === 0) reading.columns.add("*");
  const others = [...listIn(node, "fromClause"), ...listIn(node, "usingClause")];
  const rows = new Set([...named.rows, rowName(target), ...others.flatMap(rowNames)]);
  const scope = { ...named, rows, writes: false };
  reading.modifications.add(kind);
  const conditional = kind === "update" || kind === "delete";
  if (conditional && !asksColumn(node["whereClause"])) reading.unconditional = true;
  readFieldsOfTargets(node, reading);
  walk(node["sourceRelation"], scope, reading);
  walkRest(node, ["withClause", "relation", "sourceRelation"], scope, reading);
}

/** The names by which whole rows of tables can be named: `o` in `SELECT o FROM orders o`. */
function rowNames(item: unknown): readonly string[] {
  const [name, node] = nodeOf(item) ?? [];
  if (node === undefined) return [];
  if (name === "JoinExpr") {
    const alias = textIn(treeIn(node, "alias"), "aliasname");
    const own = alias === "" ? [] : [alias];
    return [...own, ...rowNames(node["larg"]), ...rowNames(node["rarg"])];
  }
  if (name === "RangeTableSample") return rowNames(node["relation"]);
  return name === "RangeVar" ? [rowName(node)] : [];
}

/** The name of a row of a table: its alias, or its own. */
function rowName(relation: Tree): string {
  return textIn(treeIn(relation, "alias"), "aliasname") || textIn(relation, "relname");
}

function readTable(relation: Tree, scope: SqlScope, reading: StatementReading): void {
  // WHY: columns that are renamed by place can no longer be told apart.
  if (listIn(treeIn(relation, "alias"), "colnames").length > 0) reading.columns.add("*");
  const qualified = textIn(relation, "schemaname") !== "";
  if (scope.writes) reading.tablesWritten.add(relationName(relation));
  else if (qualified || !scope.ctes.has(textIn(relation, "relname"))) {
    reading.tablesRead.add(relationName(relation));
  }
}

function readJoin(node: Tree, scope: SqlScope, reading: StatementReading): void {
  for (const column of stringsIn(listIn(node, "usingClause"))) reading.columns.add(column);
  const renamed = listIn(treeIn(node, "alias"), "colnames").length > 0;
  if (node["isNatural"] === true || renamed) reading.columns.add("*");
  walkRest(node, ["usingClause"], scope, reading);
}

function readSample(node: Tree, scope: SqlScope, reading: StatementReading): void {
  const method = routineName(stringsIn(listIn(node, "method")));
  if (method !== "bernoulli" && method !== "system") reading.call(method);
  walkRest(node, ["method"], scope, reading);
}

function readColumn(node: Tree, scope: SqlScope, reading: StatementReading): void {
  readFieldNames(listIn(node, "fields").slice(-1), scope, reading);
}

/** Names behind a dot, of which the last is a column, `*`, or the name of a row and so all of it. */
function readFieldNames(
  fields: readonly unknown[],
  scope: SqlScope,
  reading: StatementReading,
): void {
  for (const field of fields) {
    const [kind, node] = nodeOf(field) ?? [];
    if (kind === "A_Star") reading.columns.add("*");
    else if (kind === "String" && node !== undefined) {
      const name = textIn(node, "sval");
      reading.columns.add(name);
      if (scope.rows.has(name)) reading.columns.add("*");
    } else walk(field, scope, reading);
  }
}

function readIndirection(node: Tree, scope: SqlScope, reading: StatementReading): void {
  readFieldNames(listIn(node, "indirection"), scope, reading);
  walk(node["arg"], scope, reading);
}

function readCall(node: Tree, scope: SqlScope, reading: StatementReading): void {
  reading.call(routineName(stringsIn(listIn(node, "funcname"))));
  walkRest(node, ["funcname"], scope, reading);
}

function readOperation(node: Tree, scope: SqlScope, reading: StatementReading): void {
  if (textIn(node, "kind") === "AEXPR_NULLIF") reading.call("nullif");
  readOperator(node["name"], reading);
  walkRest(node, ["name"], scope, reading);
}

/** Operators of others than PostgreSQL call a function of theirs. */
function readOperator(name: unknown, reading: StatementReading): void {
  const parts = Array.isArray(name) ? stringsIn(name) : [];
  if (parts.length === 0) return;
  const operator = parts.length === 2 && parts[0] === "pg_catalog" ? parts.slice(1) : parts;
  if (operator.length > 1 || !isPlainOperator(operator[0] ?? "")) reading.call(operator.join("."));
}

/** A cast to a type that looks something up, or that somebody made, is a call of its name. */
function readType(type: Tree, scope: SqlScope, reading: StatementReading): void {
  const name = routineName(stringsIn(listIn(type, "names")));
  if (name !== "" && !isPlainType(name)) reading.call(name);
  walkRest(type, ["names"], scope, reading);
}
