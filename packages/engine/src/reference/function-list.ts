import type { Budget } from "./budget.ts";
import { celError } from "./cel-error.ts";
import type { CelError } from "./cel-error.ts";
import { compare, equals } from "./equality.ts";
import { binary, noSuchOverload, unary } from "./function-family.ts";
import type { FunctionFamily } from "./function-family.ts";
import { isList } from "./value-type.ts";
import type { Value } from "./value.ts";

/** The deepest nesting `flatten(n)` takes apart. */
const flattenDepthMax = 64n;

/** The lists and sets extensions (cel-go ext/lists, ext/sets). */
export const listFunctions: FunctionFamily = {
  global: {
    "lists.range": unary("lists.range", (count, budget) => {
      if (typeof count !== "bigint") return undefined;
      if (count < 0n) return celError("invalid_argument", `\`${count}\` is not a length`);
      budget.spend(Number(count));
      return Array.from({ length: Number(count) }, (_, index) => BigInt(index));
    }),
    "sets.contains": binary("sets.contains", (left, right, budget) =>
      onLists(left, right, (set, part) => part.every((item) => has(set, item, budget))),
    ),
    "sets.intersects": binary("sets.intersects", (left, right, budget) =>
      onLists(left, right, (set, other) => other.some((item) => has(set, item, budget))),
    ),
    "sets.equivalent": binary("sets.equivalent", (left, right, budget) =>
      onLists(
        left,
        right,
        (set, other) =>
          other.every((item) => has(set, item, budget)) &&
          set.every((item) => has(other, item, budget)),
      ),
    ),
  },
  member: {
    slice: slice,
    flatten: flatten,
    distinct: unary("distinct", (value, budget) => {
      if (value === null || !isList(value)) return undefined;
      const kept: Value[] = [];
      for (const item of value) if (!has(kept, item, budget)) kept.push(item);
      return kept;
    }),
    sort: unary("sort", (value, budget) =>
      value === null || !isList(value) ? undefined : sort(value, budget),
    ),
  },
};

function onLists(
  left: Value,
  right: Value,
  body: (left: readonly Value[], right: readonly Value[]) => Value,
): Value | undefined {
  if (left === null || right === null || !isList(left) || !isList(right)) return undefined;
  return body(left, right);
}

function has(list: readonly Value[], item: Value, budget: Budget): boolean {
  return list.some((other) => equals(item, other, budget));
}

/** `list.slice(start, end)`, `end` exclusive. */
function slice(args: readonly Value[], budget: Budget): Value | CelError {
  const [list, start, stop] = args;
  if (list === undefined || list === null || !isList(list) || args.length !== 3) {
    return noSuchOverload("slice", args);
  }
  if (typeof start !== "bigint" || typeof stop !== "bigint") return noSuchOverload("slice", args);
  if (start < 0n || start > stop || stop > BigInt(list.length)) {
    return celError("index_out_of_range", `there is no slice from \`${start}\` to \`${stop}\``);
  }
  budget.gather(Number(stop - start));
  return list.slice(Number(start), Number(stop));
}

/** `list.flatten([depth])`: lists inside are put in their place, one level deep by default. */
function flatten(args: readonly Value[], budget: Budget): Value | CelError {
  const [list, depth = 1n] = args;
  if (list === undefined || list === null || !isList(list) || args.length > 2) {
    return noSuchOverload("flatten", args);
  }
  if (typeof depth !== "bigint") return noSuchOverload("flatten", args);
  if (depth < 0n || depth > flattenDepthMax) {
    return celError("invalid_argument", `a depth lies between 0 and ${flattenDepthMax}`);
  }
  const flat: Value[] = [];
  flattenInto(flat, list, Number(depth), budget);
  return flat;
}

function flattenInto(flat: Value[], list: readonly Value[], depth: number, budget: Budget): void {
  for (const item of list) {
    budget.spend(1);
    if (depth > 0 && item !== null && isList(item)) flattenInto(flat, item, depth - 1, budget);
    else flat.push(item);
  }
}

/** The list in ascending order; its items must all compare with each other. */
function sort(list: readonly Value[], budget: Budget): Value | CelError | undefined {
  const [first] = list;
  if (first === undefined) return list;
  const comparable = list.every((item) => typeof compare(item, first) === "number");
  if (!comparable) return celError("no_such_overload", "`sort` takes items of one comparable type");
  budget.spend(list.length * Math.ceil(Math.log2(list.length + 1)));
  return [...list].sort((a, b) => compare(a, b) ?? 0);
}
