import type { Expr } from "../cel/syntax.ts";
import type { CelType } from "../cel/type.ts";
import { builtIn } from "./built.ts";
import { definitionError } from "./definition-error.ts";
import { constantNode, listNode, mapNode } from "./syntax-node.ts";

/** CEL's whole numbers. */
const intMin = -(2n ** 63n);
const intMax = 2n ** 63n - 1n;

/**
 * The CEL expression of a JavaScript value: terms as they are, texts quoted, numbers whole or
 * not as they are, unless `type` wants them to be doubles or ints.
 *
 * @throws HoldfastError `definition_invalid` for what CEL has no literal of
 */
export function literalNode(value: unknown, type?: CelType): Expr {
  const term = builtIn(value);
  if (term !== undefined) return term.ast;
  switch (typeof value) {
    case "string":
      return constantNode({ type: "string", value: wholeText(value) });
    case "boolean":
      return constantNode({ type: "bool", value });
    case "number":
    case "bigint":
      return numberNode(value, type?.kind === "nullable" ? type.of : type);
    case "object":
      return value === null ? constantNode({ type: "null" }) : containerNode(value, type);
    case "function":
    case "symbol":
    case "undefined":
      throw definitionError(`a condition cannot hold ${typeof value}, only values and terms`);
  }
}

function wholeText(text: string): string {
  if (/\p{Cs}/u.test(text)) throw definitionError("half of a surrogate pair is not text");
  return text;
}

function numberNode(value: number | bigint, type: CelType | undefined): Expr {
  if (typeof value === "bigint") {
    if (value < intMin || value > intMax) {
      throw definitionError(`\`${value}\` is beyond the whole numbers of 64 bits`);
    }
    return constantNode({ type: "int", value });
  }
  if (!Number.isFinite(value)) throw definitionError(`\`${value}\` is not a finite number`);
  if (type?.kind !== "double" && Number.isSafeInteger(value)) {
    return constantNode({ type: "int", value: BigInt(value) });
  }
  if (type?.kind === "int") {
    throw definitionError(`a whole number is needed here, \`${value}\` is none`);
  }
  return constantNode({ type: "double", value });
}

function containerNode(value: object, type: CelType | undefined): Expr {
  if (Array.isArray(value)) {
    const element = type?.kind === "list" ? type.element : undefined;
    return listNode(value.map((each: unknown) => literalNode(each, element)));
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw definitionError("an object of a class cannot stand in a condition");
  }
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return mapNode(
    entries.map(([key, member]) => [wholeText(key), literalNode(member, memberType(type, key))]),
  );
}

function memberType(type: CelType | undefined, key: string): CelType | undefined {
  if (type?.kind === "map") return type.value;
  return type?.kind === "object" ? (type.fields.get(key)?.type ?? type.rest) : undefined;
}
