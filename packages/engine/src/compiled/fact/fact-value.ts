import type { FactName, Json, JsonObject } from "@holdfast/model";
import type { CelType, ObjectType } from "../../cel/type.ts";
import { factBounds } from "../../document/fact-vocabulary.ts";
import { Failure } from "../value/failure.ts";
import { recordOf } from "../value/map.ts";
import { isList, isWhole } from "../value/value.ts";
import type { Value } from "../value/value.ts";

/**
 * Reads one fact: checks that it has its type and is no larger than facts may be. What is whole
 * stays the JSON that it is; of a record that is opaque, or lacks members, the rest is withheld.
 */
export class FactReading {
  readonly #fact: FactName;
  #values = 0;
  #units = 0;

  constructor(fact: FactName) {
    this.#fact = fact;
  }

  /** The fact as conditions see it. */
  read(json: Json, type: CelType): Value | Failure {
    this.#values += 1;
    if (this.#values > factBounds.valuesMax) return this.#tooLarge();
    switch (type.kind) {
      case "bool":
        return typeof json === "boolean" ? json : this.#misfit();
      case "int":
        return typeof json === "number" && isWhole(json) && Math.abs(json) < 2 ** 53
          ? json
          : this.#misfit();
      case "string":
        return this.#text(json, factBounds.unitsMax);
      case "nullable":
        return json === null ? null : this.read(json, type.of);
      case "list":
        return Array.isArray(json) ? this.#list(json, type.element) : this.#misfit();
      case "map":
        return isObject(json) ? this.#map(json, type.value) : this.#misfit();
      case "object":
        return isObject(json) ? this.#record(json, type) : this.#misfit();
      case "bytes":
      case "double":
      case "duration":
      case "dyn":
      case "null":
      case "number":
      case "optional":
      case "timestamp":
      case "type":
      case "uint":
      case "variable":
        // No fact has a member of such a type.
        return this.#misfit();
    }
  }

  #text(json: Json | undefined, unitsMax: number): Value | Failure {
    if (typeof json !== "string" || !isWellFormed(json)) return this.#misfit();
    this.#units += json.length;
    if (json.length > unitsMax || this.#units > factBounds.unitsMax) return this.#tooLarge();
    return json;
  }

  #list(json: readonly Json[], element: CelType): Value | Failure {
    if (json.length > factBounds.entriesMax) return this.#tooLarge();
    let made: Value[] | undefined;
    for (const [at, item] of json.entries()) {
      const value = this.read(item, element);
      if (value instanceof Failure) return value;
      if (value !== item && made === undefined) made = json.slice(0, at);
      made?.push(value);
    }
    return made ?? json;
  }

  #map(json: JsonObject, type: CelType): Value | Failure {
    const names = Object.keys(json);
    if (names.length > factBounds.entriesMax) return this.#tooLarge();
    const members: (readonly [string, Value])[] = [];
    for (const name of names.sort()) {
      const key = this.#text(name, factBounds.unitsMax);
      if (key instanceof Failure) return key;
      const value = this.read(json[name] ?? null, type);
      if (value instanceof Failure) return value;
      members.push([name, value]);
    }
    return members.every(([name, value]) => value === json[name]) ? json : recordOf(members);
  }

  #record(json: JsonObject, type: ObjectType): Value | Failure {
    const { fields, name } = type;
    const fact = this.#fact;
    if (fields.has("opaque")) {
      const opaque = Object.hasOwn(json, "opaque") ? json["opaque"] : undefined;
      if (typeof opaque !== "boolean") return this.#misfit();
      if (opaque) {
        const what = name === fact ? "the fact" : "an entry of the fact";
        const withheld = new Failure("opaque", `${what} \`${fact}\` is opaque`);
        return recordOf([["opaque", true]], withheld);
      }
    }
    const members: (readonly [string, Value])[] = [];
    let isWholeRecord = true;
    const keys = Object.keys(json).sort();
    for (const key of keys) {
      const isBeside = !fields.has(key);
      if (isBeside && (fact !== "content" || key !== "spans")) return this.#misfit();
      if (isBeside) isWholeRecord = false;
    }
    for (const key of keys) {
      const field = fields.get(key);
      if (field === undefined) continue;
      const isHost = name === "url" && (key === "host" || key === "scheme");
      const member = json[key] ?? null;
      const value = isHost
        ? this.#text(member, factBounds.hostUnitsMax)
        : this.read(member, field.type);
      if (value instanceof Failure) return value;
      if (value !== member) isWholeRecord = false;
      members.push([key, value]);
    }
    for (const [key, { optional }] of fields) {
      if (optional || Object.hasOwn(json, key)) continue;
      const words = `the fact \`${fact}\` was gathered without it`;
      return recordOf(members, new Failure("absent", words));
    }
    return isWholeRecord ? json : recordOf(members);
  }

  #misfit(): Failure {
    return new Failure("invalid", `the fact \`${this.#fact}\` does not have its type`);
  }

  #tooLarge(): Failure {
    return new Failure("limit", `the fact \`${this.#fact}\` is too large`);
  }
}

/** Whether every surrogate is one of a pair. */
function isWellFormed(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    const next = text.charCodeAt(at + 1);
    if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return false;
    at += 1;
  }
  return true;
}

function isObject(json: Json): json is JsonObject {
  return typeof json === "object" && json !== null && !isList(json);
}
