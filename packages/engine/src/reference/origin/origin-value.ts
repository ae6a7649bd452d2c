import { originTiers } from "../../document/origin-vocabulary.ts";
import type { OriginTier } from "../../document/origin-vocabulary.ts";
import { CelMap } from "../value.ts";
import type { Value } from "../value.ts";

/** Where a value was first seen. */
export interface Origin {
  readonly tier: OriginTier;
  readonly source: string;
}

/** The place of a tier, the best first. */
export function tierRank(tier: OriginTier): number {
  return originTiers.indexOf(tier);
}

/** The tier of this name. */
export function tierNamed(name: string): OriginTier | undefined {
  return originTiers.find((tier) => tier === name);
}

/** The value that `origin` gives. */
export function originValue({ tier, source }: Origin): Value {
  return CelMap.ofStrings([
    ["tier", tier],
    ["source", source],
  ]);
}

/** For people: `text (crm.search items[].iban)`; `undefined` when the value is no origin. */
export function originWords(value: Value): string | undefined {
  if (!(value instanceof CelMap) || value.size !== 2) return undefined;
  const tier = value.get("tier");
  const source = value.get("source");
  if (typeof tier !== "string" || typeof source !== "string") return undefined;
  if (tierNamed(tier) === undefined) return undefined;
  return source === "" ? tier : `${tier} (${source})`;
}
