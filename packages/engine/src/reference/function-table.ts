import { arithmeticFunctions } from "./function-arithmetic.ts";
import { collectionFunctions } from "./function-collection.ts";
import { comparisonFunctions } from "./function-comparison.ts";
import type { FunctionFamily, Implementation } from "./function-family.ts";

const families: readonly FunctionFamily[] = [
  arithmeticFunctions,
  collectionFunctions,
  comparisonFunctions,
];

const globals: ReadonlyMap<string, Implementation> = new Map(
  families.flatMap((family) => Object.entries(family.global ?? {})),
);
const members: ReadonlyMap<string, Implementation> = new Map(
  families.flatMap((family) => Object.entries(family.member ?? {})),
);

/** The implementation of `name(…)`, operators and namespaced functions included. */
export function globalFunction(name: string): Implementation | undefined {
  return globals.get(name);
}

/** The implementation of `receiver.name(…)`; the receiver is its first argument. */
export function memberFunction(name: string): Implementation | undefined {
  return members.get(name);
}
