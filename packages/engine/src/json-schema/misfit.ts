import type { Situation } from "./node.ts";

/** What is wrong, and where: as ajv says it. */
export interface Misfit {
  /** JSON pointer into the value */
  readonly instancePath: string;
  readonly message: string;
  readonly params: { readonly unevaluatedProperty?: string; readonly additionalProperty?: string };
}

/** Says what is wrong; always false. */
export function misfit(
  { path, misfits }: Situation,
  message: string,
  params: Misfit["params"] = {},
): false {
  misfits.push({ instancePath: path, message, params });
  return false;
}
