import type { Json } from "@holdfast/model";
import { misfit } from "./misfit.ts";
import { Evaluated } from "./node.ts";
import type { Keyword, Node } from "./node.ts";
import type { SchemaObject } from "./value.ts";
import { namedProperties } from "./object-keyword.ts";

type MakeNode = (schema: Json) => Node;

/** The keywords of a schema that hold the same value against other schemas, in order. */
export function choiceKeywords(schema: SchemaObject, nodeOf: MakeNode): Keyword[] {
  const found: Keyword[] = [];
  if (schema["not"] !== undefined) found.push(notKeyword(nodeOf(schema["not"])));
  if (schema["anyOf"] !== undefined) found.push(anyOfKeyword(nodesOf(schema["anyOf"], nodeOf)));
  if (schema["oneOf"] !== undefined) found.push(oneOfKeyword(nodesOf(schema["oneOf"], nodeOf)));
  if (schema["allOf"] !== undefined) found.push(allOfKeyword(nodesOf(schema["allOf"], nodeOf)));
  if (schema["if"] !== undefined) found.push(ifKeyword(schema, schema["if"], nodeOf));
  return found;
}

function nodesOf(schemas: Json, nodeOf: MakeNode): readonly Node[] {
  return Array.isArray(schemas) ? schemas.map((each: Json) => nodeOf(each)) : [];
}

function notKeyword(node: Node): Keyword {
  return (value, situation) => {
    const inside = { ...situation, composite: true, misfits: [] };
    if (!node(value, inside, new Evaluated())) return true;
    return misfit(situation, "must NOT be valid");
  };
}

function anyOfKeyword(nodes: readonly Node[]): Keyword {
  return (value, situation, evaluated) => {
    const before = situation.misfits.length;
    const inside = { ...situation, composite: true };
    let holds = false;
    for (const node of nodes) {
      const own = new Evaluated();
      if (!node(value, inside, own)) continue;
      evaluated.merge(own);
      holds = true;
    }
    if (!holds) return misfit(situation, "must match a schema in anyOf");
    situation.misfits.length = before;
    return true;
  };
}

function oneOfKeyword(nodes: readonly Node[]): Keyword {
  return (value, situation, evaluated) => {
    const before = situation.misfits.length;
    const inside = { ...situation, composite: true };
    let count = 0;
    for (const node of nodes) {
      const own = new Evaluated();
      if (!node(value, inside, own)) continue;
      count += 1;
      if (count > 1) break;
      evaluated.merge(own);
    }
    if (count !== 1) return misfit(situation, "must match exactly one schema in oneOf");
    situation.misfits.length = before;
    return true;
  };
}

function allOfKeyword(nodes: readonly Node[]): Keyword {
  return (value, situation, evaluated) =>
    nodes.every((node) => {
      const own = new Evaluated();
      const holds = node(value, situation, own);
      evaluated.merge(own);
      return holds;
    });
}

function ifKeyword(schema: SchemaObject, condition: Json, nodeOf: MakeNode): Keyword {
  const branches = new Map(
    ["then", "else"].flatMap((name) => {
      const branch = schema[name];
      return branch === undefined ? [] : [[name, nodeOf(branch)] as const];
    }),
  );
  if (branches.size === 0) return () => true;
  const test = nodeOf(condition);
  return (value, situation, evaluated) => {
    const own = new Evaluated();
    const name = test(value, { ...situation, composite: true, misfits: [] }, own) ? "then" : "else";
    evaluated.merge(own);
    namedProperties(condition, evaluated);
    const branch = branches.get(name);
    if (branch === undefined) return true;
    const chosen = new Evaluated();
    if (!branch(value, situation, chosen)) {
      return misfit(situation, `must match "${name}" schema`);
    }
    evaluated.merge(chosen);
    return true;
  };
}
