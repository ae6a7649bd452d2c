import type { Bundle } from "@holdfast/engine";
import { chooseEnvironment, defaultConfiguration } from "@holdfast/runtime";

/** A call that may tell where it was made. */
interface PlacedCall {
  readonly environment?: string | undefined;
}

/**
 * Where calls are decided that do not tell it: as given, else the only environment that there is. Nothing has
 * to be chosen where all of them tell, or there are none.
 *
 * @throws HoldfastError `environment_unknown` or `environment_missing`
 */
export function runEnvironment(
  given: string | undefined,
  bundle: Bundle,
  calls: readonly PlacedCall[],
): string {
  const isTold = calls.every(({ environment }) => environment !== undefined);
  if (given === undefined && isTold) return calls[0]?.environment ?? "";
  return chooseEnvironment(given, defaultConfiguration(), bundle);
}
