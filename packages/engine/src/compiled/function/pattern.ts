import { RE2JS, RE2JSException } from "re2js";
import type { Failure } from "../value/failure.ts";
import type { Result } from "../value/value.ts";
import { fail } from "./family.ts";
import type { Workbench } from "./family.ts";

const lengthMax = 10_000;
const keptMax = 512;

/**
 * Whether an RE2 pattern matches anywhere in a text, in time linear in both. One that is written in the policy is
 * matched by states that it keeps; those of patterns that come from arguments would take memory without end.
 */
export function matchesPattern(
  text: string,
  pattern: string,
  bench: Workbench,
  isWritten = false,
): Result {
  const { budget } = bench;
  if (pattern.length > lengthMax) {
    return fail("invalid_argument", `the pattern is longer than ${lengthMax} characters; split it`);
  }
  budget.spend(pattern.length);
  const compiled = bench.patterns.get(pattern) ?? compile(pattern, bench);
  if (!(compiled instanceof RE2JS)) return compiled;
  budget.walk(text.length);
  budget.spend(Math.floor((text.length * compiled.programSize()) / 64));
  return isWritten ? compiled.test(text) : compiled.matcher(text).find();
}

function compile(pattern: string, { patterns }: Workbench): RE2JS | Failure {
  try {
    const compiled = RE2JS.compile(pattern);
    // A pattern may come from arguments, so what is kept is bounded.
    if (patterns.size >= keptMax) patterns.clear();
    patterns.set(pattern, compiled);
    return compiled;
  } catch (thrown) {
    if (!(thrown instanceof RE2JSException)) throw thrown;
    return fail("invalid_argument", `the pattern is not RE2: ${thrown.message}`);
  }
}
