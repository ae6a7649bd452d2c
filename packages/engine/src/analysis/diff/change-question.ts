import type { Formula } from "../formula/formula.ts";
import type { PlacedRule } from "../region/side.ts";
import type { ChangeKind } from "./signature.ts";

/** One way in which the sets may decide differently, and which rules would be why. */
export interface ChangeQuestion {
  /** what would be different, in words */
  readonly about: string;
  /** rules by name; of the old set, of the new set */
  readonly causes: { readonly old: readonly string[]; readonly new: readonly string[] };
  /** what a witness is expected to show; any other change that comes up is one all the same */
  readonly expects: readonly ChangeKind[];
  readonly must: readonly Formula[];
  readonly beside: readonly Formula[];
}

export const lessNarrow: readonly ChangeKind[] = ["widened", "changed"];
export const narrower: readonly ChangeKind[] = ["narrowed", "changed"];

/** The rules that one side has and the other has not, by what they mean. */
export interface OwnRules {
  readonly old: readonly PlacedRule[];
  readonly new: readonly PlacedRule[];
}
