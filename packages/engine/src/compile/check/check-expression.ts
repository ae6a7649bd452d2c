import { checkExpression } from "../../cel/checker.ts";
import type { Expr, Range } from "../../cel/syntax.ts";
import { withVariables } from "../../cel/environment.ts";
import type { CelType } from "../../cel/type.ts";
import { dynType } from "../../cel/type.ts";
import { typeText } from "../../cel/type-text.ts";
import type { Expression } from "../../document/expression.ts";
import { didYouMean } from "../report.ts";
import { expressionSpan, isSound } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { prune } from "./prune.ts";
import { freeNames } from "./syntax-walk.ts";
import type { TypeScope } from "./type-scope.ts";

/** What an expression must give. `any`: it is only shown. */
export type Wanted = "bool" | "number" | "map" | "text" | "any";

interface Finding {
  readonly code: string;
  readonly message: string;
  readonly range: Range;
  readonly suggestion?: string | undefined;
  readonly tools: (string | undefined)[];
}

/**
 * Type-checks an expression once for every tool it can meet. An error that only some tools have
 * names them.
 */
export function checkTyped(
  expression: Expression,
  wanted: Wanted,
  scopes: readonly TypeScope[],
  set: PolicySet,
): void {
  if (!isSound(expression, set)) return;
  const relevant = dependsOnTool(expression.ast) ? scopesWithAny(scopes) : scopes.slice(0, 1);
  const others = scopes.map(({ args }) => args);
  const findings = new Map<string, Finding>();
  for (const scope of relevant) {
    for (const found of findingsOf(expression, wanted, scope, others)) {
      const key = `${found.code} ${found.range.start} ${found.range.end}`;
      const known = findings.get(key);
      if (known === undefined) findings.set(key, { ...found, tools: [scope.tool?.name] });
      else known.tools.push(scope.tool?.name);
    }
  }
  for (const finding of findings.values()) {
    set.report.add({
      code: finding.code,
      severity: "error",
      message: finding.message + toolsText(finding.tools, relevant.length, finding.message),
      span: expressionSpan(expression, finding.range, set),
      ...(finding.suggestion === undefined ? {} : { suggestion: finding.suggestion }),
    });
  }
}

/**
 * Where there are several, one more in which the arguments could be anything: so that what tests
 * for other tools' arguments hide from each tool is seen at least once.
 */
function scopesWithAny(scopes: readonly TypeScope[]): readonly TypeScope[] {
  const [first] = scopes;
  if (first === undefined || scopes.length === 1) return scopes;
  if (scopes.some(({ tool }) => tool === undefined)) return scopes;
  const environment = withVariables(first.environment, [
    ["args", dynType],
    ["original", dynType],
  ]);
  return [...scopes, { args: dynType, environment, constants: new Map() }];
}

/** Whether the type of anything in the expression depends on the tool. */
function dependsOnTool(ast: Expr): boolean {
  const names = freeNames(ast);
  return names.has("args") || names.has("original") || names.has("variables");
}

function findingsOf(
  expression: Expression,
  wanted: Wanted,
  scope: TypeScope,
  others: readonly CelType[],
): Omit<Finding, "tools">[] {
  const ast = prune(expression.ast, { args: scope.args, others, constants: scope.constants });
  if (typeof ast === "boolean") return [];
  const { type, errors } = checkExpression(ast, scope.environment);
  const found = errors.map(({ code, message, range, suggestion }) => ({
    code,
    // The nearest name is shown as help, and need not be told twice.
    message: message.replace(/; did you mean `[^`]*`\?$/u, ""),
    range,
    suggestion: didYouMean(suggestion),
  }));
  if (errors.length > 0 || fits(type, wanted)) return found;
  const message = `expected ${wantedText[wanted]}, found ${typeText(type)}`;
  const range = { start: 0, end: expression.text.length };
  const suggestion = wanted === "bool" ? "compare it with a value, as in `… == …`" : undefined;
  return [{ code: "wrong_type", message, range, suggestion }];
}

const wantedText: Readonly<Record<Wanted, string>> = {
  bool: "a condition, which is true or false",
  number: "a number",
  map: "a map of arguments",
  text: "text, or a list of texts",
  any: "a value",
};

function fits(type: CelType, wanted: Wanted): boolean {
  if (type.kind === "dyn" || wanted === "any") return true;
  switch (wanted) {
    case "bool":
      return type.kind === "bool";
    case "number":
      return ["int", "uint", "double", "number"].includes(type.kind);
    case "map":
      return type.kind === "map" || type.kind === "object";
    case "text":
      return type.kind === "list"
        ? fits(type.element, "text")
        : ["string", "int"].includes(type.kind);
  }
}

/** Which tools a finding is about, where it is not about all of them or says so itself. */
function toolsText(tools: readonly (string | undefined)[], all: number, message: string): string {
  const named = tools.filter((tool) => tool !== undefined);
  const [first] = named;
  const others = named.length > 1 ? ` and ${named.length - 1} more` : "";
  if (first === undefined || all === 1) return "";
  if (message.includes(`\`${first}\``)) return others === "" ? "" : `, and for${others.slice(4)}`;
  return tools.length === all ? "" : `, for tool \`${first}\`${others}`;
}
