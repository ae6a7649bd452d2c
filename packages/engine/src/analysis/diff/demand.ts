import { canonicalJson } from "@holdfast/model";
import type { Rule } from "../../document/policy.ts";
import { dropSources } from "../condition/surroundings.ts";
import { modificationText } from "../region/side.ts";
import type { PlacedRule } from "../region/side.ts";
import { obligationWords } from "./side-formula.ts";

/** One thing that rules ask for, and when some rule of a side asks for it. */
export interface Demand {
  readonly key: string;
  readonly words: string;
  readonly effect: Rule["effect"];
  readonly obligation: boolean;
  /** how long what is asked for is waited for; after that it is denied */
  readonly timeoutMs?: number;
}

/** What a rule that holds adds to a decision that lets something happen. */
export function demandsOf({ rule, policy }: PlacedRule): readonly Demand[] {
  const { effect } = rule;
  const obligations = rule.obligations.map((one): Demand => {
    const words = obligationWords(one);
    return { key: words, words, effect, obligation: true };
  });
  const own = ownDemand(rule, policy);
  if (own === undefined) return obligations;
  return [Object.assign({ effect, obligation: false }, own), ...obligations];
}

function ownDemand(
  rule: Rule,
  policy: PlacedRule["policy"],
): Pick<Demand, "key" | "words" | "timeoutMs"> | undefined {
  const limited = "limit" in rule && rule.limit !== undefined;
  const kept = JSON.stringify([limited, rule.fallback ?? null], dropSources);
  switch (rule.effect) {
    case "allow":
    case "deny":
    case "contain":
      return undefined;
    case "modify": {
      const words = rule.modifications.map(
        ({ operation, path }) => `${operation} ${path.join(".")}`,
      );
      return { key: `modify ${modificationText(rule, policy)}`, words: words.join(", ") };
    }
    case "sandbox":
      return { key: `sandbox ${rule.sandbox}`, words: `sandbox ${rule.sandbox}` };
    case "throttle":
      return { key: `throttle ${kept}`, words: "throttle" };
    case "defer":
      return { key: `defer ${kept}`, words: "defer", timeoutMs: rule.timeoutMs };
    case "step_up": {
      const { from, quorum } = rule.approval;
      const words = `approval by ${quorum} of ${from.join(", ")}`;
      return { key: `step_up ${kept} ${canonicalJson(rule.approval)}`, words };
    }
  }
}

/** The other action that a rule names, in words. */
export function fallbackWords({ tool, args }: NonNullable<Rule["fallback"]>): string {
  return `instead ${tool} ${JSON.stringify(args, dropSources)}`;
}
