import { reject } from "./checking.ts";
import type { Checking, CheckScope } from "./checking.ts";
import type { Expr } from "./syntax.ts";
import type { CelType } from "./type.ts";
import { dynType } from "./type.ts";
import { typeText } from "./type-text.ts";

type ListLiteral = Extract<Expr, { readonly kind: "list" }>;
type MapLiteral = Extract<Expr, { readonly kind: "map" }>;

/** A list literal: elements of one type, or `list(dyn)` (langdef.md, "Gradual Type Checking"). */
export function checkList(expr: ListLiteral, checking: Checking, scope: CheckScope): CelType {
  let element: CelType | undefined;
  for (const { value, optional } of expr.elements) {
    const type = part(value, optional, checking, scope);
    element = element === undefined ? type : join(element, type, checking);
  }
  return { kind: "list", element: element ?? checking.unifier.fresh() };
}

/** A map literal; its keys are strings, ints, uints or bools (langdef.md, "Aggregate Values"). */
export function checkMap(expr: MapLiteral, checking: Checking, scope: CheckScope): CelType {
  let key: CelType | undefined;
  let value: CelType | undefined;
  for (const entry of expr.entries) {
    let keyType = checking.unifier.resolve(checking.check(entry.key, scope));
    if (!["bool", "dyn", "int", "string", "uint", "variable"].includes(keyType.kind)) {
      const message = `a map key is a string, int, uint or bool, not ${typeText(keyType)}`;
      keyType = reject(checking, "cel_map_key", message, entry.key.range);
    }
    const valueType = part(entry.value, entry.optional, checking, scope);
    key = key === undefined ? keyType : join(key, keyType, checking);
    value = value === undefined ? valueType : join(value, valueType, checking);
  }
  return {
    kind: "map",
    key: key ?? checking.unifier.fresh(),
    value: value ?? checking.unifier.fresh(),
  };
}

/** The type of an element; `?e` takes an optional and stands for what it holds. */
function part(expr: Expr, optional: boolean, checking: Checking, scope: CheckScope): CelType {
  const type = checking.check(expr, scope);
  if (!optional) {
    return type;
  }
  const held = checking.unifier.fresh();
  const wanted: CelType = { kind: "optional", of: held };
  if (checking.unifier.try(() => checking.unifier.assign(type, wanted))) {
    return held;
  }
  const shown = typeText(checking.unifier.substitute(type, dynType));
  const message = `\`?\` before an element wants an optional value, not ${shown}`;
  return reject(checking, "cel_type", message, expr.range);
}

/** The type of elements that are of two types. WHY: the suite lets null stand among optionals. */
function join(first: CelType, second: CelType, { unifier }: Checking): CelType {
  if (unifier.try(() => unifier.assign(second, first))) {
    return unifier.isMoreGeneral(second, first) ? second : first;
  }
  const kinds = [unifier.resolve(first).kind, unifier.resolve(second).kind];
  if (kinds.includes("null") && kinds.includes("optional")) {
    return kinds[0] === "null" ? second : first;
  }
  return dynType;
}
