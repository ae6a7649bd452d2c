/** A part of a parse tree: its fields, or a node under its name. */
export type Tree = Readonly<Record<string, unknown>>;

/** Whether a value is an object of a parse tree. */
export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The part in a field; empty when there is none. */
export function treeIn(tree: Tree, field: string): Tree {
  const value = tree[field];
  return isTree(value) ? value : {};
}

/** The list in a field; empty when there is none. */
export function listIn(tree: Tree, field: string): readonly unknown[] {
  const value = tree[field];
  return Array.isArray(value) ? value : [];
}

/** The text in a field; empty when there is none. */
export function textIn(tree: Tree, field: string): string {
  const value = tree[field];
  return typeof value === "string" ? value : "";
}

/** A node and its name, of `{"FuncCall": {…}}`; nothing when it is no node. */
export function nodeOf(value: unknown): readonly [name: string, node: Tree] | undefined {
  if (!isTree(value)) return undefined;
  const [entry] = Object.entries(value);
  return entry !== undefined && isNodeName(entry[0]) && isTree(entry[1])
    ? [entry[0], entry[1]]
    : undefined;
}

/** The nodes of a list, without their names. */
export function nodesIn(list: readonly unknown[]): readonly Tree[] {
  return list.flatMap((item) => {
    const [, node] = nodeOf(item) ?? [];
    return node === undefined ? [] : [node];
  });
}

/** Names of nodes begin with a capital letter, names of fields do not. */
export function isNodeName(key: string): boolean {
  return /^[A-Z]/u.test(key);
}

/** The texts of a list of `String` nodes, such as a qualified name; others are left out. */
export function stringsIn(list: readonly unknown[]): readonly string[] {
  return list.flatMap((item) => {
    const [name, node] = nodeOf(item) ?? [];
    return name === "String" && node !== undefined ? [textIn(node, "sval")] : [];
  });
}
