import type { Entry, Memory } from "./memory.ts";
import { hostOfLeaf, hostsNamed } from "./host.ts";
import type { KnownLeaf } from "./leaf.ts";
import { stands } from "./token.ts";

/** Whether a written form of the leaf stands in the text as a literal of its own. */
export function standsIn(text: string, leaf: KnownLeaf): boolean {
  return !leaf.short && leaf.forms.some((form) => stands(text, form));
}

/** Whether the text holds a written form of the leaf anywhere. */
export function containedIn(text: string, leaf: KnownLeaf): boolean {
  return !leaf.short && leaf.forms.some((form) => text.includes(form));
}

/** The prompt holds the leaf as a literal. */
export function isPromptLiteral(entry: Entry, leaf: KnownLeaf): boolean {
  return entry.kind === "prompt" && standsIn(entry.text, leaf);
}

/** The leaf is a URL, be it without a scheme, and the prompt names its host. */
export function isPromptHost(entry: Entry, leaf: KnownLeaf): boolean {
  if (entry.kind !== "prompt" || leaf.number) return false;
  const host = hostOfLeaf(leaf.text);
  return host !== undefined && hostsNamed(entry.text).has(host);
}

/** The entry is a field of a result that is this leaf, in any way to write it, and nothing else. */
export function isWholeField(entry: Entry, leaf: KnownLeaf): boolean {
  return entry.kind === "field" && leaf.forms.includes(entry.text);
}

/** A free text, or a string field, holds the leaf as a literal. */
export function isHeld(entry: Entry, leaf: KnownLeaf): boolean {
  return isText(entry) && standsIn(entry.text, leaf);
}

/** The agent has sent this leaf, or a text that holds it. */
export function isSent(entry: Entry, leaf: KnownLeaf): boolean {
  if (entry.kind !== "sent") return false;
  return leaf.forms.includes(entry.text) || containedIn(entry.text, leaf);
}

/** Whether an entry can be looked into as text. */
export function isText(entry: Entry): boolean {
  return entry.kind === "text" || (entry.kind === "field" && entry.textual);
}

/** What was folded at one moment, oldest first. */
export function groupsOf(memory: Memory): readonly (readonly Entry[])[] {
  const groups = new Map<number, Entry[]>();
  for (const entry of memory.entries()) {
    const group = groups.get(entry.sequence);
    if (group === undefined) groups.set(entry.sequence, [entry]);
    else group.push(entry);
  }
  return [...groups].toSorted(([a], [b]) => a - b).map(([, group]) => group);
}

/** The prompts of a session, oldest first. */
export function promptsOf(memory: Memory): readonly Entry[] {
  return memory.entries().filter(({ kind }) => kind === "prompt");
}
