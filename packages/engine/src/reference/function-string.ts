import type { Budget } from "./budget.ts";
import { celError } from "./cel-error.ts";
import type { CelError } from "./cel-error.ts";
import { binary, noSuchOverload } from "./function-family.ts";
import type { FunctionFamily, Implementation } from "./function-family.ts";
import { matchesPattern } from "./regular-expression.ts";
import { codePointsOf, indexWithin, lastIndexWithin } from "./text.ts";
import type { Value } from "./value.ts";

/**
 * Strings: the standard functions and the position half of the strings extension (cel-spec,
 * langdef.md; cel-go ext/strings). Positions count code points.
 */
export const stringFunctions: FunctionFamily = {
  global: { matches: binary("matches", matches) },
  member: {
    contains: texts("contains", (text, part, budget) => {
      budget.spend(Math.floor((text.length * part.length) / 4_096));
      return text.includes(part);
    }),
    startsWith: texts("startsWith", (text, part) => text.startsWith(part)),
    endsWith: texts("endsWith", (text, part) => text.endsWith(part)),
    matches: binary("matches", matches),
    charAt: binary("charAt", (text, position, budget) => {
      if (typeof text !== "string" || typeof position !== "bigint") return undefined;
      const points = pointsOf(text, budget);
      if (position < 0n || position > BigInt(points.length)) return outOfRange(position);
      return points[Number(position)] ?? "";
    }),
    indexOf: search("indexOf", indexWithin, 0),
    lastIndexOf: search("lastIndexOf", lastIndexWithin, Number.POSITIVE_INFINITY),
    substring: (args, budget) => substring(args, budget),
  },
};

/** Two texts in, their lengths paid for. */
function texts(
  name: string,
  body: (text: string, part: string, budget: Budget) => Value,
): Implementation {
  return binary(name, (text, part, budget) => {
    if (typeof text !== "string" || typeof part !== "string") return undefined;
    budget.walk(text.length + part.length);
    return body(text, part, budget);
  });
}

function matches(text: Value, pattern: Value, budget: Budget): Value | CelError | undefined {
  if (typeof text !== "string" || typeof pattern !== "string") return undefined;
  return matchesPattern(text, pattern, budget);
}

type Finder = (points: readonly string[], part: readonly string[], from: number) => number;

/** `indexOf` and `lastIndexOf`: the place of a part, from an optional place on; -1 for none. */
function search(name: string, find: Finder, otherwise: number): Implementation {
  return (args, budget) => {
    const [text, part, from] = args;
    if (typeof text !== "string" || typeof part !== "string" || args.length > 3) {
      return noSuchOverload(name, args);
    }
    if (from !== undefined && typeof from !== "bigint") return noSuchOverload(name, args);
    const points = pointsOf(text, budget);
    const length = BigInt(points.length);
    // WHY: no part can begin at the very end, but the empty part can stand there.
    const last = part === "" ? length : length - 1n;
    if (from !== undefined && (from < 0n || from > last)) return outOfRange(from);
    const start = from === undefined ? Math.min(otherwise, points.length) : Number(from);
    const parts = pointsOf(part, budget);
    budget.search(points.length, parts.length * 16);
    return BigInt(find(points, parts, start));
  };
}

function substring(args: readonly Value[], budget: Budget): Value | CelError {
  const [text, start, end] = args;
  if (typeof text !== "string" || typeof start !== "bigint" || args.length > 3) {
    return noSuchOverload("substring", args);
  }
  if (end !== undefined && typeof end !== "bigint") return noSuchOverload("substring", args);
  const points = pointsOf(text, budget);
  const length = BigInt(points.length);
  const stop = end ?? length;
  if (start < 0n || start > length) return outOfRange(start);
  if (stop < 0n || stop > length) return outOfRange(stop);
  if (start > stop) {
    return celError(
      "index_out_of_range",
      `the substring from \`${start}\` to \`${stop}\` is negative`,
    );
  }
  return points.slice(Number(start), Number(stop)).join("");
}

function pointsOf(text: string, budget: Budget): readonly string[] {
  budget.walk(text.length);
  return codePointsOf(text);
}

function outOfRange(position: bigint): CelError {
  return celError("index_out_of_range", `the position \`${position}\` is outside the string`);
}
