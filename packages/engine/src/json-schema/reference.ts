import type { Json, JsonObject } from "@holdfast/model";
import { Evaluated } from "./node.ts";
import { textOf } from "./value.ts";
import type { Keyword, Node } from "./node.ts";
import type { SchemaObject } from "./value.ts";

const referenceKeywords = new Set(["$ref", "$dynamicRef", "$dynamicAnchor", "$recursiveRef"]);

/** The schemas that a schema may refer to: its own parts, and documents named by their `$id`. */
export class References {
  readonly #schema: JsonObject;
  /** the document that references are relative to */
  readonly #base: string;
  readonly #documents: ReadonlyMap<string, JsonObject>;
  readonly #make: (schema: Json, references: References) => Node;
  readonly #nodes: Map<Json, Node>;
  readonly #outermost: References;

  constructor(
    schema: JsonObject,
    documents: ReadonlyMap<string, JsonObject>,
    make: (schema: Json, references: References) => Node,
    outer?: References,
  ) {
    this.#schema = schema;
    this.#base = typeof schema["$id"] === "string" ? schema["$id"] : "";
    this.#documents = documents;
    this.#make = make;
    this.#nodes = outer === undefined ? new Map() : outer.#nodes;
    this.#outermost = outer === undefined ? this : outer.#outermost;
  }

  root(): Node {
    return this.#shared(this.#schema);
  }

  /** The node of a part of this document. */
  nodeOf(schema: Json): Node {
    if (isSchemaObject(schema) && schema["$id"] !== undefined) {
      throw new Error("`$id` below the root is not taken where code cannot be generated");
    }
    return this.#make(schema, this);
  }

  /** `$ref`, and the meta-schema's `$dynamicRef`, as keywords. */
  keywords(schema: SchemaObject): Keyword[] {
    const { $ref, $dynamicRef } = schema;
    const found: Keyword[] = [];
    if ($dynamicRef !== undefined) found.push(calling(this.#dynamic(textOf($dynamicRef))));
    if ($ref !== undefined) found.push(this.#referring(textOf($ref)));
    if (schema["$recursiveRef"] !== undefined) throw new Error("`$recursiveRef` is not taken");
    return found;
  }

  #referring(ref: string): Keyword {
    const { schema, references } = this.#find(ref);
    const node = references.#shared(schema);
    // A schema that refers to nothing is put in the place of the reference by ajv.
    return refers(schema) ? calling(node) : (value, at, seen) => node(value, at, seen);
  }

  /** Every document of the meta-schema ends where the outermost one is meant. */
  #dynamic(ref: string): Node {
    const root = this.#outermost;
    if (ref !== "#meta" || root.#schema["$dynamicAnchor"] !== "meta") {
      throw new Error("`$dynamicRef` is not taken where code cannot be generated");
    }
    return root.root();
  }

  /** One node for each schema, made when it is first needed: schemas may refer to themselves. */
  #shared(schema: Json): Node {
    const known = this.#nodes.get(schema);
    if (known !== undefined) return known;
    const made: { node: Node } = { node: unmade };
    const node: Node = (value, at, seen) => made.node(value, at, seen);
    if (typeof schema === "object") this.#nodes.set(schema, node);
    made.node = this.#make(schema, this);
    return node;
  }

  #find(ref: string): { schema: Json; references: References } {
    const hash = ref.indexOf("#");
    const name = hash === -1 ? ref : ref.slice(0, hash);
    const fragment = hash === -1 ? "" : ref.slice(hash + 1);
    const references = name === "" ? this : this.#document(name);
    const schema = references === undefined ? undefined : partOf(references.#schema, fragment);
    if (references === undefined || schema === undefined) {
      throw new Error(`can't resolve reference ${ref} from id ${this.#base || "#"}`);
    }
    return { schema, references };
  }

  #document(name: string): References | undefined {
    const address = this.#base === "" ? name : new URL(name, this.#base).href;
    const schema = this.#documents.get(address);
    return schema && new References(schema, this.#documents, this.#make, this);
  }
}

/** What a reference stands for is judged on its own, outside of any choice. */
function calling(node: Node): Keyword {
  return (value, situation, evaluated) => {
    const own = new Evaluated();
    if (!node(value, { ...situation, composite: false }, own)) return false;
    evaluated.merge(own);
    return true;
  };
}

function unmade(): never {
  throw new Error("a schema is held against a value before it is made");
}

/** The part that a JSON pointer or an `$anchor` names. */
function partOf(schema: Json, fragment: string): Json | undefined {
  if (fragment === "" || fragment === "/") return schema;
  if (!fragment.startsWith("/")) return anchored(schema, fragment);
  let part: Json | undefined = schema;
  for (const step of fragment.slice(1).split("/")) {
    const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof part !== "object" || part === null || !Object.hasOwn(part, key)) return undefined;
    part = (part as JsonObject)[key];
  }
  return part;
}

function anchored(schema: Json, name: string): Json | undefined {
  if (typeof schema !== "object" || schema === null) return undefined;
  if (isSchemaObject(schema) && schema["$anchor"] === name) return schema;
  for (const part of Object.values(schema)) {
    const found = anchored(part, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function refers(schema: Json): boolean {
  if (typeof schema !== "object" || schema === null) return false;
  if (Object.keys(schema).some((key) => referenceKeywords.has(key))) return true;
  return Object.values(schema).some(refers);
}

function isSchemaObject(schema: Json): schema is JsonObject {
  return typeof schema === "object" && schema !== null && !Array.isArray(schema);
}
