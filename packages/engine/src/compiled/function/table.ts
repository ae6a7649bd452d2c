import { arithmetic } from "./arithmetic.ts";
import { comparison } from "./comparison.ts";
import { conversion } from "./conversion.ts";
import type { Body, Family } from "./family.ts";
import { lists } from "./list.ts";
import { policy } from "./policy.ts";
import { texts } from "./text.ts";

const families: readonly Family[] = [arithmetic, comparison, conversion, lists, policy, texts];

/** Every function `f(x)`, operators and namespaced ones included. */
export const globalBodies: ReadonlyMap<string, Body> = new Map(
  families.flatMap((family) => Array.from(family.global)),
);

/** Every function `x.f()`; the receiver is the first argument. */
export const memberBodies: ReadonlyMap<string, Body> = new Map(
  families.flatMap((family) => Array.from(family.member)),
);
