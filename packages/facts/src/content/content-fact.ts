import type { FactAnswer } from "@holdfast/model";
import type { AnnotatedArgument } from "../annotated-argument.ts";
import { factError } from "../fact-error.ts";
import { ContentReading } from "./content-reading.ts";

/**
 * The fact `content` (POLICY.md section 1): which secrets, personal data and marks of injection the
 * values annotated `content` hold, and where, never what they are. Names of members and numbers are
 * looked through too; what is found there no mask can hide, and a mask of it is an error.
 *
 * Errors: `unannotated`, `limit` (more than 512 KiB of text, 1,000 entries of a list, or 5,000
 * stretches).
 */
export function contentFact(annotated: readonly AnnotatedArgument[]): FactAnswer {
  const own = annotated.filter(({ use }) => use === "content");
  if (own.length === 0) return factError("unannotated", "no argument is annotated `content`");
  const reading = new ContentReading();
  for (const { arg, value } of own) {
    const shown = arg.replaceAll(/\[[0-9]+\]/gu, "[]");
    reading.read(value, { place: arg, arg: shown, name: memberOf(arg) });
  }
  return reading.answer;
}

/** The name of the member that a place is. */
function memberOf(arg: string): string {
  return /(?:^|\.)([^.[\]]*)(?:\[[0-9]*\])*$/u.exec(arg)?.[1] ?? "";
}
