import type { FactAnswer, FactErrorCode } from "@holdfast/model";
import type { AnnotatedArgument, ArgumentUse } from "./annotated-argument.ts";

/** The answer that there is no fact, and why: half of a surrogate pair in that is left out. */
export function factError(code: FactErrorCode, reason: string): FactAnswer {
  return { error: { code, reason: reason.replaceAll(/\p{Cs}/gu, "\ufffd") } };
}

/** A text of the call that a fact is computed from. */
export interface ArgumentText {
  readonly arg: string;
  readonly text: string;
}

/**
 * The texts of one use, in their order; an error when there are none (`unannotated`), when one is
 * no text (`invalid`), or when there are more than `most` (`limit`).
 */
export function textsOf(
  annotated: readonly AnnotatedArgument[],
  use: ArgumentUse,
  most: number,
): readonly ArgumentText[] | FactAnswer {
  const own = annotated.filter((argument) => argument.use === use);
  if (own.length === 0) return factError("unannotated", `no argument is annotated \`${use}\``);
  if (own.length > most) return factError("limit", `more than ${most} arguments`);
  const texts: ArgumentText[] = [];
  for (const { arg, value } of own) {
    if (typeof value !== "string") return factError("invalid", `\`${arg}\` is not a text`);
    texts.push({ arg, text: value });
  }
  return texts;
}

/** Whether {@link textsOf} gave texts. */
export function isTexts(
  texts: readonly ArgumentText[] | FactAnswer,
): texts is readonly ArgumentText[] {
  return Array.isArray(texts);
}
