import type { Json } from "@holdfast/model";
import { keyOrder } from "./key-order.ts";
import { conditionLines, conditionText, writtenLines } from "./scalar-text.ts";
import type { Condition, ScalarLines } from "./scalar-text.ts";
import type { Collection, Entry, Lead, Value } from "./tree.ts";

/** The widest line that is written where one can be broken, in UTF-16 units. */
const lineWidthMax = 100;

/** What the printer of a document needs to know of it. */
export interface Printing {
  readonly value: Json;
  /** the condition that a scalar beginning at this offset of the file holds */
  readonly conditions: ReadonlyMap<number, Condition>;
}

/** A document as lines. The comments above its first key stay above it, whatever key that becomes. */
export function documentLines(root: Value, printing: Printing): readonly string[] {
  if (root.kind === "nothing") return [];
  if (root.kind === "scalar") return [root.source];
  const first = root.entries[0];
  const header = first === undefined ? [] : first.leads.splice(0);
  const lines = [...leadLines(header, 0, true)];
  if (header.length > 0 && first?.blankBefore === true) lines.push("");
  const flow = flowText(root, printing);
  if (flow !== undefined && (flow.length <= lineWidthMax || root.entries.length === 0)) {
    return [...lines, flow];
  }
  return [...lines, ...collectionLines(root, 0, [], printing)];
}

function leadLines(leads: readonly Lead[], indent: number, first: boolean): string[] {
  return leads.flatMap(({ text, blankBefore }, index) => {
    const line = `${" ".repeat(indent)}${text}`;
    return blankBefore && !(first && index === 0) ? ["", line] : [line];
  });
}

/** The entries in the order of the language; those it does not order stay in the author's. */
function ordered({ entries, kind }: Collection, path: Entry["path"], { value }: Printing) {
  if (kind === "list") return entries;
  const order = keyOrder(value, path);
  const rank = ({ key }: Entry): number => {
    const index = order.indexOf(key?.name ?? "");
    return index < 0 ? order.length : index;
  };
  return entries.toSorted((a, b) => rank(a) - rank(b));
}

function collectionLines(
  collection: Collection,
  indent: number,
  path: Entry["path"],
  printing: Printing,
): string[] {
  const lines: string[] = [];
  for (const [index, entry] of ordered(collection, path, printing).entries()) {
    const { leads, own } = entryLines(entry, indent, printing);
    lines.push(...leadLines(leads, indent, index === 0));
    if (entry.blankBefore && !(index === 0 && leads.length === 0)) lines.push("");
    lines.push(...own);
  }
  lines.push(...leadLines(collection.ends, indent, lines.length === 0));
  return lines;
}

interface EntryLines {
  /** comments above it, those of its first part included */
  readonly leads: readonly Lead[];
  readonly own: readonly string[];
}

function entryLines(entry: Entry, indent: number, printing: Printing): EntryLines {
  const margin = " ".repeat(indent);
  const head = entry.key === undefined ? `${margin}-` : `${margin}${entry.key.source}:`;
  const { value } = entry;
  if (value.kind === "nothing") return closed(entry, { head, body: [], block: false }, indent);
  if (value.kind === "scalar") {
    const lines = scalarLines(value, head.length + 1, indent + 2, printing);
    return closed(entry, { ...lines, head: `${head} ${lines.head}` }, indent);
  }
  const flow = flowText(value, printing);
  const fits = flow !== undefined && head.length + 1 + flow.length <= lineWidthMax;
  if (flow !== undefined && (fits || value.entries.length === 0)) {
    const whole = { head: `${head} ${flow}`, body: [], block: false };
    if (entry.header === undefined) return closed(entry, whole, indent);
  }
  const inner = collectionLines(value, indent + 2, entry.path, printing);
  return entry.key === undefined
    ? itemLines(entry, value, inner, indent)
    : keyLines(entry, head, inner, indent);
}

function scalarLines(
  value: Extract<Value, { readonly kind: "scalar" }>,
  column: number,
  below: number,
  { conditions }: Printing,
): ScalarLines {
  const condition = conditions.get(value.scalar.range?.[0] ?? -1);
  if (condition === undefined) return writtenLines(value);
  const room = { first: lineWidthMax - column, below: lineWidthMax - below };
  return conditionLines(value, condition, room);
}

/** An entry whose value is no collection on lines of its own. */
function closed(entry: Entry, lines: ScalarLines, indent: number): EntryLines {
  const { head, body, block } = lines;
  const margin = " ".repeat(indent + 2);
  const below = body.map((line) => (line === "" ? "" : `${margin}${line}`));
  const [comment, ...others] = [entry.header, entry.trailing].filter((each) => each !== undefined);
  const leads = [...entry.leads, ...others.map(({ text }) => ({ text, blankBefore: false }))];
  const note = comment === undefined ? "" : `${comment.gap}${comment.text}`;
  if (block || below.length === 0) return { leads, own: [`${head}${note}`, ...below] };
  const last = below.length - 1;
  return {
    leads,
    own: [head, ...below.map((line, index) => (index === last ? `${line}${note}` : line))],
  };
}

/** A key with a collection on the lines below it. */
function keyLines(entry: Entry, head: string, inner: string[], indent: number): EntryLines {
  const { header, trailing, leads } = entry;
  const comment = header ?? trailing;
  const note = comment === undefined ? "" : `${comment.gap}${comment.text}`;
  const end = header !== undefined && trailing !== undefined ? [trailing.text] : [];
  const ends = end.map((text) => `${" ".repeat(indent + 2)}${text}`);
  return { leads, own: [`${head}${note}`, ...inner, ...ends] };
}

/** An item whose first line stands behind its dash; what stood above that line stands above both. */
function itemLines(entry: Entry, value: Collection, inner: string[], indent: number): EntryLines {
  const comments = [entry.header, entry.trailing].filter((each) => each !== undefined);
  const isLead = (line: string): boolean => line.trimStart().startsWith("#") || line === "";
  const from = value.entries.length === 0 ? 0 : inner.findIndex((line) => !isLead(line));
  const hoisted = inner.slice(0, from).filter((line) => line !== "");
  const [first = "", ...others] = inner.slice(from);
  const leads = [
    ...entry.leads,
    ...comments.map(({ text }) => ({ text, blankBefore: false })),
    ...hoisted.map((line) => ({ text: line.trim(), blankBefore: false })),
  ];
  return { leads, own: [`${" ".repeat(indent)}- ${first.trimStart()}`, ...others] };
}

/**
 * A collection between braces or brackets on one line; undefined when its author did not write it
 * so, or when it holds comments or texts over several lines.
 */
function flowText(collection: Collection, printing: Printing): string | undefined {
  const { flow, kind, entries, ends } = collection;
  if (!flow || ends.length > 0) return undefined;
  const path = entries[0]?.path.slice(0, -1) ?? [];
  const parts: string[] = [];
  for (const entry of ordered(collection, path, printing)) {
    const commented = entry.leads.length > 0 || (entry.header ?? entry.trailing) !== undefined;
    const text = commented ? undefined : flowValue(entry.value, printing);
    if (text === undefined) return undefined;
    parts.push(entry.key === undefined ? text : `${entry.key.source}: ${text}`);
  }
  return kind === "map" ? `{${parts.join(", ")}}` : `[${parts.join(", ")}]`;
}

function flowValue(value: Value, printing: Printing): string | undefined {
  switch (value.kind) {
    case "nothing":
      return "null";
    case "scalar": {
      const condition = printing.conditions.get(value.scalar.range?.[0] ?? -1);
      const text = condition === undefined ? value.source : conditionText(value, condition, true);
      return text.includes("\n") ? undefined : text;
    }
    case "map":
    case "list":
      return flowText(value, printing);
  }
}
