/**
 * Code written by this engine as a function. **Contract:** texts of policies stand in it only
 * as JSON strings.
 *
 * @throws EvalError where making code from text is forbidden
 */
export function functionOf(parameters: readonly string[], text: string): unknown {
  // oxlint-disable-next-line no-implied-eval, no-new-func -- the engine's own text, see the contract
  return new Function(...parameters, `"use strict";${text}`);
}

/**
 * Whether text may become code here. A Content-Security-Policy without `unsafe-eval` forbids it,
 * and then this is refused, and reported where the policy says so; `codeGeneration: false` does
 * not ask.
 */
export function mayGenerate(): boolean {
  try {
    functionOf([], "");
    return true;
  } catch {
    return false;
  }
}
