import { canonicalJson, escapedJson } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import { isGiven, valueOf } from "../policy/condition-text.ts";
import { roleOf } from "../tool/argument-role.ts";
import type { ArgumentRole } from "../tool/argument-role.ts";

/** A condition on one argument, as text and as what it means. */
export interface ArgumentTest {
  /** CEL */
  readonly text: string;
  holds(args: JsonObject): boolean;
}

/** Which arguments are held to what they were: more and more of them. */
export const tightnesses = ["targets", "short", "all"] as const;
export type Tightness = (typeof tightnesses)[number];

/** Arguments that say whom, what, where and how much. */
const targets: ReadonlySet<ArgumentRole> = new Set(["party", "url", "object", "secret", "amount"]);

/** What an agent writes itself is longer, and hardly ever the same twice. */
const shortUnitsMax = 200;

/** What one value may be, by kind. */
const kinds = ["string", "number", "boolean", "texts", "null", "other"] as const;
type Kind = (typeof kinds)[number];

/**
 * Conditions that these arguments meet, one for each name that the tightness takes: texts are one of
 * those that were, numbers between the least and the greatest, lists of texts hold no other text. Objects,
 * other lists and an argument that was of several kinds are just what was given.
 */
export function argumentTests(
  all: readonly JsonObject[],
  tightness: Tightness,
): readonly ArgumentTest[] {
  const names = [...new Set(all.flatMap((args) => Object.keys(args)))].sort();
  return names.filter((name) => isTaken(name, all, tightness)).map((name) => testOf(name, all));
}

function isTaken(name: string, all: readonly JsonObject[], tightness: Tightness): boolean {
  if (tightness === "all") return true;
  if (tightness === "targets") return targets.has(roleOf(name));
  return (
    roleOf(name) !== "content" &&
    all.every((args) => {
      const value = givenIn(args, name);
      return typeof value !== "string" || value.length <= shortUnitsMax;
    })
  );
}

/** The value of an argument that is given, and not of what every object has. */
function givenIn(args: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(args, name) ? args[name] : undefined;
}

function testOf(name: string, all: readonly JsonObject[]): ArgumentTest {
  const values = all.flatMap((args) => {
    const value = givenIn(args, name);
    return value === undefined ? [] : [value];
  });
  const found = new Set(values.map((value) => kindOf(value)));
  const [kind] = found;
  const argument = { name, role: roleOf(name), isList: kind === "texts" } as const;
  const value = valueOf(argument);
  const meant = meaning(found.size === 1 && kind !== undefined ? kind : "other", values, value);
  const isOptional = values.length < all.length;
  return {
    text: isOptional
      ? `(!(${isGiven(argument)}) || ${meant.text})`
      : `${isGiven(argument)} && ${meant.text}`,
    holds: (args) => {
      const given = givenIn(args, name);
      return given === undefined ? isOptional : meant.holds(given);
    },
  };
}

interface Meaning {
  readonly text: string;
  holds(value: Json): boolean;
}

function meaning(kind: Kind, values: readonly Json[], value: string): Meaning {
  switch (kind) {
    case "string":
    case "boolean":
      return oneOf(values, value);
    case "number":
      return between(values as readonly number[], value);
    case "texts": {
      const texts = distinct((values as readonly (readonly string[])[]).flat());
      return {
        // Of an object its names would be asked.
        text: `type(${value}) == list && ${value}.all(x, x in ${literal(texts)})`,
        holds: (given) =>
          Array.isArray(given) && given.every((each) => texts.includes(each as string)),
      };
    }
    case "null":
    case "other":
      return same(values, value);
  }
}

function same(values: readonly Json[], value: string): Meaning {
  const known = [...new Set(values.map((each) => canonicalJson(each)))].sort();
  const parts = known.map((each) => `${value} == ${escapedJson(each)}`);
  return {
    text: parts.length === 1 ? parts.join() : `(${parts.join(" || ")})`,
    holds: (given) => known.includes(canonicalJson(given)),
  };
}

function oneOf(values: readonly Json[], value: string): Meaning {
  const known = distinct(values);
  const [first = null] = known;
  return {
    text: known.length === 1 ? `${value} == ${literal(first)}` : `${value} in ${literal(known)}`,
    holds: (given) => known.includes(given),
  };
}

function between(values: readonly number[], value: string): Meaning {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  // A comparison of order is an error for what is no number, and errors deny.
  if (least === most) return oneOf([least], value);
  return {
    text: `${value} >= ${literal(least)} && ${value} <= ${literal(most)}`,
    holds: (given) => typeof given === "number" && given >= least && given <= most,
  };
}

function kindOf(value: Json): Kind {
  if (value === null) return "null";
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return typeof value as Kind;
  }
  const isTexts = Array.isArray(value) && value.every((each) => typeof each === "string");
  return isTexts ? "texts" : "other";
}

function distinct<T extends Json>(values: readonly T[]): readonly T[] {
  return [...new Set(values)].sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
}

/** JSON is CEL for texts, numbers, booleans and lists of them. */
function literal(value: Json | readonly Json[]): string {
  return Array.isArray(value)
    ? `[${value.map((each: Json) => literal(each)).join(", ")}]`
    : escapedJson(JSON.stringify(value));
}
