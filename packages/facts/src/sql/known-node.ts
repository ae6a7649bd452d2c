import { lowerAscii } from "@holdfast/model";
import type { Tree } from "./syntax-tree.ts";
import { textIn } from "./syntax-tree.ts";

/** Expressions that have a word of their own in the grammar and are calls all the same. */
const callNames: Readonly<Record<string, (node: Tree) => string>> = {
  CoalesceExpr: () => "coalesce",
  GroupingFunc: () => "grouping",
  JsonArrayAgg: () => "json_arrayagg",
  JsonArrayConstructor: () => "json_array",
  JsonArrayQueryConstructor: () => "json_array",
  JsonFuncExpr: (node) => lowerAscii(textIn(node, "op").replace(/_OP$/u, "")),
  JsonObjectAgg: () => "json_objectagg",
  JsonObjectConstructor: () => "json_object",
  JsonParseExpr: () => "json",
  JsonScalarExpr: () => "json_scalar",
  JsonSerializeExpr: () => "json_serialize",
  JsonTable: () => "json_table",
  MinMaxExpr: (node) => (textIn(node, "op") === "IS_LEAST" ? "least" : "greatest"),
  RangeTableFunc: () => "xmltable",
  SQLValueFunction: (node) => lowerAscii(textIn(node, "op").replace(/^SVFOP_|_N$/gu, "")),
  XmlExpr: (node) => lowerAscii(textIn(node, "op").replace(/^IS_/u, "")),
  XmlSerialize: () => "xmlserialize",
};

/** The name of the function that such an expression calls; `undefined` for all other nodes. */
export function callName(name: string, node: Tree): string | undefined {
  return Object.hasOwn(callNames, name) ? callNames[name]?.(node) : undefined;
}

const nodes = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/u));

/** Parts of queries that do nothing but hold others. */
const holders = nodes(`
A_ArrayExpr A_Const A_Indices A_Star Alias BitString BoolExpr Boolean BooleanTest CaseExpr CaseWhen CollateClause
ColumnDef CommonTableExpr Constraint CTECycleClause CTESearchClause CurrentOfExpr DefElem Float GroupingSet IndexElem
InferClause Integer JsonAggConstructor JsonArgument JsonBehavior JsonFormat JsonIsPredicate JsonKeyValue JsonOutput
JsonReturning JsonTableColumn JsonTablePathSpec JsonValueExpr List MergeWhenClause MultiAssignRef NamedArgExpr NullTest
OnConflictClause ParamRef PartitionBoundSpec PartitionElem PartitionSpec RangeFunction RangeSubselect
RangeTableFuncCol RangeTableSample ReturningClause ReturningOption RowExpr SetToDefault SortBy String SubLink
TypeName WindowDef
`);

/** Whether a node only holds others; what is neither this nor read on purpose makes a query opaque. */
export function isHolder(name: string): boolean {
  return holders.has(name);
}

/** Nodes that nest: each is one level of the depth of a statement. */
const levels = nodes(`
A_ArrayExpr A_Expr A_Indirection BoolExpr CaseExpr CoalesceExpr FuncCall JoinExpr MinMaxExpr RowExpr SelectStmt
TypeCast CollateClause NullTest BooleanTest
`);

/** Whether a node counts as a level of nesting. */
export function isLevel(name: string): boolean {
  return levels.has(name);
}
