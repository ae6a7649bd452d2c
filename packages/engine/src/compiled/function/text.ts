import { lowerAscii, upperAscii } from "@holdfast/model";
import type { Failure } from "../value/failure.ts";
import { bigOf, isList } from "../value/value.ts";
import type { Result, Value } from "../value/value.ts";
import { fail, one, refuse, two } from "./family.ts";
import type { Body, Family, Workbench } from "./family.ts";
import { formatText } from "./format.ts";
import { matchesPattern } from "./pattern.ts";

/** Texts; positions count code points. */
export const texts: Family = {
  global: new Map<string, Body>([
    two("matches", matches),
    one("strings.quote", (value, { budget }) => {
      if (typeof value !== "string") return undefined;
      budget.walk(value.length);
      return quote(value);
    }),
  ]),
  member: new Map<string, Body>([
    tests("contains", (text, part) => text.includes(part)),
    tests("startsWith", (text, part) => text.startsWith(part)),
    tests("endsWith", (text, part) => text.endsWith(part)),
    two("matches", matches),
    two("charAt", charAt),
    ["indexOf", (args, bench) => locate("indexOf", args, bench, false)],
    ["lastIndexOf", (args, bench) => locate("lastIndexOf", args, bench, true)],
    ["substring", substring],
    edit("lowerAscii", lowerAscii),
    edit("upperAscii", upperAscii),
    edit("trim", trim),
    one("reverse", (value, { budget }) => {
      if (isList(value)) {
        budget.gather(value.length);
        return value.toReversed();
      }
      if (typeof value !== "string") return undefined;
      budget.walk(value.length);
      return Array.from(value).reverse().join("");
    }),
    ["replace", replace],
    ["split", splitText],
    ["join", join],
    [
      "format",
      (args, { budget }) => {
        const [text, values] = args;
        if (typeof text !== "string" || !isList(values) || args.length !== 2) {
          return refuse("format", args);
        }
        return formatText(text, values, budget);
      },
    ],
  ]),
};

function matches(text: Value, pattern: Value, bench: Workbench): Result | undefined {
  if (typeof text !== "string" || typeof pattern !== "string") return undefined;
  return matchesPattern(text, pattern, bench);
}

function tests(name: string, body: (text: string, part: string) => boolean): [string, Body] {
  return two(name, (text, part, { budget }) => {
    if (typeof text !== "string" || typeof part !== "string") return undefined;
    budget.walk(text.length + part.length);
    // Only a search can have to look at every part of the one for every part of the other.
    if (name === "contains") budget.spend(Math.floor((text.length * part.length) / 4_096));
    return body(text, part);
  });
}

function edit(name: string, body: (text: string) => string): [string, Body] {
  return one(name, (text, { budget }) => {
    if (typeof text !== "string") return undefined;
    budget.walk(text.length);
    return body(text);
  });
}

function charAt(text: Value, position: Value, { budget }: Workbench): Result | undefined {
  const place = bigOf(position);
  if (typeof text !== "string" || place === undefined) return undefined;
  budget.walk(text.length);
  const points = Array.from(text);
  if (place < 0n || place > BigInt(points.length)) return outside(place);
  return points[Number(place)] ?? "";
}

function locate(
  name: string,
  args: readonly Value[],
  { budget }: Workbench,
  fromEnd: boolean,
): Result {
  const [text, part, from] = args;
  const start = bigOf(from);
  if (typeof text !== "string" || typeof part !== "string" || args.length > 3) {
    return refuse(name, args);
  }
  if (from !== undefined && start === undefined) return refuse(name, args);
  budget.walk(text.length);
  const points = Array.from(text);
  const last = part === "" ? points.length : points.length - 1;
  if (start !== undefined && (start < 0n || start > BigInt(last))) return outside(start);
  budget.walk(part.length);
  const wanted = Array.from(part);
  budget.search(points.length, wanted.length * 16);
  const limit = points.length - wanted.length;
  let place = start === undefined ? (fromEnd ? limit : 0) : Number(start);
  if (fromEnd) place = Math.min(place, limit);
  for (; place >= 0 && place <= limit; place += fromEnd ? -1 : 1) {
    if (wanted.every((point, offset) => points[place + offset] === point)) return place;
  }
  return -1;
}

function substring(args: readonly Value[], { budget }: Workbench): Result {
  const [text, from, to] = args;
  const start = bigOf(from);
  if (typeof text !== "string" || start === undefined || args.length > 3) {
    return refuse("substring", args);
  }
  const end = bigOf(to);
  if (to !== undefined && end === undefined) return refuse("substring", args);
  budget.walk(text.length);
  const points = Array.from(text);
  const length = BigInt(points.length);
  const stop = end ?? length;
  if (start < 0n || start > length) return outside(start);
  if (stop < 0n || stop > length) return outside(stop);
  if (start <= stop) return points.slice(Number(start), Number(stop)).join("");
  return fail("index_out_of_range", `the substring from \`${start}\` to \`${stop}\` is negative`);
}

function outside(position: bigint): Failure {
  return fail("index_out_of_range", `the position \`${position}\` is outside the string`);
}

/** Characters with the property White_Space (Unicode 16). */
const spaces =
  "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000";

function trim(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && spaces.includes(text.charAt(from))) from += 1;
  while (to > from && spaces.includes(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

const escapes: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"',
};

function quote(text: string): string {
  let quoted = '"';
  for (const character of text) quoted += escapes[character] ?? character;
  return `${quoted}"`;
}

function replace(args: readonly Value[], { budget }: Workbench): Result {
  const [text, old, put, times] = args;
  const most = bigOf(times);
  if (typeof text !== "string" || typeof old !== "string" || typeof put !== "string") {
    return refuse("replace", args);
  }
  if (args.length > 4 || (times !== undefined && most === undefined))
    return refuse("replace", args);
  budget.search(text.length, old.length);
  const pieces = old === "" ? ["", ...Array.from(text), ""] : text.split(old);
  const kept = most === undefined || most < 0n ? pieces : firstPieces(pieces, most, old);
  budget.walk(text.length + kept.length * put.length);
  return kept.join(put);
}

/** The pieces with every cut after the first `most` undone. */
function firstPieces(pieces: readonly string[], most: bigint, old: string): readonly string[] {
  if (most >= BigInt(pieces.length - 1)) return pieces;
  const cuts = Number(most);
  return [...pieces.slice(0, cuts), pieces.slice(cuts).join(old)];
}

function splitText(args: readonly Value[], { budget }: Workbench): Result {
  const [text, separator, limit] = args;
  const most = bigOf(limit);
  if (typeof text !== "string" || typeof separator !== "string" || args.length > 3) {
    return refuse("split", args);
  }
  if (limit !== undefined && most === undefined) return refuse("split", args);
  budget.search(text.length, separator.length);
  if (most === 0n) return [];
  const pieces = separator === "" ? Array.from(text) : text.split(separator);
  if (most === undefined || most < 0n || most >= BigInt(pieces.length)) return pieces;
  return firstPieces(pieces, most - 1n, separator);
}

function join(args: readonly Value[], { budget }: Workbench): Result {
  const [list, separator = ""] = args;
  if (!isList(list) || args.length > 2 || typeof separator !== "string") {
    return refuse("join", args);
  }
  const parts: string[] = [];
  let length = 0;
  for (const part of list) {
    if (typeof part !== "string") {
      return fail("invalid_argument", "`join` takes a list of strings only");
    }
    length += part.length + separator.length;
    parts.push(part);
  }
  budget.walk(length);
  return parts.join(separator);
}
