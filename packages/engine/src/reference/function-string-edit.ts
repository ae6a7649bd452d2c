import { lowerAscii, upperAscii } from "@holdfast/model";
import type { Budget } from "./budget.ts";
import { celError } from "./cel-error.ts";
import type { CelError } from "./cel-error.ts";
import { noSuchOverload, unary } from "./function-family.ts";
import type { FunctionFamily } from "./function-family.ts";
import { formatText } from "./string-format.ts";
import { codePointsOf, trimSpace } from "./text.ts";
import { isList } from "./value-type.ts";
import type { Value } from "./value.ts";

/** The half of the strings extension that makes new strings (cel-go ext/strings). */
export const stringEditFunctions: FunctionFamily = {
  global: {
    "strings.quote": unary("strings.quote", (value, budget) =>
      onText(value, budget, (text) => `"${text.replace(quoted, (c) => escapes.get(c) ?? c)}"`),
    ),
  },
  member: {
    lowerAscii: unary("lowerAscii", (value, budget) => onText(value, budget, lowerAscii)),
    upperAscii: unary("upperAscii", (value, budget) => onText(value, budget, upperAscii)),
    trim: unary("trim", (value, budget) => onText(value, budget, trimSpace)),
    reverse: unary("reverse", (value, budget) => {
      if (value !== null && typeof value === "object" && isList(value)) {
        budget.gather(value.length);
        return [...value].reverse();
      }
      return onText(value, budget, (text) => [...codePointsOf(text)].reverse().join(""));
    }),
    replace: replace,
    split: split,
    join: join,
    format: (args, budget) => {
      const [text, values] = args;
      const listed = values !== undefined && values !== null && isList(values) ? values : undefined;
      if (typeof text !== "string" || listed === undefined || args.length !== 2) {
        return noSuchOverload("format", args);
      }
      return formatText(text, listed, budget);
    },
  },
};

const escapes: ReadonlyMap<string, string> = new Map([
  ["\u0007", "\\a"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\v", "\\v"],
  ["\\", "\\\\"],
  ['"', '\\"'],
]);
// oxlint-disable-next-line no-control-regex -- these are the characters that need an escape
const quoted = /[\u0007\b\f\n\r\t\v\\"]/g;

function onText(value: Value, budget: Budget, body: (text: string) => string): Value | undefined {
  if (typeof value !== "string") return undefined;
  budget.walk(value.length);
  return body(value);
}

/** `text.replace(old, new[, times])`; no number, or a negative one, replaces every occurrence. */
function replace(args: readonly Value[], budget: Budget): Value | CelError {
  const [text, old, put, times] = args;
  if (typeof text !== "string" || typeof old !== "string" || typeof put !== "string") {
    return noSuchOverload("replace", args);
  }
  if (args.length > 4 || (times !== undefined && typeof times !== "bigint")) {
    return noSuchOverload("replace", args);
  }
  const pieces = pieceTexts(
    text,
    old,
    times === undefined || times < 0n ? undefined : times,
    budget,
  );
  budget.walk(text.length + pieces.length * put.length);
  return pieces.join(put);
}

/** The text cut at up to `times` occurrences; an empty `old` stands before each character and at the end. */
function pieceTexts(
  text: string,
  old: string,
  times: bigint | undefined,
  budget: Budget,
): readonly string[] {
  budget.search(text.length, old.length);
  const all = old === "" ? ["", ...codePointsOf(text), ""] : text.split(old);
  if (times === undefined || times >= BigInt(all.length - 1)) return all;
  const cuts = Number(times);
  return [...all.slice(0, cuts), all.slice(cuts).join(old)];
}

/** `text.split(separator[, limit])`: at most `limit` parts, the last with all the rest. */
function split(args: readonly Value[], budget: Budget): Value | CelError {
  const [text, separator, limit] = args;
  if (typeof text !== "string" || typeof separator !== "string" || args.length > 3) {
    return noSuchOverload("split", args);
  }
  if (limit !== undefined && typeof limit !== "bigint") return noSuchOverload("split", args);
  budget.search(text.length, separator.length);
  if (limit === 0n) return [];
  const all = separator === "" ? codePointsOf(text) : text.split(separator);
  if (limit === undefined || limit < 0n || limit >= BigInt(all.length)) return all;
  const kept = Number(limit) - 1;
  return [...all.slice(0, kept), all.slice(kept).join(separator)];
}

/** `list.join([separator])` of a list of strings. */
function join(args: readonly Value[], budget: Budget): Value | CelError {
  const [list, separator = ""] = args;
  if (list === undefined || list === null || !isList(list) || args.length > 2) {
    return noSuchOverload("join", args);
  }
  if (typeof separator !== "string") return noSuchOverload("join", args);
  const parts: string[] = [];
  let length = 0;
  for (const part of list) {
    if (typeof part !== "string") {
      return celError("invalid_argument", "`join` takes a list of strings only");
    }
    length += part.length + separator.length;
    parts.push(part);
  }
  budget.walk(length);
  return parts.join(separator);
}
