import { parseExpression } from "../cel/parse.ts";
import { SyntaxFault } from "../cel/expression-error.ts";
import { tokenize } from "../cel/lexer.ts";
import type { FunctionDeclaration } from "../cel/declaration.ts";
import type { TypeEnvironment } from "../cel/environment.ts";
import type { Expr } from "../cel/syntax.ts";
import type { CelType, NameSet } from "../cel/type.ts";
import { typeText } from "../cel/type-text.ts";
import { firstScope } from "./condition-scope.ts";
import { viewCondition } from "./condition-view.ts";
import type { LooseDocument, PolicySurvey } from "./survey.ts";

/** One thing that can be written. */
export interface CompletionItem {
  readonly label: string;
  readonly kind: "key" | "value" | "name" | "variable" | "field" | "function";
  /** a type, or the forms of a function */
  readonly detail?: string;
  /** in words; may be empty */
  readonly documentation: string;
  readonly insert: string;
}

interface Completed {
  /** how much of the text before the cursor is what is being typed */
  readonly length: number;
  readonly items: readonly CompletionItem[];
}

/** Stands for what is being typed. */
const blank = "holdfast_cursor";

/** A condition around the cursor; what stands behind it may be cut off anywhere. */
export interface OpenCondition {
  readonly before: string;
  readonly behind: string;
}

/** What can be written at the cursor of a condition that need not be whole. */
export function completeCondition(
  { before, behind }: OpenCondition,
  document: LooseDocument,
  survey: PolicySurvey,
): Completed {
  const environment = firstScope(document, survey);
  const quote = openQuote(before);
  const word = (quote === undefined ? /[A-Za-z0-9_]*$/u : /[^"']*$/u).exec(before)?.[0] ?? "";
  const start = before.slice(0, before.length - word.length);
  const views = wholeTexts(`${start}${blank}`, quote ?? "", behind.replace(/^\w*/u, "")).map(
    (ast) => viewCondition(ast, environment),
  );
  const length = word.length;
  const name = views.flatMap(({ names }) => names).find(({ expr }) => isBlank(expr));
  if (quote !== undefined) {
    return { length, items: name === undefined ? [] : nameItems(name.set, environment) };
  }
  const parts = views.flatMap((view) => view.parts);
  const selected = parts.find(({ expr }) => expr.kind === "select" && expr.field === blank);
  if (selected !== undefined && selected.expr.kind === "select") {
    const { operand } = selected.expr;
    const receiver = parts.find(({ expr }) => expr === operand);
    return { length, items: memberItems(operand, receiver?.type, environment) };
  }
  const own = parts.find(({ expr }) => expr.kind === "ident" && expr.name === blank);
  const locals = own?.locals ?? new Map<string, CelType>();
  return {
    length,
    items: [
      ...(name === undefined ? [] : nameItems(name.set, environment, '"')),
      ...[...locals].map(([local, type]) => variableItem(local, type)),
      ...plainItems(environment),
    ],
  };
}

/** The condition of a reason that the cursor is in; undefined outside of braces. */
export function openReason({ before, behind }: OpenCondition): OpenCondition | undefined {
  const plain = before.replaceAll("{{", "  ").replaceAll("}}", "  ");
  const open = plain.lastIndexOf("{");
  if (open <= plain.lastIndexOf("}")) return undefined;
  return { before: before.slice(open + 1), behind: behind.split("}")[0] ?? "" };
}

/** The quote of a text that is not closed. */
function openQuote(typed: string): string | undefined {
  try {
    tokenize(typed);
    return undefined;
  } catch (fault) {
    if (!(fault instanceof SyntaxFault) || fault.code !== "cel_unterminated_string")
      return undefined;
    const opening = /^[rRbB]*("""|'''|"|')/u.exec(typed.slice(fault.range.start));
    return opening?.[1];
  }
}

const closing: ReadonlyMap<string, string> = new Map([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
]);

/**
 * The trees that the text may become: with what stands behind it, and with everything closed that
 * is open in it; those that more was known of come first.
 */
function wholeTexts(text: string, quote: string, behind: string): readonly Expr[] {
  const closed = `${text}${quote}`;
  const closers = closersOf(closed);
  const argument = closers.startsWith(")")
    ? [`, duration("1s")${closers}`, `, true${closers}`]
    : [];
  const endings = [closers, `: null${closers}`, ...argument].map((ending) => closed + ending);
  return [`${text}${behind}`, ...endings].flatMap((each) => {
    const parsed = parseExpression(each);
    return parsed.ok ? [parsed.ast] : [];
  });
}

function closersOf(text: string): string {
  let closers = "";
  try {
    for (const { kind, text: mark } of tokenize(text)) {
      if (kind !== "punctuator") continue;
      const close = closing.get(mark);
      if (close !== undefined) closers = close + closers;
      else if (")]}".includes(mark)) closers = closers.slice(1);
    }
  } catch (fault) {
    if (!(fault instanceof SyntaxFault)) throw fault;
  }
  return closers;
}

function isBlank(expr: Expr): boolean {
  return (
    expr.kind === "constant" &&
    expr.constant.type === "string" &&
    expr.constant.value.endsWith(blank)
  );
}

function nameItems(
  set: NameSet,
  { names }: TypeEnvironment,
  quote = "",
): readonly CompletionItem[] {
  const found = [...(names.get(set) ?? [])];
  return found.map((label) => ({
    label,
    kind: "name",
    detail: set.replaceAll("_", " "),
    documentation: "",
    insert: `${quote}${label}${quote}`,
  }));
}

function variableItem(label: string, type: CelType): CompletionItem {
  return { label, kind: "variable", detail: typeText(type), documentation: "", insert: label };
}

function plainItems({ variables, functions }: TypeEnvironment): readonly CompletionItem[] {
  return [
    ...[...variables].map(([name, type]) => variableItem(name, type)),
    ...[...functions.values()].flatMap((each) =>
      functionItem(each, (overload) => overload.target === undefined),
    ),
    ...["has", "math", "base64", "sets", "strings", "lists", "optional"]
      .filter(
        (name) =>
          name === "has" || [...functions.keys()].some((each) => each.startsWith(`${name}.`)),
      )
      .filter((name) => !variables.has(name))
      .map((name): CompletionItem => ({
        label: name,
        kind: "function",
        documentation: "",
        insert: name,
      })),
  ];
}

type Overload = FunctionDeclaration["overloads"][number];

function functionItem(
  { name, summary, overloads }: FunctionDeclaration,
  fits: (overload: Overload) => boolean,
  label = name,
): readonly CompletionItem[] {
  const forms = overloads.filter(fits);
  if (forms.length === 0 || !/^[A-Za-z]\w*$/u.test(label)) return [];
  const detail = forms
    .slice(0, 4)
    .map(({ text }) => text)
    .join("\n");
  return [{ label, kind: "function", detail, documentation: summary, insert: label }];
}

function memberItems(
  operand: Expr,
  type: CelType | undefined,
  { variables, functions }: TypeEnvironment,
): readonly CompletionItem[] {
  const all = [...functions.values()];
  if (operand.kind === "ident" && !variables.has(operand.name)) {
    const space = `${operand.name}.`;
    const own = all.filter(({ name }) => name.startsWith(space));
    if (own.length > 0) {
      return own.flatMap((each) => functionItem(each, () => true, each.name.slice(space.length)));
    }
  }
  const plain = type === undefined ? undefined : bare(type);
  const methods = all.flatMap((each) =>
    functionItem(each, ({ target }) => target !== undefined && accepts(target, plain)),
  );
  return [...fieldItems(plain), ...macroItems(plain), ...methods];
}

function bare(type: CelType): CelType {
  return type.kind === "nullable" ? bare(type.of) : type;
}

function accepts(target: CelType, type: CelType | undefined): boolean {
  if (type === undefined || type.kind === "dyn") return true;
  if (target.kind === "dyn" || target.kind === "variable") return true;
  if (type.kind === "object") return target.kind === "map";
  return target.kind === type.kind;
}

function fieldItems(type: CelType | undefined): readonly CompletionItem[] {
  if (type?.kind !== "object") return [];
  return [...type.fields].map(([label, { type: field, optional }]) => ({
    label,
    kind: "field",
    detail: `${typeText(field)}${optional ? ", may be absent" : ""}`,
    documentation: "",
    insert: label,
  }));
}

const macros: readonly (readonly [name: string, summary: string])[] = [
  ["all", "whether a condition holds for every element"],
  ["exists", "whether it holds for at least one"],
  ["exists_one", "whether it holds for exactly one"],
  ["filter", "the elements for which it holds"],
  ["map", "what an expression gives for each element"],
];

function macroItems(type: CelType | undefined): readonly CompletionItem[] {
  if (type !== undefined && !["list", "map", "object", "dyn"].includes(type.kind)) return [];
  return macros.map(([label, documentation]) => ({
    label,
    kind: "function",
    detail: `.${label}(x, …)`,
    documentation,
    insert: label,
  }));
}
