import { nearestName } from "@holdfast/model";
import { reject } from "./checking.ts";
import type { Checking, CheckScope } from "./checking.ts";
import { pathText } from "./flow.ts";
import type { Expr, Range } from "./syntax.ts";
import type { CelType, ObjectType } from "./type.ts";
import { dynType } from "./type.ts";
import { typeText } from "./type-text.ts";

type Ident = Extract<Expr, { readonly kind: "ident" }>;
type Selection = Extract<Expr, { readonly kind: "select" | "has" }>;

/** The names of types, which are values too (langdef.md, "Type Values"). */
const typeNames: ReadonlyMap<string, CelType> = new Map<string, CelType>([
  ["bool", { kind: "bool" }],
  ["bytes", { kind: "bytes" }],
  ["double", { kind: "double" }],
  ["int", { kind: "int" }],
  ["list", { kind: "list", element: dynType }],
  ["map", { kind: "map", key: dynType, value: dynType }],
  ["null_type", { kind: "null" }],
  ["optional_type", { kind: "optional", of: dynType }],
  ["string", { kind: "string" }],
  ["type", { kind: "type", of: dynType }],
  ["uint", { kind: "uint" }],
  ["google.protobuf.Duration", { kind: "duration" }],
  ["google.protobuf.Timestamp", { kind: "timestamp" }],
]);

/** The dotted name that an expression spells, if its first part is no name bound by a macro. */
export function dottedName(expr: Expr, scope: CheckScope): string | undefined {
  if (expr.kind === "ident") {
    return expr.absolute || !scope.locals.has(expr.name) ? expr.name : undefined;
  }
  if (expr.kind !== "select" || expr.optional) {
    return undefined;
  }
  const operand = dottedName(expr.operand, scope);
  return operand === undefined ? undefined : `${operand}.${expr.field}`;
}

export function checkIdent(expr: Ident, checking: Checking, scope: CheckScope): CelType {
  const { variables } = checking.environment;
  const local = expr.absolute ? undefined : scope.locals.get(expr.name);
  const found = local ?? variables.get(expr.name);
  if (found !== undefined) {
    return withoutNull(found, expr, checking, scope);
  }
  const type = typeNames.get(expr.name);
  if (type !== undefined) {
    return { kind: "type", of: type };
  }
  const roots = [...variables.keys()].map((name) => name.split(".")[0] ?? name);
  const near =
    nearestName(expr.name, [...scope.locals.keys(), ...roots]) ?? fieldNamed(expr.name, checking);
  return reject(
    checking,
    "cel_unknown_variable",
    `unknown variable \`${expr.name}\`${didYouMean(near) || quoting(expr.name)}`,
    expr.range,
    near,
  );
}

/** What resembles no variable is mostly a text without its quotes. */
function quoting(name: string): string {
  return `; a text stands in quotes: \`"${name}"\``;
}

/** Whoever writes `amount` mostly means `args.amount`: the first variable with such a field. */
function fieldNamed(name: string, checking: Checking): string | undefined {
  for (const [root, found] of checking.environment.variables) {
    const type = checking.unifier.resolve(found);
    const held = type.kind === "nullable" ? checking.unifier.resolve(type.of) : type;
    if (held.kind === "object" && held.fields.has(name)) return `${root}.${name}`;
  }
  return undefined;
}

/** `a.b`, `a.?b` and `has(a.b)`; a dotted variable wins over a field (langdef.md, "Name Resolution"). */
export function checkSelection(expr: Selection, checking: Checking, scope: CheckScope): CelType {
  if (expr.kind === "select") {
    const name = dottedName(expr, scope);
    const variable = name === undefined ? undefined : checking.environment.variables.get(name);
    if (variable !== undefined) {
      return withoutNull(variable, expr, checking, scope);
    }
    const type = name === undefined ? undefined : typeNames.get(name);
    if (type !== undefined) {
      return { kind: "type", of: type };
    }
  }
  const operand = checking.check(expr.operand, scope);
  const site: FieldSite = {
    operand: expr.operand,
    field: expr.field,
    range: expr.fieldRange,
    tolerant: expr.kind === "has" || expr.optional,
  };
  const type = fieldType(operand, site, checking, scope);
  if (expr.kind === "has") {
    return { kind: "bool" };
  }
  if (expr.optional) {
    return type.kind === "optional" ? type : { kind: "optional", of: type };
  }
  return withoutNull(type, expr, checking, scope);
}

/** Where a field is read. `tolerant`: the reading asks whether it is there. */
export interface FieldSite {
  readonly operand: Expr;
  readonly field: string;
  readonly range: Range;
  readonly tolerant: boolean;
}

/** The type of a field of a value of type `operand`; a field that cannot be there is an error. */
export function fieldType(
  operand: CelType,
  site: FieldSite,
  checking: Checking,
  scope: CheckScope,
): CelType {
  const type = checking.unifier.resolve(operand);
  if (type.kind === "dyn" || type.kind === "variable") {
    return dynType;
  }
  if (type.kind === "nullable") {
    noteNull(site.operand, checking);
    return fieldType(type.of, site, checking, scope);
  }
  if (type.kind === "object") {
    return objectField(type, site, checking, scope);
  }
  if (type.kind === "optional") {
    const inner = fieldType(type.of, site, checking, scope);
    return inner.kind === "optional" ? inner : { kind: "optional", of: inner };
  }
  if (type.kind === "map") {
    const { unifier } = checking;
    if (unifier.try(() => unifier.assign({ kind: "string" }, type.key))) {
      noteAbsent(site, checking, scope);
      return type.value;
    }
  }
  return reject(
    checking,
    "cel_unknown_field",
    `${typeText(checking.unifier.substitute(type, dynType))} has no field \`${site.field}\``,
    site.range,
  );
}

/** Notes that a value that may be null is used as if it were not. */
export function noteNull(expr: Expr, checking: Checking): void {
  const path = pathText(expr);
  checking.unguarded.push({ reason: "null", path: path ?? "this value", range: expr.range });
}

/** Notes that a field which may be absent is read as if it were there, unless a test has shown it. */
export function noteAbsent(site: FieldSite, checking: Checking, scope: CheckScope): void {
  const operand = pathText(site.operand);
  const path = operand === undefined ? site.field : `${operand}.${site.field}`;
  const shown = operand !== undefined && scope.known.has(`absent:${path}`);
  if (!site.tolerant && !shown) {
    checking.unguarded.push({ reason: "absent", path, range: site.range });
  }
}

function objectField(
  type: ObjectType,
  site: FieldSite,
  checking: Checking,
  scope: CheckScope,
): CelType {
  const found = type.fields.get(site.field);
  if (found !== undefined) {
    if (found.optional) noteAbsent(site, checking, scope);
    return found.type;
  }
  if (type.rest !== undefined) {
    return type.rest;
  }
  const near = nearestName(site.field, type.fields.keys());
  const all = [...type.fields.keys()].toSorted();
  const none = all.length === 0 ? ", which has none" : "";
  const fields =
    near !== undefined || all.length === 0 || all.length > 12
      ? `${none}${didYouMean(near)}`
      : `; its fields are ${all.map((name) => `\`${name}\``).join(", ")}`;
  const message = `unknown field \`${site.field}\` of ${typeText(type)}${fields}`;
  return reject(checking, "cel_unknown_field", message, site.range, near);
}

/** The type, without null where a test before this place has shown that it is not. */
function withoutNull(found: CelType, expr: Expr, checking: Checking, scope: CheckScope): CelType {
  const type = checking.unifier.resolve(found);
  const path = pathText(expr);
  return type.kind === "nullable" && path !== undefined && scope.known.has(`null:${path}`)
    ? type.of
    : found;
}

/** The end of a message about a name that is not known. */
export function didYouMean(near: string | undefined): string {
  return near === undefined ? "" : `; did you mean \`${near}\`?`;
}
