import { canonicalJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { misfit } from "./misfit.ts";
import { below, Evaluated } from "./node.ts";
import type { Keyword, Node } from "./node.ts";
import type { Filled, SchemaObject } from "./value.ts";

type MakeNode = (schema: Json) => Node;

/** The keywords of arrays that a schema has, in order. */
export function arrayKeywords(schema: SchemaObject, nodeOf: MakeNode): Keyword<Filled[]>[] {
  const { maxItems, minItems, prefixItems, items, contains, uniqueItems } = schema;
  const found: Keyword<Filled[]>[] = [];
  if (maxItems !== undefined) {
    const message = `must NOT have more than ${Number(maxItems)} items`;
    found.push((value, at) => value.length <= Number(maxItems) || misfit(at, message));
  }
  if (minItems !== undefined) {
    const message = `must NOT have fewer than ${Number(minItems)} items`;
    found.push((value, at) => value.length >= Number(minItems) || misfit(at, message));
  }
  const prefix = Array.isArray(prefixItems) ? prefixItems.map((each: Json) => nodeOf(each)) : [];
  if (prefix.length > 0) found.push(prefixKeyword(prefix));
  if (items !== undefined) found.push(itemsKeyword(items, prefix.length, nodeOf));
  if (contains !== undefined) found.push(containsKeyword(schema, nodeOf(contains)));
  if (uniqueItems === true) found.push(uniqueKeyword);
  return found;
}

function prefixKeyword(nodes: readonly Node[]): Keyword<Filled[]> {
  return (value, situation) => {
    return nodes.every((node, index) => {
      const item = value[index];
      return item === undefined || node(item, below(situation, index), new Evaluated());
    });
  };
}

function itemsKeyword(schema: Json, from: number, nodeOf: MakeNode): Keyword<Filled[]> {
  const node = nodeOf(schema);
  return (value, situation) => {
    if (schema === false && from > 0) {
      const message = `must NOT have more than ${from} items`;
      return value.length <= from || misfit(situation, message);
    }
    return eachFrom(value, from, (item, index) =>
      node(item, below(situation, index), new Evaluated()),
    );
  };
}

function eachFrom(
  value: readonly Filled[],
  from: number,
  holds: (item: Filled, index: number) => boolean,
): boolean {
  return value.every((item, index) => index < from || holds(item, index));
}

function containsKeyword(schema: SchemaObject, node: Node): Keyword<Filled[]> {
  const min = schema["minContains"] === undefined ? 1 : Number(schema["minContains"]);
  const max = schema["maxContains"] === undefined ? undefined : Number(schema["maxContains"]);
  const message =
    max === undefined
      ? `must contain at least ${min} valid item(s)`
      : `must contain at least ${min} and no more than ${max} valid item(s)`;
  if (max === undefined && min === 0) return () => true;
  return (value, situation) => {
    if (max !== undefined && min > max) return misfit(situation, message);
    const before = situation.misfits.length;
    const inside = { ...situation, composite: true };
    const count = value.filter((item, index) =>
      node(item, below(inside, index), new Evaluated()),
    ).length;
    const holds = count >= min && (max === undefined || count <= max);
    // What is wrong with an item is told only where a choice above collects all there is to say.
    if (holds || !situation.composite) situation.misfits.length = before;
    return holds || misfit(situation, message);
  };
}

const uniqueKeyword: Keyword<Filled[]> = (value, situation) => {
  const first = new Map<string, number>();
  for (const [index, item] of value.entries()) {
    const text = canonicalJson(item);
    const earlier = first.get(text);
    if (earlier !== undefined) {
      const which = `items ## ${earlier} and ${index} are identical`;
      return misfit(situation, `must NOT have duplicate items (${which})`);
    }
    first.set(text, index);
  }
  return true;
};
