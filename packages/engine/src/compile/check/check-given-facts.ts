import { factErrorCodes, nearestName } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import type { CelType, ObjectType } from "../../cel/type.ts";
import { typeText } from "../../cel/type-text.ts";
import type { PolicyTest } from "../../document/kinds.ts";
import { didYouMean } from "../report.ts";
import type { Path } from "../yaml-document.ts";
import { documentKeySpan, documentSpan } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { factTypes } from "./variable-types.ts";

/** Facts that a PolicyTest states have the members and types that conditions read; any may be left out. */
export function checkGivenFacts(
  test: PolicyTest,
  facts: Readonly<Record<string, Json | undefined>>,
  path: Path,
  set: PolicySet,
): void {
  for (const [name, json] of Object.entries(facts)) {
    const type = factTypes.get(name);
    if (json === undefined || type === undefined) continue;
    const at: Path = [...path, name];
    const code = isObject(json) && Object.keys(json).length === 1 ? json["error"] : undefined;
    if (code === undefined) checkValue({ test, set }, json, type, at);
    else if (!factErrorCodes.some((each) => each === code)) {
      const shown = typeof code === "string" ? code : JSON.stringify(code);
      const message = `\`${shown}\` is no error of a fact`;
      const suggestion = `write one of ${factErrorCodes.map((each) => `\`${each}\``).join(", ")}`;
      const span = documentSpan(test, [...at, "error"], set);
      set.report.error("wrong_value", message, span, { suggestion });
    }
  }
}

interface Place {
  readonly test: PolicyTest;
  readonly set: PolicySet;
}

function checkValue(place: Place, json: Json, type: CelType, at: Path): void {
  if (type.kind === "nullable") {
    if (json !== null) checkValue(place, json, type.of, at);
    return;
  }
  if (type.kind === "list" && isList(json)) {
    for (const [index, item] of json.entries()) {
      checkValue(place, item, type.element, [...at, index]);
    }
    return;
  }
  if (type.kind === "object" && isObject(json)) {
    checkMembers(place, json, type, at);
    return;
  }
  if (type.kind === "map" && isObject(json)) {
    for (const [key, member] of Object.entries(json)) {
      checkValue(place, member, type.value, [...at, key]);
    }
    return;
  }
  const fits =
    type.kind === "int"
      ? Number.isSafeInteger(json)
      : type.kind === "bool"
        ? typeof json === "boolean"
        : type.kind === "string" && typeof json === "string";
  if (fits) return;
  const { test, set } = place;
  const message = `a value of type \`${typeText(type)}\` is needed here`;
  set.report.error("wrong_type", message, documentSpan(test, at, set));
}

function checkMembers(place: Place, json: JsonObject, type: ObjectType, at: Path): void {
  const { test, set } = place;
  for (const [key, member] of Object.entries(json)) {
    const field = type.fields.get(key);
    if (field !== undefined) checkValue(place, member, field.type, [...at, key]);
    // What masks of findings need, which no condition sees.
    else if (type.name !== "content" || key !== "spans") {
      const message = `\`${type.name}\` has no field \`${key}\``;
      const suggestion = didYouMean(nearestName(key, new Set(type.fields.keys())));
      const span = documentKeySpan(test, [...at, key], set);
      set.report.error(
        "unknown_key",
        message,
        span,
        suggestion === undefined ? {} : { suggestion },
      );
    }
  }
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

function isObject(json: Json): json is JsonObject {
  return typeof json === "object" && json !== null && !isList(json);
}
