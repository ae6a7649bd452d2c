import { replaced } from "./edit.ts";
import type { Mutator } from "./edit.ts";
import { textOf as nameOf } from "../tidy/source-file.ts";
import type { SyntaxNode } from "../tidy/source-file.ts";
import { bare, methodNameOf, methodOf, part, parts } from "./syntax.ts";

/** `true` becomes `false`, and the other way around. */
const booleanFlipped: Mutator = {
  name: "boolean flipped",
  edits: ({ node }) =>
    node.type === "Literal" && typeof node["value"] === "boolean"
      ? [replaced(node, node["value"] ? "false" : "true")]
      : [],
};

/** `3` becomes `4`, and `2`; `0` only `1`. */
const numberMoved: Mutator = {
  name: "number moved",
  edits: ({ node }) => {
    if (node.type !== "Literal") return [];
    if (typeof node["bigint"] === "string") {
      const value = BigInt(node["bigint"]);
      const above = replaced(node, `${value + 1n}n`);
      return value === 0n ? [above] : [above, replaced(node, `${value - 1n}n`)];
    }
    const value = node["value"];
    if (typeof value !== "number") return [];
    const above = replaced(node, `${value + 1}`);
    return value === 0 ? [above] : [above, replaced(node, `${value - 1}`)];
  },
};

/** `"a"` becomes `""`, and a template an empty one. */
const textEmptied: Mutator = {
  name: "text emptied",
  edits: ({ node, above }) => {
    if (node.type === "TemplateLiteral") {
      const tagged = above.at(-1)?.type === "TaggedTemplateExpression";
      return tagged || node.end - node.start <= 2 ? [] : [replaced(node, "``")];
    }
    const text = node.type === "Literal" ? node["value"] : undefined;
    return typeof text === "string" && text !== "" ? [replaced(node, '""')] : [];
  },
};

/** `[a, ...b]` becomes `[...b]`, and `[a]`. */
const elementRemoved: Mutator = {
  name: "element removed",
  edits: ({ node }, textOf) => {
    const elements = node.type === "ArrayExpression" ? parts(node, "elements") : [];
    return elements.map((element) => {
      const rest = elements.filter((other) => other !== element).map(textOf);
      return replaced(node, `[${rest.join(", ")}]`);
    });
  },
};

/** `{ ...a, b }` becomes `{ b }`. */
const spreadRemoved: Mutator = {
  name: "spread removed",
  edits: ({ node }, textOf) => {
    const properties = node.type === "ObjectExpression" ? parts(node, "properties") : [];
    return properties
      .filter(({ type }) => type === "SpreadElement")
      .map((spread) => {
        const rest = properties.filter((other) => other !== spread).map(textOf);
        return replaced(node, `{ ${rest.join(", ")} }`);
      });
  },
};

const methods: ReadonlyMap<string, string> = new Map([
  ["some", "every"],
  ["every", "some"],
  ["min", "max"],
  ["max", "min"],
  ["startsWith", "endsWith"],
  ["endsWith", "startsWith"],
  ["find", "findLast"],
  ["findLast", "find"],
]);

/** `a.some(b)` becomes `a.every(b)`, and so on. */
const methodSwapped: Mutator = {
  name: "method swapped",
  edits: ({ node }) => {
    const method = methodOf(node);
    const other = methods.get(methodNameOf(node) ?? "");
    return method === undefined || other === undefined ? [] : [replaced(method, other)];
  },
};

const arranging = new Set(["filter", "toSorted", "toReversed", "sort"]);

/** `a.filter(b)` becomes `a`; sorting and turning around alike. */
const arrangementRemoved: Mutator = {
  name: "arrangement removed",
  edits: ({ node }, textOf) => {
    if (!arranging.has(methodNameOf(node) ?? "")) return [];
    const object = part(bare(part(node, "callee")), "object");
    return object === undefined ? [] : [replaced(node, `(${textOf(object)})`)];
  },
};

const comparing = new Set(["===", "!==", "==", "!=", "<", "<=", ">", ">=", "in", "instanceof"]);
const asking = new Set(["some", "every", "includes", "has", "startsWith", "endsWith", "test"]);
const listing = new Set(["map", "filter", "flatMap", "toSorted", "slice", "concat", "flat"]);

/** What a returned expression is by its looks. */
function looks(node: SyntaxNode): "truth" | "list" | "nothing" | "branches" | "value" {
  const inner = bare(node);
  if (inner === undefined) return "nothing";
  switch (inner.type) {
    case "Literal":
      return typeof inner["value"] === "boolean" ? "nothing" : "value";
    case "Identifier":
      return nameOf(inner) === "undefined" ? "nothing" : "value";
    case "UnaryExpression":
      return inner["operator"] === "!" ? "truth" : "value";
    case "BinaryExpression":
      return comparing.has(String(inner["operator"])) ? "truth" : "value";
    case "LogicalExpression":
      return inner["operator"] === "??" ? "value" : "truth";
    case "ArrayExpression":
      return "list";
    case "ConditionalExpression":
      return "branches";
    case "CallExpression": {
      const name = methodNameOf(inner) ?? "";
      return asking.has(name) ? "truth" : listing.has(name) ? "list" : "value";
    }
    default:
      return "value";
  }
}

/** `return a` becomes `return true`, `false`, `[]` or `undefined`, whichever `a` may be. */
const returnReplaced: Mutator = {
  name: "return replaced",
  edits: ({ node, above, field }, textOf) => {
    const returns = above.at(-1)?.type === "ReturnStatement" && field === "argument";
    const yields = above.at(-1)?.type === "ArrowFunctionExpression" && field === "body";
    if (!returns && !(yields && node.type !== "BlockStatement")) return [];
    switch (looks(node)) {
      case "truth":
        return [replaced(node, "true"), replaced(node, "false")];
      case "list":
        return /^\[\s*\]$/u.test(textOf(node)) ? [] : [replaced(node, "[]")];
      case "value":
        return [replaced(node, "undefined")];
      case "nothing":
      case "branches":
        return [];
    }
  },
};

/** Mutators of values: literals, collections, methods and what is returned. */
export const valueMutators: readonly Mutator[] = [
  booleanFlipped,
  numberMoved,
  textEmptied,
  elementRemoved,
  spreadRemoved,
  methodSwapped,
  arrangementRemoved,
  returnReplaced,
];
