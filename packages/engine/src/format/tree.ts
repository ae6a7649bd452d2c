import { isMap, isScalar, isSeq } from "yaml";
import type { Node, Pair, Scalar } from "yaml";
import type { Path } from "../compile/yaml-document.ts";
import type { Comment } from "./trivia.ts";
import { isBlankBefore } from "./trivia.ts";

/** A comment on lines of its own. */
export interface Lead {
  readonly text: string;
  readonly blankBefore: boolean;
}

/** One pair of a map or one item of a list, with the comments that belong to it. */
export interface Entry {
  /** of the key, or of the item's value */
  readonly start: number;
  /** behind its last visible character */
  readonly end: number;
  readonly path: Path;
  /** as written, and as read; absent in a list */
  readonly key?: { readonly source: string; readonly name: string };
  readonly value: Value;
  readonly blankBefore: boolean;
  /** comments above it */
  readonly leads: Lead[];
  /** behind the key, before a value on lines of its own */
  header: Comment | undefined;
  /** behind the value */
  trailing: Comment | undefined;
}

export type Value =
  | { readonly kind: "nothing" }
  | { readonly kind: "scalar"; readonly scalar: Scalar; readonly source: string }
  | Collection;

export interface Collection {
  readonly kind: "map" | "list";
  /** written with braces or brackets */
  readonly flow: boolean;
  readonly start: number;
  readonly end: number;
  /** where its entries begin on their lines, from 0 */
  readonly column: number;
  readonly entries: readonly Entry[];
  /** comments behind the last entry */
  readonly ends: Lead[];
}

/** The tree of a document, without its comments yet: {@link placeComments} adds them. */
export function treeOf(root: Node, text: string): Value {
  return valueOf(root, [], text);
}

function valueOf(node: unknown, path: Path, text: string): Value {
  if (isScalar(node)) {
    const [start, end] = node.range ?? [0, 0];
    const source = text.slice(start, end);
    return source === "" ? { kind: "nothing" } : { kind: "scalar", scalar: node, source };
  }
  if (!isMap(node) && !isSeq(node)) return { kind: "nothing" };
  const [start, end] = node.range ?? [0, 0];
  const entries: readonly Entry[] = isMap(node)
    ? node.items.map((pair) => pairOf(pair, path, text))
    : node.items.map((item, index) => itemOf(item, [...path, index], text));
  const flow = node.flow === true;
  const last = entries.at(-1);
  return {
    kind: isMap(node) ? "map" : "list",
    flow,
    start,
    end: flow ? end : Math.max(last?.end ?? start, start),
    column: start - (text.lastIndexOf("\n", start - 1) + 1),
    entries,
    ends: [],
  };
}

function pairOf(pair: Pair, path: Path, text: string): Entry {
  const key = isScalar(pair.key) ? pair.key : undefined;
  const [start, keyEnd] = key?.range ?? [0, 0];
  const name = typeof key?.value === "string" ? key.value : "";
  const value = valueOf(pair.value, [...path, name], text);
  return {
    start,
    end: Math.max(endOf(value, text), keyEnd),
    path: [...path, name],
    key: { source: text.slice(start, keyEnd), name },
    value,
    blankBefore: isBlankBefore(text, start),
    leads: [],
    header: undefined,
    trailing: undefined,
  };
}

function itemOf(item: unknown, path: Path, text: string): Entry {
  const value = valueOf(item, path, text);
  const start = isMap(item) || isSeq(item) || isScalar(item) ? (item.range?.[0] ?? 0) : 0;
  return {
    start,
    end: Math.max(endOf(value, text), start),
    path,
    value,
    blankBefore: isBlankBefore(text, start),
    leads: [],
    header: undefined,
    trailing: undefined,
  };
}

function endOf(value: Value, text: string): number {
  switch (value.kind) {
    case "nothing":
      return 0;
    case "scalar": {
      const [start, end] = value.scalar.range ?? [0, 0];
      return start + text.slice(start, end).trimEnd().length;
    }
    case "map":
    case "list":
      return value.end;
  }
}
