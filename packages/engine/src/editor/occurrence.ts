import type { Scalar } from "yaml";
import { pathOf, walk } from "../compile/check/syntax-walk.ts";
import type { Expr, Range } from "../cel/syntax.ts";
import type { NameSet } from "../cel/type.ts";
import type { Expression } from "../document/expression.ts";
import { conditionsIn } from "./condition-place.ts";
import { firstScope } from "./condition-scope.ts";
import { viewCondition } from "./condition-view.ts";
import type { SymbolKind } from "./name-place.ts";
import { placesOf } from "./name-place.ts";
import type { LooseDocument, PolicySurvey } from "./survey.ts";
import { partsOf, pieceOf } from "./yaml-part.ts";

/** One place where a name of a policy set is written. */
export interface Occurrence {
  readonly kind: SymbolKind;
  readonly name: string;
  /** the Policy that a variable, a param or a rule belongs to */
  readonly policy?: string;
  readonly file: string;
  /** of the name alone, in UTF-16 units of the file, `end` exclusive */
  readonly start: number;
  readonly end: number;
  readonly defines: boolean;
  /** how it is written: as text, without quotes in a condition, or as a field behind a dot */
  readonly form: "text" | "bare" | "field";
}

/** Every name of a policy set wherever it stands, by file and place. */
export function occurrencesIn(survey: PolicySurvey): readonly Occurrence[] {
  return [...survey.documents].flatMap(([file, documents]) =>
    documents.flatMap((document) => [
      ...yamlOccurrences(document, file),
      ...conditionOccurrences(document, file, survey),
    ]),
  );
}

/** The name written at an offset of a file. */
export function occurrenceAt(
  survey: PolicySurvey,
  file: string,
  offset: number,
): Occurrence | undefined {
  return occurrencesIn(survey).find(
    (each) => each.file === file && each.start <= offset && offset <= each.end,
  );
}

/** Whether two places name the same thing. A label is one thing wherever it is asked for. */
export function isSameName(one: Occurrence, other: Occurrence): boolean {
  const kind = (each: Occurrence): string => (each.kind === "source" ? "label" : each.kind);
  return kind(one) === kind(other) && one.name === other.name && one.policy === other.policy;
}

function yamlOccurrences({ yaml, kind, name }: LooseDocument, file: string): Occurrence[] {
  if (kind === undefined) return [];
  const found: Occurrence[] = [];
  for (const { path, scalar, isKey } of partsOf(yaml.root)) {
    if (typeof scalar.value !== "string") continue;
    for (const place of placesOf(kind, path, isKey)) {
      const { prefix = "", defines = false } = place;
      const text = scalar.value;
      if (!text.startsWith(prefix)) continue;
      const own = place.kind === "variable" || place.kind === "param" || place.kind === "rule";
      const at = (from: number, to: number) => ({
        file,
        defines,
        ...spanOf(scalar, from, to, yaml.file.text),
      });
      if (place.kind === "rule" && !defines) {
        found.push(...ruleReference(text, at));
      } else if (place.kind === "tool" && !defines && text.endsWith(".*")) {
        found.push({
          kind: "server",
          name: text.slice(0, -2),
          form: "text",
          ...at(0, text.length - 2),
        });
      } else {
        found.push({
          kind: place.kind,
          name: text.slice(prefix.length),
          ...(own ? { policy: name } : {}),
          form: "text",
          ...at(prefix.length, text.length),
        });
      }
    }
  }
  return found;
}

type At = (from: number, to: number) => Pick<Occurrence, "file" | "start" | "end" | "defines">;

/** `policy/rule` names both. */
function ruleReference(text: string, at: At): Occurrence[] {
  const cut = text.indexOf("/");
  if (cut < 0) return [];
  const [policy, name] = [text.slice(0, cut), text.slice(cut + 1)];
  return [
    { kind: "policy", name: policy, form: "text", ...at(0, cut) },
    { kind: "rule", name, policy, form: "text", ...at(cut + 1, text.length) },
  ];
}

function spanOf(scalar: Scalar, from: number, to: number, text: string) {
  const { offsets } = pieceOf(scalar, text);
  const start = offsets[from] ?? 0;
  return { start, end: to > from ? (offsets[to - 1] ?? start) + 1 : start };
}

const kindOfSet: Readonly<Partial<Record<NameSet, SymbolKind>>> = {
  classification: "classification",
  environment: "environment",
  event: "event",
  label: "label",
  meter: "meter",
  role: "role",
  source: "label",
  tool: "tool",
};

function conditionOccurrences(
  document: LooseDocument,
  file: string,
  survey: PolicySurvey,
): Occurrence[] {
  const conditions = conditionsIn(document);
  if (conditions.length === 0) return [];
  const environment = firstScope(document, survey);
  return conditions.flatMap(({ expression }) => {
    const at = (range: Range) => ({ file, defines: false, ...placeOf(expression, range) });
    const found: Occurrence[] = [];
    for (const { expr, set } of viewCondition(expression.ast, environment).names) {
      const kind = kindOfSet[set];
      const literal = kind === undefined ? undefined : literalAt(expr, expression);
      if (kind === undefined || literal === undefined) continue;
      found.push({ kind, name: literal.name, form: literal.form, ...at(literal.range) });
    }
    walk(expression.ast, (expr, bound) => {
      const member = memberOf(expr, bound, expression);
      if (member === undefined) return;
      const own = member.kind === "variable" || member.kind === "param";
      const { kind, name, form, range } = member;
      found.push({ kind, name, form, ...(own ? { policy: document.name } : {}), ...at(range) });
    });
    return found;
  });
}

function placeOf({ offsets }: Expression, { start, end }: Range) {
  const from = offsets[start] ?? 0;
  return { start: from, end: (offsets[end - 1] ?? from) + 1 };
}

interface Literal {
  readonly name: string;
  readonly form: Occurrence["form"];
  readonly range: Range;
}

/** A name as a literal: in plain quotes, or bare where the parser takes that for one. */
function literalAt(expr: Expr, { text }: Expression): Literal | undefined {
  if (expr.kind !== "constant" || expr.constant.type !== "string") return undefined;
  const { value: name } = expr.constant;
  const { start, end } = expr.range;
  const written = text.slice(start, end);
  if (written === name) return { name, form: "bare", range: expr.range };
  if (written.slice(1, -1) !== name) return undefined;
  return { name, form: "text", range: { start: start + 1, end: end - 1 } };
}

const roots: ReadonlyMap<string, SymbolKind> = new Map([
  ["variables", "variable"],
  ["params", "param"],
  ["lists", "list"],
  ["external", "external"],
]);

/** `variables.NAME` and its like, also with the name in brackets. */
function memberOf(
  expr: Expr,
  bound: ReadonlySet<string>,
  expression: Expression,
): (Literal & { readonly kind: SymbolKind }) | undefined {
  const path = pathOf(expr);
  const kind = path === undefined || bound.has(path.root) ? undefined : roots.get(path.root);
  if (path === undefined || kind === undefined || path.fields.length !== 1) return undefined;
  if (expr.kind === "select")
    return { kind, name: expr.field, form: "field", range: expr.fieldRange };
  const key = expr.kind === "call" ? expr.args[1] : undefined;
  const literal = key === undefined ? undefined : literalAt(key, expression);
  return literal === undefined ? undefined : { kind, ...literal };
}
