import { originLimits } from "../../document/origin-vocabulary.ts";
import type { OriginTier } from "../../document/origin-vocabulary.ts";
import type { Leaf } from "./leaf.ts";
import type { Entry, Memory } from "./memory.ts";
import { tierRank } from "./origin-value.ts";
import type { Origin } from "./origin-value.ts";
import {
  groupsOf,
  isHeld,
  isPromptHost,
  isPromptLiteral,
  isSent,
  isWholeField,
  promptsOf,
} from "./sighting.ts";
import { stands } from "./token.ts";

const nowhere: Origin = { tier: "nowhere", source: "" };

/** Where the worst leaf was first seen; of leaves that are equally bad the first. */
export function originOf(leaves: readonly Leaf[], memory: Memory): Origin {
  const origins = leaves.map((leaf) => leafOrigin(leaf, memory));
  const worst = Math.max(...origins.map(({ tier }) => tierRank(tier)));
  return origins.find(({ tier }) => tierRank(tier) === worst) ?? nowhere;
}

/** The first moment at which the leaf was seen decides, with the best that was seen of it then. */
function leafOrigin(leaf: Leaf, memory: Memory): Origin {
  for (const group of groupsOf(memory)) {
    const [best] = group
      .flatMap((entry) => {
        const tier = sightingTier(entry, leaf, memory);
        if (tier === undefined) return [];
        const said = tier === "prompt" || tier === "prompt_host" ? "prompt" : entry.source;
        return [{ tier, source: tier === "nowhere" ? "" : said }];
      })
      .toSorted((a, b) => tierRank(a.tier) - tierRank(b.tier));
    if (best !== undefined) return best;
  }
  return nowhere;
}

/** What one entry says of a leaf; `undefined` when it does not have it. */
function sightingTier(entry: Entry, leaf: Leaf, memory: Memory): OriginTier | undefined {
  if (!leaf.known) return undefined;
  if (isPromptLiteral(entry, leaf)) return "prompt";
  if (isWholeField(entry, leaf)) {
    const own = entry.labels.includes("own") || entry.labels.includes("directory");
    return own ? "own" : "field";
  }
  if (isPromptHost(entry, leaf)) return "prompt_host";
  if (isHeld(entry, leaf)) {
    if (!isNamed(entry, memory)) return "text";
    return entry.kind === "field" ? "named" : "named_text";
  }
  return isSent(entry, leaf) ? "nowhere" : undefined;
}

/** Whether any prompt, of whatever moment, holds one of the texts that name this entry. */
function isNamed(entry: Entry, memory: Memory): boolean {
  const names = entry.names.filter((name) => name.length >= originLimits.literalUnitsMin);
  return promptsOf(memory).some(({ text }) => names.some((name) => stands(text, name)));
}
