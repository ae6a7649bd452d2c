import type { FunctionDeclaration } from "./declaration.ts";
import type { Overload } from "./signature.ts";
import type { CelType } from "./type.ts";
import { dynType } from "./type.ts";
import type { Unifier } from "./unifier.ts";

/** A call as overloads see it. */
export interface CallTypes {
  readonly target: CelType | undefined;
  readonly args: readonly CelType[];
}

/** What a call can be: its result, and what each argument (the receiver first) is taken as. */
export interface Resolution {
  readonly result: CelType;
  /** of the only overload that fits; undefined where several do */
  readonly params: readonly CelType[] | undefined;
}

/**
 * Resolves a call to the overloads that its types allow (langdef.md, "Functions"): undefined
 * when none does. Where `dyn` lets several fit, the result is their common type or `dyn`.
 */
export function resolveOverload(
  declaration: FunctionDeclaration,
  call: CallTypes,
  unifier: Unifier,
): Resolution | undefined {
  const all = declaration.overloads
    .map((overload) => instantiate(overload, call, unifier))
    .filter((form) => form !== undefined)
    .filter((form) => unifier.peek(() => fits(form, call, unifier)));
  // WHY: `(number...)` is there for numbers of mixed types; a form for one type says more.
  const exact = all.filter((form) => form.params.every((param) => param.kind !== "number"));
  const fitting = exact.length > 0 ? exact : all;
  const [first, ...others] = fitting;
  if (first === undefined) {
    return undefined;
  }
  if (others.length === 0) {
    fits(first, call, unifier);
    return first;
  }
  const results = fitting.map((form) => {
    let result = dynType;
    unifier.peek(() => {
      fits(form, call, unifier);
      result = unifier.substitute(form.result);
      return false;
    });
    return result;
  });
  const [result = dynType, ...rest] = results;
  const same = rest.every((other) => sameType(result, other));
  return { result: same ? result : dynType, params: undefined };
}

interface Form {
  readonly result: CelType;
  readonly params: readonly CelType[];
}

/** The overload with fresh variables and as many parameters as the call has arguments. */
function instantiate(overload: Overload, call: CallTypes, unifier: Unifier): Form | undefined {
  if ((overload.target === undefined) !== (call.target === undefined)) {
    return undefined;
  }
  const { params, variadic } = overload;
  const last = params.at(-1);
  const count = call.args.length;
  if (variadic ? count < params.length : count !== params.length) {
    return undefined;
  }
  const repeated =
    last === undefined || count === params.length
      ? []
      : Array.from({ length: count - params.length }, () => last);
  const all = [...(overload.target === undefined ? [] : [overload.target]), ...params, ...repeated];
  if (overload.concrete === true) {
    return { result: overload.result, params: all };
  }
  const fresh = new Map<string, CelType>();
  const rename = (type: CelType): CelType => renamed(type, fresh, unifier);
  return { result: rename(overload.result), params: all.map(rename) };
}

function renamed(type: CelType, fresh: Map<string, CelType>, unifier: Unifier): CelType {
  const inner = (part: CelType): CelType => renamed(part, fresh, unifier);
  if (type.kind === "variable") {
    const known = fresh.get(type.id) ?? unifier.fresh();
    fresh.set(type.id, known);
    return known;
  }
  if (type.kind === "list") {
    return { kind: "list", element: inner(type.element) };
  }
  if (type.kind === "map") {
    return { kind: "map", key: inner(type.key), value: inner(type.value) };
  }
  return "of" in type ? { kind: type.kind, of: inner(type.of) } : type;
}

function fits(form: Form, call: CallTypes, unifier: Unifier): boolean {
  const actual = [...(call.target === undefined ? [] : [call.target]), ...call.args];
  return actual.every((type, index) => unifier.assign(type, form.params[index] ?? dynType));
}

function sameType(first: CelType, second: CelType): boolean {
  if (first.kind === "list" && second.kind === "list") {
    return sameType(first.element, second.element);
  }
  if (first.kind === "map" && second.kind === "map") {
    return sameType(first.key, second.key) && sameType(first.value, second.value);
  }
  if ("of" in first && "of" in second) {
    return first.kind === second.kind && sameType(first.of, second.of);
  }
  return first.kind === second.kind;
}
