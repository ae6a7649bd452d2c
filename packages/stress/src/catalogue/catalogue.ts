import { changedArguments } from "./changed-argument.ts";
import { changedOrders } from "./changed-order.ts";
import { encodedAttacks } from "./encoded-attack.ts";
import { knownValues } from "./known-value.ts";
import { misusedTools } from "./misused-tool.ts";
import { movedDestinations } from "./moved-destination.ts";
import { attackClasses } from "./mutation.ts";
import type { Mutation } from "./mutation.ts";
import { plantedGoals } from "./planted-goal.ts";
import { poisonedContext } from "./poisoned-context.ts";
import { quietInstructions } from "./quiet-instruction.ts";

/** Every mutation there is, by class in the order of `attackClasses`. Ids are kept for ever. */
export const catalogue: readonly Mutation[] = [
  ...poisonedContext,
  ...misusedTools,
  ...changedArguments,
  ...movedDestinations,
  ...changedOrders,
  ...encodedAttacks,
  ...plantedGoals,
  ...knownValues,
  ...quietInstructions,
].sort((a, b) => attackClasses.indexOf(a.class) - attackClasses.indexOf(b.class));
