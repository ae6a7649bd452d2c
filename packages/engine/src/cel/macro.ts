import { SyntaxFault } from "./expression-error.ts";
import type { Expr, Macro, Range } from "./syntax.ts";

/** A call as written, before it is known whether it is a macro. */
export interface WrittenCall {
  readonly function: string;
  readonly functionRange: Range;
  readonly target: Expr | undefined;
  readonly args: readonly Expr[];
  readonly range: Range;
}

/** A form of a macro: how many of its arguments, counted from `variablesAt`, are names it binds. */
interface Form {
  readonly macro: Macro;
  readonly args: number;
  readonly variables: 1 | 2;
}

const forms: readonly Form[] = [
  { macro: "all", args: 2, variables: 1 },
  { macro: "all", args: 3, variables: 2 },
  { macro: "exists", args: 2, variables: 1 },
  { macro: "exists", args: 3, variables: 2 },
  { macro: "exists_one", args: 2, variables: 1 },
  { macro: "exists_one", args: 3, variables: 2 },
  { macro: "existsOne", args: 2, variables: 1 },
  { macro: "existsOne", args: 3, variables: 2 },
  { macro: "map", args: 2, variables: 1 },
  { macro: "map", args: 3, variables: 1 },
  { macro: "filter", args: 2, variables: 1 },
  { macro: "transformList", args: 3, variables: 2 },
  { macro: "transformList", args: 4, variables: 2 },
  { macro: "transformMap", args: 3, variables: 2 },
  { macro: "transformMap", args: 4, variables: 2 },
  { macro: "transformMapEntry", args: 3, variables: 2 },
  { macro: "transformMapEntry", args: 4, variables: 2 },
  { macro: "optMap", args: 2, variables: 1 },
  { macro: "optFlatMap", args: 2, variables: 1 },
];

/**
 * The macro that a call is, or undefined for a plain call (langdef.md, "Macros"; two-variable
 * comprehensions, `cel.bind` and the optional macros as in the cel-spec extensions). As in the
 * spec a macro is known by its name, its style and the number of its arguments. Calls that name
 * an Event or a Meter come out with the name as a string.
 *
 * @throws SyntaxFault when it is one, with arguments it cannot take
 */
export function expandMacro(call: WrittenCall): Expr | undefined {
  if (call.target === undefined) {
    return call.function === "has" && call.args.length === 1 ? expandHas(call) : expandNames(call);
  }
  if (isBind(call)) {
    const [variable, operand, body] = call.args;
    return variable === undefined || operand === undefined || body === undefined
      ? undefined
      : macroNode(call, "bind", operand, [variable], [body]);
  }
  const form = forms.find(
    (candidate) => candidate.macro === call.function && candidate.args === call.args.length,
  );
  return form === undefined
    ? undefined
    : macroNode(
        call,
        form.macro,
        call.target,
        call.args.slice(0, form.variables),
        call.args.slice(form.variables),
      );
}

function isBind(call: WrittenCall): boolean {
  const { target } = call;
  return (
    target?.kind === "ident" &&
    target.name === "cel" &&
    !target.absolute &&
    call.function === "bind" &&
    call.args.length === 3
  );
}

/** Functions of Holdfast whose first arguments, this many, name an Event or a Meter. */
const namesTaken: ReadonlyMap<string, number> = new Map([
  ["happened", 1],
  ["count", 1],
  ["since", 2],
  ["meter", 1],
]);

/** A bare identifier that names an Event or a Meter is the string: `happened(refund)`. */
function expandNames(call: WrittenCall): Expr | undefined {
  const taken = namesTaken.get(call.function);
  if (taken === undefined) {
    return undefined;
  }
  const args = call.args.map((arg, index): Expr => {
    const bare = index < taken && arg.kind === "ident" && !arg.absolute;
    const { range } = arg;
    return bare ? { kind: "constant", constant: { type: "string", value: arg.name }, range } : arg;
  });
  const { functionRange, range } = call;
  return { kind: "call", function: call.function, args, range, functionRange };
}

function expandHas(call: WrittenCall): Expr {
  const [argument] = call.args;
  if (argument?.kind !== "select" || argument.optional) {
    throw new SyntaxFault(
      "cel_macro",
      "`has` takes a field selection, as in `has(args.amount)`",
      argument?.range ?? call.range,
    );
  }
  return {
    kind: "has",
    operand: argument.operand,
    field: argument.field,
    range: call.range,
    fieldRange: argument.fieldRange,
  };
}

function macroNode(
  call: WrittenCall,
  macro: Macro,
  operand: Expr,
  names: readonly Expr[],
  args: readonly Expr[],
): Expr {
  const variables = names.map((name) => {
    if (name.kind !== "ident" || name.absolute) {
      throw new SyntaxFault(
        "cel_macro",
        `\`${call.function}\` wants a plain variable name here, as in \`x\``,
        name.range,
      );
    }
    return { name: name.name, range: name.range };
  });
  const [first, second] = variables;
  if (second !== undefined && first?.name === second.name) {
    throw new SyntaxFault(
      "cel_macro",
      `the two variables of \`${call.function}\` need different names`,
      second.range,
    );
  }
  return { kind: "macro", macro, operand, variables, args, range: call.range };
}
