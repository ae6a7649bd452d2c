import type { CelType } from "./type.ts";
import type { Unifier } from "./unifier.ts";

const numbers: ReadonlySet<string> = new Set(["double", "int", "number", "uint"]);

/**
 * Whether values of two types can be equal: types that can stand for each other, and numbers of
 * any types, which compare by value (langdef.md, "Equality and Ordering"), in lists and maps too.
 */
export function comparable(first: CelType, second: CelType, unifier: Unifier): boolean {
  const a = unifier.resolve(first);
  const b = unifier.resolve(second);
  if (numbers.has(a.kind) && numbers.has(b.kind)) {
    return true;
  }
  if (a.kind === "list" && b.kind === "list") {
    return comparable(a.element, b.element, unifier);
  }
  if (a.kind === "map" && b.kind === "map") {
    return comparable(a.key, b.key, unifier) && comparable(a.value, b.value, unifier);
  }
  if (a.kind === "nullable" || b.kind === "nullable") {
    const bothTakeNull = ["null", "nullable", "dyn"].includes(
      a.kind === "nullable" ? b.kind : a.kind,
    );
    return (
      bothTakeNull ||
      comparable(a.kind === "nullable" ? a.of : a, b.kind === "nullable" ? b.of : b, unifier)
    );
  }
  if (a.kind === "optional" && b.kind === "optional") {
    return comparable(a.of, b.of, unifier);
  }
  if (a.kind === "object" && b.kind === "object") {
    return true;
  }
  return unifier.try(() => unifier.assign(a, b)) || unifier.try(() => unifier.assign(b, a));
}
