import type { KnownLeaf, Leaf } from "./leaf.ts";
import type { Entry, Memory } from "./memory.ts";
import {
  containedIn,
  groupsOf,
  isHeld,
  isPromptHost,
  isPromptLiteral,
  isSent,
  isWholeField,
} from "./sighting.ts";

/**
 * Whether every leaf came from the prompt or a whole field with one of these labels, before the
 * agent sent it or an untrusted source held it. A value without leaves came from nowhere.
 */
export function isFromOnly(
  leaves: readonly Leaf[],
  labels: readonly string[],
  memory: Memory,
): boolean {
  return leaves.length > 0 && leaves.every((leaf) => leafPasses(leaf, labels, memory));
}

function leafPasses(leaf: Leaf, labels: readonly string[], memory: Memory): boolean {
  if (!leaf.known) return false;
  for (const group of groupsOf(memory)) {
    if (group.some((entry) => qualifies(entry, leaf, labels))) return true;
    if (group.some((entry) => taints(entry, leaf))) return false;
  }
  return false;
}

function qualifies(entry: Entry, leaf: KnownLeaf, labels: readonly string[]): boolean {
  if (isPromptLiteral(entry, leaf)) return labels.includes("user");
  return isWholeField(entry, leaf) && entry.labels.some((label) => labels.includes(label));
}

/** Sent by the agent, or anywhere in a source that nobody trusts. */
function taints(entry: Entry, leaf: KnownLeaf): boolean {
  if (isSent(entry, leaf)) return true;
  if (!entry.labels.includes("untrusted")) return false;
  if (isPromptLiteral(entry, leaf) || isPromptHost(entry, leaf)) return true;
  return isWholeField(entry, leaf) || isHeld(entry, leaf) || containedIn(entry.text, leaf);
}
