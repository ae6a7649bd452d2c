import type { Json } from "@holdfast/model";
import { misfit } from "./misfit.ts";
import { below, Evaluated } from "./node.ts";
import type { Keyword, Node } from "./node.ts";
import type { Filled, FilledObject, SchemaObject } from "./value.ts";
import { patternOf } from "./scalar-keyword.ts";

type MakeNode = (schema: Json) => Node;
type ObjectKeyword = Keyword<FilledObject>;

/** The keywords of objects that a schema has, in order. */
export function objectKeywords(schema: SchemaObject, nodeOf: MakeNode): ObjectKeyword[] {
  const { maxProperties, minProperties, required, propertyNames } = schema;
  const found: ObjectKeyword[] = [];
  if (maxProperties !== undefined) {
    const message = `must NOT have more than ${Number(maxProperties)} properties`;
    found.push((value, at) => sizeOf(value) <= Number(maxProperties) || misfit(at, message));
  }
  if (minProperties !== undefined) {
    const message = `must NOT have fewer than ${Number(minProperties)} properties`;
    found.push((value, at) => sizeOf(value) >= Number(minProperties) || misfit(at, message));
  }
  if (Array.isArray(required)) found.push(requiredKeyword(required.map(String)));
  if (propertyNames !== undefined) found.push(namesKeyword(nodeOf(propertyNames)));
  if (schema["additionalProperties"] !== undefined) found.push(additionalKeyword(schema, nodeOf));
  if (schema["dependencies"] !== undefined) {
    found.push(dependentRequiredKeyword(membersOf(schema["dependencies"])));
  }
  if (schema["properties"] !== undefined) found.push(propertiesKeyword(schema, nodeOf));
  const { patternProperties, dependentRequired } = schema;
  if (patternProperties !== undefined) {
    found.push(patternPropertiesKeyword(membersOf(patternProperties), nodeOf));
  }
  if (dependentRequired !== undefined) {
    found.push(dependentRequiredKeyword(membersOf(dependentRequired)));
  }
  const { unevaluatedProperties } = schema;
  if (unevaluatedProperties !== undefined) {
    found.push(unevaluatedKeyword(unevaluatedProperties, nodeOf));
  }
  return found;
}

function sizeOf(value: FilledObject): number {
  return Object.keys(value).length;
}

/** The members of a map of schemas. `__proto__` names none, as in ajv. */
function membersOf(map: Json | undefined): [string, Json][] {
  if (typeof map !== "object" || map === null || Array.isArray(map)) return [];
  return Object.entries(map).filter(([name]) => name !== "__proto__");
}

function has(value: FilledObject, name: string): boolean {
  return Object.hasOwn(value, name) && value[name] !== undefined;
}

function requiredKeyword(names: readonly string[]): ObjectKeyword {
  return (value, situation) => {
    const missing = names.find((name) => !has(value, name));
    if (missing === undefined) return true;
    return misfit(situation, `must have required property '${missing}'`);
  };
}

function namesKeyword(node: Node): ObjectKeyword {
  return (value, situation) => {
    const inside = { ...situation, composite: true };
    const wrong = Object.keys(value).some((name) => !node(name, inside, new Evaluated()));
    return !wrong || misfit(situation, "property name must be valid");
  };
}

function additionalKeyword(schema: SchemaObject, nodeOf: MakeNode): ObjectKeyword {
  const { additionalProperties = true, properties, patternProperties } = schema;
  const node = nodeOf(additionalProperties);
  const declared = new Set(membersOf(properties).map(([name]) => name));
  const patterns = membersOf(patternProperties).map(([pattern]) => patternOf(pattern));
  return (value, situation, evaluated) => {
    evaluated.properties = true;
    return Object.entries(value).every(([name, member]) => {
      if (declared.has(name) || patterns.some((finds) => finds(name))) return true;
      if (additionalProperties === false) {
        const params = { additionalProperty: name };
        return misfit(situation, "must NOT have additional properties", params);
      }
      return node(member, below(situation, name), new Evaluated());
    });
  };
}

function propertiesKeyword({ properties }: SchemaObject, nodeOf: MakeNode): ObjectKeyword {
  const members = membersOf(properties).map(([name, schema]) => ({ name, node: nodeOf(schema) }));
  const names = members.map(({ name }) => name);
  return (value, situation, evaluated) => {
    evaluated.addProperties(names);
    return members.every(({ name, node }) => {
      const member = has(value, name) ? value[name] : undefined;
      return member === undefined || node(member, below(situation, name), new Evaluated());
    });
  };
}

/** Fills in the defaults of `properties`; in the order and the cases in which ajv does. */
export function defaultsOf({ properties }: SchemaObject): (value: FilledObject) => void {
  const found = membersOf(properties).flatMap(([name, schema]) => {
    const value = typeof schema === "object" && schema !== null ? defaultIn(schema) : undefined;
    return value === undefined ? [] : [{ name, text: JSON.stringify(value) }];
  });
  return (value) => {
    for (const { name, text } of found) {
      if (value[name] === undefined) value[name] = JSON.parse(text) as Filled;
    }
  };
}

function defaultIn(schema: object): Json | undefined {
  return "default" in schema ? (schema.default as Json) : undefined;
}

function patternPropertiesKeyword(
  members: readonly (readonly [string, Json])[],
  nodeOf: MakeNode,
): ObjectKeyword {
  const patterns = members.map(([pattern, schema]) => ({
    finds: patternOf(pattern),
    node: nodeOf(schema),
  }));
  return (value, situation, evaluated) => {
    for (const { finds, node } of patterns) {
      let holds = true;
      for (const [name, member] of Object.entries(value)) {
        if (!finds(name)) continue;
        evaluated.addProperties([name]);
        holds = node(member, below(situation, name), new Evaluated()) && holds;
      }
      if (!holds) return false;
    }
    return true;
  };
}

function dependentRequiredKeyword(members: readonly (readonly [string, Json])[]): ObjectKeyword {
  return (value, situation) =>
    members.every(([name, names]) => {
      if (!Array.isArray(names) || !has(value, name)) return true;
      const wanted = names.map(String);
      if (wanted.every((each) => has(value, each))) return true;
      const word = wanted.length === 1 ? "property" : "properties";
      const message = `must have ${word} ${wanted.join(", ")} when property ${name} is present`;
      return misfit(situation, message);
    });
}

function unevaluatedKeyword(schema: Json, nodeOf: MakeNode): ObjectKeyword {
  const node = nodeOf(schema);
  return (value, situation, evaluated) => {
    const known = evaluated.properties;
    evaluated.properties = true;
    if (known === true) return true;
    return Object.entries(value).every(([name, member]) => {
      if (known.has(name)) return true;
      if (schema === false) {
        const params = { unevaluatedProperty: name };
        return misfit(situation, "must NOT have unevaluated properties", params);
      }
      return node(member, below(situation, name), new Evaluated());
    });
  };
}

/** Properties that ajv takes for looked at by a schema whether or not the value fits it. */
export function namedProperties(schema: Json, evaluated: Evaluated): void {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return;
  const { properties, additionalProperties, unevaluatedProperties, allOf } = schema as SchemaObject;
  evaluated.addProperties(membersOf(properties).map(([name]) => name));
  if (additionalProperties !== undefined || unevaluatedProperties !== undefined) {
    evaluated.properties = true;
  }
  if (Array.isArray(allOf)) for (const each of allOf) namedProperties(each, evaluated);
}
