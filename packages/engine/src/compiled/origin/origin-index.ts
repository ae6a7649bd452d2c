import { originTiers } from "../../document/origin-vocabulary.ts";
import type { OriginTier } from "../../document/origin-vocabulary.ts";
import type { LabelList } from "./label-list.ts";
import type { Leaf } from "./leaf.ts";
import { holds } from "./literal-search.ts";
import type { OriginEntry } from "./origin-entry.ts";
import { Postings } from "./posting.ts";
import { Prompt } from "./prompt.ts";
import { canName } from "./result-view.ts";
import { TextPile } from "./text-pile.ts";

/** Where a leaf was first seen; `sequence` is infinite when nowhere. */
export interface FirstSight {
  readonly tier: OriginTier;
  readonly source: string;
  readonly sequence: number;
}

/** Whether every leaf passes, and the occurrence that settles it; infinite when none does. */
export interface Passing {
  readonly passes: boolean;
  readonly sequence: number;
}

const unknownSight: FirstSight = {
  tier: "nowhere",
  source: "",
  sequence: Number.POSITIVE_INFINITY,
};
const rankOf: ReadonlyMap<OriginTier, number> = new Map(
  originTiers.map((tier, rank) => [tier, rank]),
);

/** Names kept at most as being in a prompt or in none. */
const promptedMax = 65_536;

/** Entries of one memory, found by what they hold. Lists of places are in order. */
export class OriginIndex {
  readonly entries: OriginEntry[] = [];
  readonly prompts: Prompt[] = [];
  readonly #fields = new Map<string, number[]>();
  readonly #sent: number[] = [];
  readonly #sentTexts = new TextPile();
  readonly #firstSent = new Map<string, number>();
  readonly #untrusted: number[] = [];
  readonly #postings = new Postings();
  /** by name: true where a prompt holds it, else how many prompts do not */
  readonly #prompted = new Map<string, true | number>();

  add(entry: OriginEntry): void {
    const place = this.entries.length;
    this.entries.push(entry);
    if (entry.kind === "prompt") this.prompts.push(new Prompt(entry, place));
    if (entry.kind === "sent") {
      this.#sent.push(place);
      this.#sentTexts.add(entry.text, place);
      if (!this.#firstSent.has(entry.text)) this.#firstSent.set(entry.text, place);
    }
    if (entry.kind === "field") {
      const places = this.#fields.get(entry.text);
      if (places === undefined) this.#fields.set(entry.text, [place]);
      else places.push(place);
    }
    if (entry.labels.includes("untrusted")) this.#untrusted.push(place);
  }

  /**
   * Whether the first occurrence that says anything of a leaf has it with one of these labels.
   * Only what comes before it is searched, so that a leaf that nothing vouches for costs little.
   */
  passing(leaf: Leaf, labels: LabelList): Passing {
    const vouched = this.#vouchedAt(leaf, labels);
    if (vouched === Number.POSITIVE_INFINITY) return { passes: false, sequence: vouched };
    const spoiled = this.#spoiledBefore(leaf, vouched);
    return spoiled === undefined
      ? { passes: true, sequence: vouched }
      : { passes: false, sequence: spoiled };
  }

  /** The first occurrence with the leaf in a prompt, or as a whole field with one of the labels. */
  #vouchedAt(leaf: Leaf, labels: LabelList): number {
    let first = Number.POSITIVE_INFINITY;
    if (labels.acceptsPrompt) {
      first = this.prompts.find((prompt) => prompt.holds(leaf))?.entry.sequence ?? first;
    }
    for (const form of leaf.forms) {
      for (const place of this.#fields.get(form) ?? []) {
        const entry = this.entries[place];
        if (entry === undefined || entry.sequence >= first) break;
        if (!labels.acceptsAny(entry.labels)) continue;
        first = entry.sequence;
        break;
      }
    }
    return first;
  }

  /** An occurrence before `sequence` that sent the leaf, or has it from an untrusted source. */
  #spoiledBefore(leaf: Leaf, sequence: number): number | undefined {
    const { forms, short } = leaf;
    for (const form of forms) {
      const sent = this.entries[this.#firstSent.get(form) ?? -1];
      if (sent !== undefined && sent.sequence < sequence) return sent.sequence;
    }
    if (!short) {
      for (const place of this.#sent) {
        const entry = this.entries[place];
        if (entry === undefined || entry.sequence >= sequence) break;
        if (forms.some((form) => holds(entry.text, form))) return entry.sequence;
      }
    }
    for (const place of this.#untrusted) {
      const entry = this.entries[place];
      if (entry === undefined || entry.sequence >= sequence) break;
      if (this.#isInUntrusted(leaf, entry, place)) return entry.sequence;
    }
    return undefined;
  }

  #isInUntrusted(leaf: Leaf, entry: OriginEntry, place: number): boolean {
    const { forms, short } = leaf;
    if (!short && forms.some((form) => holds(entry.text, form))) return true;
    if (entry.kind === "field") return forms.includes(entry.text);
    if (entry.kind !== "prompt") return false;
    return this.prompts.find((prompt) => prompt.place === place)?.namesHostOf(leaf) ?? false;
  }

  /** The best that the first occurrence which has the leaf says of it. */
  firstSight(leaf: Leaf): FirstSight {
    const { forms, short } = leaf;
    const search = new Search(this.entries);
    for (const prompt of this.prompts) {
      if (search.isPast(prompt.entry)) break;
      if (prompt.holds(leaf)) search.note(prompt.place, "prompt");
      else if (prompt.namesHostOf(leaf)) search.note(prompt.place, "prompt_host");
    }
    for (const form of forms) {
      search.noteEach(this.#fields.get(form) ?? [], ({ labels }) =>
        labels.includes("own") || labels.includes("directory") ? "own" : "field",
      );
      const sent = this.#firstSent.get(form);
      if (sent !== undefined) search.note(sent, "nowhere");
    }
    if (!short) {
      for (const form of forms) {
        this.#sentTexts.someWith(
          form,
          () => true,
          (place) => search.noteAt(place, () => "nowhere"),
        );
        this.#postings.someWith(form, this.entries, (place) =>
          search.noteAt(place, (entry) => this.#heldTier(entry)),
        );
      }
    }
    return search.sight();
  }

  #heldTier(entry: OriginEntry): OriginTier {
    if (!this.#isNamed(entry)) return "text";
    return entry.kind === "field" ? "named" : "named_text";
  }

  /** Whether a prompt holds one of its names. */
  #isNamed({ names }: OriginEntry): boolean {
    return names.some((name) => canName(name) && this.#isPrompted(name));
  }

  /** Whether a prompt holds a name; entries mostly share names, so each is looked for once. */
  #isPrompted(name: string): boolean {
    const kept = this.#prompted.get(name);
    if (kept === true || kept === this.prompts.length) return kept === true;
    const seen = kept ?? 0;
    const found = this.prompts.some((prompt, at) => at >= seen && prompt.names(name));
    if (this.#prompted.size >= promptedMax) this.#prompted.clear();
    this.#prompted.set(name, found ? true : this.prompts.length);
    return found;
  }
}

/** Finds the earliest occurrence, its best tier, and the first entry of that tier. */
class Search {
  readonly #entries: readonly OriginEntry[];
  #sequence = Number.POSITIVE_INFINITY;
  #rank = Number.POSITIVE_INFINITY;
  #place = Number.POSITIVE_INFINITY;
  #tier: OriginTier = "nowhere";

  constructor(entries: readonly OriginEntry[]) {
    this.#entries = entries;
  }

  isPast({ sequence }: OriginEntry): boolean {
    return sequence > this.#sequence;
  }

  note(place: number, tier: OriginTier): void {
    const sequence = this.#entries[place]?.sequence ?? Number.POSITIVE_INFINITY;
    const rank = rankOf.get(tier) ?? Number.POSITIVE_INFINITY;
    const order =
      compare(sequence, this.#sequence) || compare(rank, this.#rank) || place - this.#place;
    if (order >= 0) return;
    this.#sequence = sequence;
    this.#rank = rank;
    this.#place = place;
    this.#tier = tier;
  }

  /** Looks at places in order, as far as they can still matter. */
  noteEach(places: readonly number[], tierOf: (entry: OriginEntry) => OriginTier): void {
    for (const place of places) if (this.noteAt(place, tierOf)) return;
  }

  /** Looks at a place, unless it cannot matter any more, nor any after it. */
  noteAt(place: number, tierOf: (entry: OriginEntry) => OriginTier): boolean {
    const entry = this.#entries[place];
    if (entry === undefined || this.isPast(entry)) return true;
    this.note(place, tierOf(entry));
    return false;
  }

  sight(): FirstSight {
    const found = this.#entries[this.#place];
    if (found === undefined) return unknownSight;
    const { sequence, source } = found;
    const tier = this.#tier;
    if (tier === "nowhere") return { tier, source: "", sequence };
    return { tier, source: found.kind === "prompt" ? "prompt" : source, sequence };
  }
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
