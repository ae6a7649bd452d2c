import type { Json, JsonObject } from "@holdfast/model";
import { arrayKeywords } from "./array-keyword.ts";
import { choiceKeywords } from "./choice-keyword.ts";
import { misfit } from "./misfit.ts";
import { Evaluated } from "./node.ts";
import { isObject, textOf } from "./value.ts";
import type { Misfit } from "./misfit.ts";
import type { Keyword, Node } from "./node.ts";
import type { Filled, SchemaObject } from "./value.ts";
import { defaultsOf, objectKeywords } from "./object-keyword.ts";
import { References } from "./reference.ts";
import { numberKeywords, textKeywords, wholeKeywords } from "./scalar-keyword.ts";

/** Holds a value against a schema and fills in its defaults; gives what is wrong first. */
export type InterpretedSchema = (value: Filled) => Misfit | undefined;

/**
 * Makes a JSON Schema 2020-12 into closures, for where code must not be generated: the verdicts,
 * words and defaults are those of ajv as the engine sets it up, patterns are RE2, formats say
 * nothing. Not taken: `$id` below the root, dynamic references other than the meta-schema's, and
 * the keywords in `refused`.
 *
 * @throws Error on a schema that cannot be used
 */
export function interpretSchema(
  schema: JsonObject,
  documents: ReadonlyMap<string, JsonObject> = new Map(),
): InterpretedSchema {
  const references = new References(schema, documents, nodeOf);
  const root = references.root();
  return (value) => {
    const misfits: Misfit[] = [];
    const fits = root(value, { path: "", composite: false, misfits }, new Evaluated());
    return fits ? undefined : misfits[0];
  };
}

type TypeName = "number" | "string" | "array" | "object";

/** The keywords of one kind of value, or of all; looked at in this order. */
interface Group {
  readonly type: TypeName | undefined;
  readonly keywords: readonly Keyword[];
}

/** The node of a schema; `references` knows what it may refer to. */
function nodeOf(schema: Json, references: References): Node {
  if (schema === true) return () => true;
  if (schema === false) {
    return (_value, situation) => misfit(situation, "boolean schema is false");
  }
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) {
    throw new Error("schema must be object or boolean");
  }
  return objectNode(schema as SchemaObject, references);
}

/** Of what these have looked at ajv itself keeps no exact account, so nothing could equal it. */
const refused: readonly string[] = ["dependentSchemas", "unevaluatedItems"];

function objectNode(schema: SchemaObject, references: References): Node {
  for (const keyword of refused) {
    if (schema[keyword] === undefined) continue;
    throw new Error(`\`${keyword}\` is not taken where code cannot be generated`);
  }
  const types = typesOf(schema);
  const groups = groupsOf(schema, references);
  const fill = schema["properties"] === undefined ? undefined : defaultsOf(schema);
  // As ajv says it: `nullable` is told of beside a list of types alone.
  const told = Array.isArray(schema["type"]) ? types : types.slice(0, 1);
  const wrongType = `must be ${told.join(",")}`;
  const [only] = types;
  // One type whose keywords are there is asked for where they are looked at, as in ajv.
  const late = types.length === 1 && groups.some(({ type }) => type === only);
  return (value, situation, evaluated) => {
    if (!late && types.length > 0 && !types.some((type) => isOf(type, value))) {
      misfit(situation, wrongType);
      // A choice collects all there is to say, so that what follows is asked as well, as in ajv.
      const [first] = groups;
      if (situation.composite && first?.type === undefined) {
        first?.keywords.every((keyword) => keyword(value, situation, evaluated));
      }
      return false;
    }
    for (const { type, keywords } of groups) {
      if (type !== undefined && !isOf(type, value)) {
        if (late && type === only) return misfit(situation, wrongType);
        continue;
      }
      if (type === "object" && !situation.composite && isObject(value)) fill?.(value);
      if (!keywords.every((keyword) => keyword(value, situation, evaluated))) return false;
    }
    return true;
  };
}

function groupsOf(schema: SchemaObject, references: References): readonly Group[] {
  const make = (inner: Json): Node => references.nodeOf(inner);
  const groups: Group[] = [
    {
      type: undefined,
      keywords: [
        ...references.keywords(schema),
        ...choiceKeywords(schema, make),
        ...listed(schema, wholeKeywords),
      ],
    },
    { type: "number", keywords: listed(schema, numberKeywords) as Keyword[] },
    { type: "string", keywords: listed(schema, textKeywords) as Keyword[] },
    { type: "array", keywords: arrayKeywords(schema, make) as Keyword[] },
    { type: "object", keywords: objectKeywords(schema, make) as Keyword[] },
  ];
  return groups.filter(({ type, keywords }) =>
    type === undefined
      ? keywords.length > 0
      : keywordNames[type].some((name) => schema[name] !== undefined),
  );
}

/** With one of these a schema asks for a type where it looks at them, even those that ask nothing. */
const keywordNames: Readonly<Record<TypeName, readonly string[]>> = {
  number: Object.keys(numberKeywords),
  string: Object.keys(textKeywords),
  array: [
    "maxItems",
    "minItems",
    "prefixItems",
    "items",
    "contains",
    "maxContains",
    "minContains",
    "uniqueItems",
  ],
  object: [
    "maxProperties",
    "minProperties",
    "required",
    "propertyNames",
    "additionalProperties",
    "dependencies",
    "properties",
    "patternProperties",
    "dependentRequired",
    "unevaluatedProperties",
  ],
};

function listed<T extends Filled>(
  schema: SchemaObject,
  table: Readonly<Record<string, (given: Json) => Keyword<T>>>,
): Keyword<T>[] {
  return Object.entries(table).flatMap(([name, make]) => {
    const given = schema[name];
    return given === undefined ? [] : [make(given)];
  });
}

function typesOf(schema: SchemaObject): readonly string[] {
  const { type, nullable } = schema;
  const types = Array.isArray(type) ? type.map(textOf) : type === undefined ? [] : [textOf(type)];
  if (types.includes("null")) {
    if (nullable === false) throw new Error("type: null contradicts nullable: false");
    return types;
  }
  if (types.length === 0 && nullable !== undefined) {
    throw new Error('"nullable" cannot be used without "type"');
  }
  return nullable === true ? [...types, "null"] : types;
}

function isOf(type: string, value: Filled): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "integer":
      return Number.isInteger(value);
    case "number":
      return Number.isFinite(value);
    default:
      return typeof value === type;
  }
}
