import { lowerAscii } from "@holdfast/model";
import type { Tree } from "./syntax-tree.ts";
import { textIn } from "./syntax-tree.ts";

/** Statements that are fully read, by what they are called in a fact. */
const plainKinds: Readonly<Record<string, string>> = {
  AlterTableStmt: "alter",
  CheckPointStmt: "checkpoint",
  ClosePortalStmt: "close",
  ClusterStmt: "cluster",
  CommentStmt: "comment",
  ConstraintsSetStmt: "set",
  CopyStmt: "copy",
  CreateSchemaStmt: "create",
  CreateSeqStmt: "create",
  CreateStmt: "create",
  CreateTableAsStmt: "create",
  DeallocateStmt: "deallocate",
  DeclareCursorStmt: "declare",
  DeleteStmt: "delete",
  DiscardStmt: "discard",
  DropStmt: "drop",
  IndexStmt: "create",
  InsertStmt: "insert",
  ListenStmt: "listen",
  LockStmt: "lock",
  MergeStmt: "merge",
  NotifyStmt: "notify",
  PrepareStmt: "prepare",
  RefreshMatViewStmt: "refresh",
  ReindexStmt: "reindex",
  RenameStmt: "alter",
  TruncateStmt: "truncate",
  UnlistenStmt: "unlisten",
  UpdateStmt: "update",
  VariableShowStmt: "show",
  ViewStmt: "create",
};

/** Statements whose effects no fact shows, where their name says too little. */
const unshownKinds: Readonly<Record<string, string>> = {
  ImportForeignSchemaStmt: "import",
  ReassignOwnedStmt: "reassign",
  RuleStmt: "create",
  SecLabelStmt: "security_label",
};

/** Statements whose kind depends on what they say. */
const saidKinds: Readonly<Record<string, (node: Tree) => string>> = {
  GrantStmt: (node) => (node["is_grant"] === true ? "grant" : "revoke"),
  TransactionStmt: (node) =>
    lowerAscii(textIn(node, "kind").replace(/^TRANS_STMT_/u, "")).replace(/^start$/u, "begin"),
  VacuumStmt: (node) => (node["is_vacuumcmd"] === true ? "vacuum" : "analyze"),
  VariableSetStmt: (node) => (textIn(node, "kind").startsWith("VAR_RESET") ? "reset" : "set"),
};

/** The kind of a statement that is no query, and whether a fact can show all that it does. */
export function kindOf(
  name: string,
  node: Tree,
): { readonly kind: string; readonly shown: boolean } {
  const said = Object.hasOwn(saidKinds, name) ? saidKinds[name]?.(node) : undefined;
  const plain = said ?? (Object.hasOwn(plainKinds, name) ? plainKinds[name] : undefined);
  if (plain !== undefined) return { kind: plain, shown: true };
  const special = Object.hasOwn(unshownKinds, name) ? unshownKinds[name] : undefined;
  if (special !== undefined) return { kind: special, shown: false };
  const [verb = ""] = /^(?:Create|Alter|Drop|Grant)/u.exec(name) ?? [];
  const words = name.replace(/Stmt$/u, "").replaceAll(/(?<=[a-z])(?=[A-Z])/gu, "_");
  return { kind: lowerAscii(verb === "" ? words : verb), shown: false };
}
