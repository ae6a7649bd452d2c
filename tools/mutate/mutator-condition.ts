import { replaced } from "./edit.ts";
import type { Edit, Mutator } from "./edit.ts";
import { part } from "./syntax.ts";

const conditional = new Set([
  "IfStatement",
  "WhileStatement",
  "DoWhileStatement",
  "ForStatement",
  "ConditionalExpression",
]);

/** `if (a)` becomes `if (!(a))`; loops and `a ? b : c` alike. */
const conditionNegated: Mutator = {
  name: "condition negated",
  edits: ({ node }, textOf) => {
    const test = conditional.has(node.type) ? part(node, "test") : undefined;
    return test === undefined ? [] : [replaced(test, `!(${textOf(test)})`)];
  },
};

/** `!a` becomes `a`, but where that is the negated condition. */
const negationRemoved: Mutator = {
  name: "negation removed",
  edits: ({ node, above, field }, textOf) => {
    const argument = node.type === "UnaryExpression" ? part(node, "argument") : undefined;
    if (argument === undefined || node["operator"] !== "!") return [];
    if (field === "test" && conditional.has(above.at(-1)?.type ?? "")) return [];
    return [replaced(node, `(${textOf(argument)})`)];
  },
};

/** `a ? b : c` becomes `b`, and `c`. */
const branchFixed: Mutator = {
  name: "branch fixed",
  edits: ({ node }, textOf) =>
    ["consequent", "alternate"].flatMap((field) => {
      const branch = node.type === "ConditionalExpression" ? part(node, field) : undefined;
      return branch === undefined ? [] : [replaced(node, `(${textOf(branch)})`)];
    }),
};

/** `a && b` becomes `a || b`, and the other way around. */
const logicSwapped: Mutator = {
  name: "logic swapped",
  edits: ({ node }, textOf) => {
    const other = node["operator"] === "&&" ? "||" : node["operator"] === "||" ? "&&" : undefined;
    const [left, right] = [part(node, "left"), part(node, "right")];
    if (node.type !== "LogicalExpression" || other === undefined) return [];
    if (left === undefined || right === undefined) return [];
    return [replaced(node, `((${textOf(left)}) ${other} (${textOf(right)}))`)];
  },
};

/** `a ?? b` becomes `a`, and `b`. */
const fallbackFixed: Mutator = {
  name: "fallback fixed",
  edits: ({ node }, textOf) => {
    if (node.type !== "LogicalExpression" || node["operator"] !== "??") return [];
    return ["left", "right"].flatMap((field): readonly Edit[] => {
      const side = part(node, field);
      return side === undefined ? [] : [replaced(node, `(${textOf(side)})`)];
    });
  },
};

/** `a?.b` becomes `a.b`; `a?.[b]` and `a?.(b)` alike. */
const chainRemoved: Mutator = {
  name: "optional chain removed",
  edits: ({ node }, textOf) => {
    const member = node.type === "MemberExpression";
    if (node["optional"] !== true || !(member || node.type === "CallExpression")) return [];
    const object = part(node, member ? "object" : "callee");
    if (object === undefined) return [];
    const at = textOf(node).indexOf("?.", object.end - node.start);
    const start = node.start + at;
    const dot = member && node["computed"] !== true ? "." : "";
    return at < 0 ? [] : [{ start, end: start + 2, replacement: dot }];
  },
};

/** Mutators of what is asked: conditions, logic and what stands in for nothing. */
export const conditionMutators: readonly Mutator[] = [
  conditionNegated,
  negationRemoved,
  branchFixed,
  logicSwapped,
  fallbackFixed,
  chainRemoved,
];
