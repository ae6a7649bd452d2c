import type { ActWords } from "./act-word.ts";
import { leafOf } from "./leaf.ts";
import type { LeafKey } from "./leaf.ts";
import type { OriginMemory } from "./origin-memory.ts";
import { requestedBy } from "./request-sentence.ts";
import type { Requested } from "./request-sentence.ts";

/** Answers that are kept at most, and units of the leaves that one is kept for. */
const answersMax = 16;
const unitsMax = 16_384;

/**
 * What results were found to ask for, kept while nothing joins the memory: the rules of a tool ask the same
 * several times over in one decision.
 */
export class KeptRequests {
  #entries = -1;
  #prompts = -1;
  readonly #found = new Map<string, { readonly acts: ActWords; readonly requested: Requested }>();

  /** What `requestedBy` answers for the leaves of these keys. */
  of(memory: OriginMemory, acts: ActWords, keys: readonly LeafKey[]): Requested {
    if (this.#entries !== memory.entries.length || this.#prompts !== memory.prompts.length) {
      this.#found.clear();
      this.#entries = memory.entries.length;
      this.#prompts = memory.prompts.length;
    }
    const name = nameOf(keys);
    const kept = this.#found.get(name);
    if (kept?.acts === acts) return kept.requested;
    const requested = requestedBy(
      memory,
      acts,
      keys.map((key) => leafOf(key)),
    );
    if (name.length <= unitsMax) {
      if (this.#found.size >= answersMax) this.#found.clear();
      this.#found.set(name, { acts, requested });
    }
    return requested;
  }
}

/** Different for different keys: each text with its length before it. */
function nameOf(keys: readonly LeafKey[]): string {
  let name = "";
  for (const key of keys) name += typeof key === "string" ? `${key.length}:${key}` : `#${key} `;
  return name;
}
