import { replaced } from "./edit.ts";
import type { Mutator } from "./edit.ts";
import { isText, part } from "./syntax.ts";

const boundaries: Readonly<Record<string, string>> = { "<": "<=", "<=": "<", ">": ">=", ">=": ">" };
const equalities: Readonly<Record<string, string>> = {
  "===": "!==",
  "!==": "===",
  "==": "!=",
  "!=": "==",
};
const arithmetic: Readonly<Record<string, string>> = {
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
  "**": "*",
  "&": "|",
  "|": "&",
  "^": "&",
  "<<": ">>",
  ">>": "<<",
  ">>>": "<<",
};

function operatorSwapped(name: string, swaps: Readonly<Record<string, string>>): Mutator {
  return {
    name,
    edits: ({ node }, textOf) => {
      if (node.type !== "BinaryExpression") return [];
      const other = Object.hasOwn(swaps, String(node["operator"]))
        ? swaps[String(node["operator"])]
        : undefined;
      const [left, right] = [part(node, "left"), part(node, "right")];
      if (other === undefined || left === undefined || right === undefined) return [];
      // Text has no difference: `+` joins it.
      if (other === "-" && (isText(left) || isText(right))) return [];
      return [replaced(node, `((${textOf(left)}) ${other} (${textOf(right)}))`)];
    },
  };
}

const assignments: Readonly<Record<string, string>> = {
  "+=": "-=",
  "-=": "+=",
  "*=": "/=",
  "/=": "*=",
  "|=": "&=",
  "&=": "|=",
  "^=": "&=",
  "<<=": ">>=",
  ">>=": "<<=",
  "??=": "=",
  "||=": "=",
  "&&=": "=",
};

/** `a += b` becomes `a -= b`, and so on; what assigns on a condition assigns always. */
const assignmentSwapped: Mutator = {
  name: "assignment swapped",
  edits: ({ node }, textOf) => {
    if (node.type !== "AssignmentExpression") return [];
    const operator = String(node["operator"]);
    const other = Object.hasOwn(assignments, operator) ? assignments[operator] : undefined;
    const [left, right] = [part(node, "left"), part(node, "right")];
    if (other === undefined || left === undefined || right === undefined) return [];
    if (other === "-=" && isText(right)) return [];
    return [replaced(node, `${textOf(left)} ${other} ${textOf(right)}`)];
  },
};

/** `a++` becomes `a--`, and the other way around. */
const stepReversed: Mutator = {
  name: "step reversed",
  edits: ({ node }, textOf) => {
    if (node.type !== "UpdateExpression") return [];
    const other = node["operator"] === "++" ? "--" : "++";
    const argument = part(node, "argument");
    if (argument === undefined) return [];
    const text = textOf(argument);
    return [replaced(node, node["prefix"] === true ? other + text : text + other)];
  },
};

/** `-a` becomes `a`. */
const signRemoved: Mutator = {
  name: "sign removed",
  edits: ({ node }, textOf) => {
    const argument = node.type === "UnaryExpression" ? part(node, "argument") : undefined;
    if (argument === undefined || !["-", "~"].includes(String(node["operator"]))) return [];
    return [replaced(node, `(${textOf(argument)})`)];
  },
};

/** Mutators of operators: comparisons, arithmetic and assignment. */
export const operatorMutators: readonly Mutator[] = [
  operatorSwapped("boundary moved", boundaries),
  operatorSwapped("equality swapped", equalities),
  operatorSwapped("arithmetic swapped", arithmetic),
  assignmentSwapped,
  stepReversed,
  signRemoved,
];
