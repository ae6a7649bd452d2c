import { lowerAscii } from "@holdfast/model";
import { asksColumn } from "./row-condition.ts";
import { readSelect, walk, walkRest } from "./query-walk.ts";
import { isSingleRow, limitOf } from "./single-row.ts";
import { relationName, tableName } from "./sql-name.ts";
import { kindOf } from "./statement-kind.ts";
import { StatementReading, modifications, outerScope } from "./statement-reading.ts";
import { isTree, listIn, nodeOf, stringsIn, textIn, treeIn } from "./syntax-tree.ts";
import type { Tree } from "./syntax-tree.ts";

/** What one statement does, as the fact `sql` has it. */
export interface SqlStatement {
  readonly kind: string;
  readonly tables_read: readonly string[];
  readonly tables_written: readonly string[];
  readonly columns: readonly string[];
  readonly functions: readonly string[];
  readonly has_where: boolean;
  readonly limit: number | null;
  readonly single_row: boolean;
  readonly locks: boolean;
}

/** A statement, whether it may change anything, and whether it may do what is not shown. */
export interface ReadStatement {
  readonly statement: SqlStatement;
  readonly writes: boolean;
  readonly opaque: boolean;
}

/** What the kind and the fields of a query itself add to a reading. */
interface Outline {
  readonly kind: string;
  readonly hasWhere?: boolean;
  readonly limit?: number | null;
  readonly singleRow?: boolean;
}

/** Kinds that change nothing by themselves. */
const readingKinds: ReadonlySet<string> = new Set([
  "select",
  "values",
  "copy",
  "show",
  "explain",
  "explain_analyze",
]);

/** Reads one raw statement. Throws `TooDeep` when it nests deeper than 200 levels. */
export function readStatement(statement: unknown): ReadStatement {
  const reading = new StatementReading();
  const [name, node] = nodeOf(statement) ?? [];
  const outline: Outline =
    name === undefined || node === undefined ? { kind: "unknown" } : outlineOf(name, node, reading);
  if (outline.kind === "unknown") reading.opaque = true;
  return {
    statement: {
      kind: outline.kind,
      tables_read: [...reading.tablesRead],
      tables_written: [...reading.tablesWritten],
      columns: [...reading.columns],
      functions: [...reading.functions],
      has_where: hasCondition(outline, reading),
      limit: outline.limit ?? null,
      single_row: outline.singleRow ?? false,
      locks: reading.locks,
    },
    writes: !readingKinds.has(outline.kind) || !reading.isReadOnly,
    opaque: reading.opaque,
  };
}

/** Whether what changes rows, or else the query itself, has a condition on some column. */
function hasCondition({ hasWhere = false }: Outline, reading: StatementReading): boolean {
  const { modifications: found, unconditional } = reading;
  return found.has("update") || found.has("delete") ? !unconditional : hasWhere;
}

/** Kinds that are named for the worst change in them: a DELETE in a WITH clause is one. */
const queryKinds: ReadonlySet<string> = new Set([...modifications, "select", "values", "copy"]);

function outlineOf(name: string, node: Tree, reading: StatementReading): Outline {
  const outline = ownOutlineOf(name, node, reading);
  if (!queryKinds.has(outline.kind)) return outline;
  const worst = modifications.find((kind) => reading.modifications.has(kind));
  return { ...outline, kind: worst ?? outline.kind };
}

function ownOutlineOf(name: string, node: Tree, reading: StatementReading): Outline {
  if (name === "SelectStmt") return outlineOfSelect(node, reading);
  if (name === "ExplainStmt") return outlineOfExplain(node, reading);
  const { kind, shown } = kindOf(name, node);
  if (!shown) reading.opaque = true;
  const own = Object.hasOwn(utilities, name) ? utilities[name] : undefined;
  if (own !== undefined) own(node, reading);
  else if (modifications.some((each) => each === kind)) {
    walk({ [name]: node }, outerScope, reading);
  } else readUtility(node, reading);
  if (allKinds.has(kind) && reading.tablesWritten.size === 0) reading.opaque = true;
  if (textIn(node, "behavior") === "DROP_CASCADE" && kind !== "revoke") reading.opaque = true;
  return { kind };
}

/** Kinds that mean everything, or what has no table's name, when they name no table. */
const allKinds: ReadonlySet<string> = new Set(
  "alter analyze cluster drop grant reindex revoke truncate vacuum".split(" "),
);

function outlineOfSelect(node: Tree, reading: StatementReading): Outline {
  readSelect(node, outerScope, reading);
  const values = listIn(node, "valuesLists").length > 0;
  const kind = isTree(node["intoClause"]) ? "create" : values ? "values" : "select";
  return {
    kind,
    hasWhere: asksColumn(node["whereClause"]),
    limit: limitOf(node),
    singleRow: isSingleRow(node),
  };
}

/** EXPLAIN plans a statement and does not run it, unless ANALYZE says so. */
function outlineOfExplain(node: Tree, reading: StatementReading): Outline {
  const [name, query] = nodeOf(node["query"]) ?? [];
  if (name === undefined || query === undefined) return { kind: "unknown" };
  const inner = outlineOf(name, query, reading);
  const reads = ["select", "values"].includes(inner.kind) && reading.tablesWritten.size === 0;
  if (!isAnalyzed(node)) return { ...inner, kind: reads ? "explain" : `explain_${inner.kind}` };
  return { ...inner, kind: reads ? "explain_analyze" : inner.kind };
}

function isAnalyzed(node: Tree): boolean {
  return listIn(node, "options").some((item) => {
    const option = nodeOf(item)?.[1] ?? {};
    if (lowerAscii(textIn(option, "defname")) !== "analyze") return false;
    const [kind, value = {}] = nodeOf(option["arg"]) ?? [];
    const off = ["off", "false", "0"].includes(lowerAscii(textIn(value, "sval")));
    return !(kind === "String" && off) && !(kind === "Integer" && value["ival"] === undefined);
  });
}

/** Tables that stand in a statement which is no query are changed by it; queries in it read theirs. */
function readUtility(node: Tree, reading: StatementReading): void {
  walkRest(node, ["options", "cmds"], { ...outerScope, writes: true }, reading);
  // WHY: parts of an ALTER TABLE are many, and none runs what it does not show here.
  for (const item of listIn(node, "cmds")) {
    walkRest(nodeOf(item)?.[1] ?? {}, ["newowner"], outerScope, reading);
  }
}

/** Statements whose parts say more than which tables they name. */
const utilities: Readonly<Record<string, (node: Tree, reading: StatementReading) => void>> = {
  CommentStmt: () => undefined,
  CopyStmt: readCopy,
  CreateSchemaStmt: (node, reading) => {
    for (const item of listIn(node, "schemaElts")) {
      const [name, element] = nodeOf(item) ?? [];
      if (name !== undefined && element !== undefined) outlineOf(name, element, reading);
    }
  },
  DeclareCursorStmt: (node, reading) => walk(node["query"], outerScope, reading),
  DropStmt: readDrop,
  GrantStmt: (node, reading) =>
    walk(
      listIn(node, "objects").filter((item) => nodeOf(item)?.[0] === "RangeVar"),
      { ...outerScope, writes: true },
      reading,
    ),
  LockStmt: (node, reading) => {
    walk(node["relations"], outerScope, reading);
    reading.locks = true;
  },
  PrepareStmt: (node, reading) => {
    const [name, query] = nodeOf(node["query"]) ?? [];
    if (name !== undefined && query !== undefined) outlineOf(name, query, reading);
  },
  VacuumStmt: (node, reading) => {
    for (const item of listIn(node, "rels")) {
      const relation = treeIn(nodeOf(item)?.[1] ?? {}, "relation");
      if ("relname" in relation) reading.tablesWritten.add(relationName(relation));
    }
  },
  VariableSetStmt: () => undefined,
};

function readCopy(node: Tree, reading: StatementReading): void {
  const relation = treeIn(node, "relation");
  if ("relname" in relation) {
    const tables = node["is_from"] === true ? reading.tablesWritten : reading.tablesRead;
    tables.add(relationName(relation));
    const columns = stringsIn(listIn(node, "attlist"));
    for (const column of columns.length === 0 ? ["*"] : columns) reading.columns.add(column);
  }
  // WHY: a file or a program of the server is read, written or run.
  if (textIn(node, "filename") !== "" || node["is_program"] === true) reading.opaque = true;
  const [name, query] = nodeOf(node["query"]) ?? [];
  if (name !== undefined && query !== undefined) outlineOf(name, query, reading);
  walk(node["whereClause"], outerScope, reading);
}

const tableObjects: ReadonlySet<string> = new Set(
  ["TABLE", "VIEW", "MATVIEW", "SEQUENCE", "FOREIGN_TABLE", "INDEX"].map(
    (what) => `OBJECT_${what}`,
  ),
);

function readDrop(node: Tree, reading: StatementReading): void {
  if (!tableObjects.has(textIn(node, "removeType"))) return;
  for (const item of listIn(node, "objects")) {
    const parts = stringsIn(listIn(nodeOf(item)?.[1] ?? {}, "items"));
    if (parts.length > 0) reading.tablesWritten.add(tableName(parts));
  }
}
