import { RE2JS, RE2JSException } from "re2js";
import type { Budget } from "./budget.ts";
import { celError } from "./cel-error.ts";
import type { CelError } from "./cel-error.ts";

/** The longest pattern, in UTF-16 units. */
const patternLengthMax = 10_000;

/**
 * Whether an RE2 pattern matches anywhere in the text (cel-spec, langdef.md, "matches"), in time
 * linear in text and pattern. Back-references and look-around are not part of RE2: an error.
 */
export function matchesPattern(text: string, pattern: string, budget: Budget): boolean | CelError {
  if (pattern.length > patternLengthMax) {
    return celError(
      "invalid_argument",
      `the pattern is longer than ${patternLengthMax} characters; split it`,
    );
  }
  budget.spend(pattern.length);
  const compiled = compilePattern(pattern);
  if (!(compiled instanceof RE2JS)) return compiled;
  // WHY: matching takes at most one pass of the whole program per character.
  budget.walk(text.length);
  budget.spend(Math.floor((text.length * compiled.programSize()) / 64));
  return compiled.matcher(text).find();
}

function compilePattern(pattern: string): RE2JS | CelError {
  try {
    return RE2JS.compile(pattern);
  } catch (thrown) {
    if (!(thrown instanceof RE2JSException)) throw thrown;
    return celError("invalid_argument", `the pattern is not RE2: ${thrown.message}`);
  }
}
