/**
 * What an example is a part of, so that the tests can compile it: a CEL condition of a deny rule,
 * rules of a policy on `pay.refund`, documents beside it, a whole file, or nothing.
 */
export type ExampleFrame = "condition" | "rules" | "documents" | "file" | "none";

/** A code explained: what it means, and an example that gets it with its mend. */
export interface Explanation {
  readonly means: string;
  readonly frame: ExampleFrame;
  /** `⟪300 × x⟫` stands for 300 times `x` */
  readonly bad: string;
  readonly mend: string;
}

type Explain = (means: string, bad: string, mend: string) => Explanation;

const framed =
  (frame: ExampleFrame): Explain =>
  (means, bad, mend) => ({ means, frame, bad: bad.trim(), mend: mend.trim() });

/** Explained by a condition. */
export const condition: Explain = framed("condition");
/** Explained by rules of a policy. */
export const rules: Explain = framed("rules");
/** Explained by documents; `apiVersion` is left out of each. */
export const documents: Explain = framed("documents");
/** Explained by a whole file. */
export const file: Explain = framed("file");

/** Explained in words alone: no policy text shows it. */
export function words(means: string): Explanation {
  return { means, frame: "none", bad: "", mend: "" };
}
