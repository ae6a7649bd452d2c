import { arithmeticFunctions } from "./function-arithmetic.ts";
import { collectionFunctions } from "./function-collection.ts";
import { comparisonFunctions } from "./function-comparison.ts";
import { conversionFunctions } from "./function-conversion.ts";
import { encoderFunctions } from "./function-encoder.ts";
import { listFunctions } from "./function-list.ts";
import { mathFunctions } from "./function-math.ts";
import { optionalFunctions } from "./function-optional.ts";
import { policyFunctions } from "./function-policy.ts";
import { stringFunctions } from "./function-string.ts";
import { stringEditFunctions } from "./function-string-edit.ts";
import { timeFunctions } from "./function-time.ts";
import type { FunctionFamily, Implementation } from "./function-family.ts";

const families: readonly FunctionFamily[] = [
  arithmeticFunctions,
  collectionFunctions,
  comparisonFunctions,
  conversionFunctions,
  encoderFunctions,
  listFunctions,
  mathFunctions,
  optionalFunctions,
  policyFunctions,
  stringFunctions,
  stringEditFunctions,
  timeFunctions,
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
