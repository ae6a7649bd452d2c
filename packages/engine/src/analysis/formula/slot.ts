import type { Json } from "@holdfast/model";
import type { Automaton } from "../text/automaton.ts";
import { ValueMemory } from "../domain/value-memory.ts";
import type { Held, ValueSet } from "../domain/value-set.ts";

/** What the value of a slot means for a request and its history. */
export type Meaning =
  /** what stands at a path: `["args", "amount"]`, `["hop 0", "id"]` for the outermost delegating agent */
  | { readonly kind: "place"; readonly path: readonly string[] }
  /** whether the list at a place holds a scalar */
  | { readonly kind: "member"; readonly list: string; readonly item: Json }
  /** how many items the list at a place has */
  | { readonly kind: "size"; readonly list: string }
  /** how often an Event occurred within a time before now; absent: ever */
  | { readonly kind: "count"; readonly event: string; readonly windowMs: number | undefined }
  /** whether one Event occurred after the latest of another */
  | { readonly kind: "since"; readonly first: string; readonly second: string }
  /** what a Meter has been charged */
  | { readonly kind: "meter"; readonly meter: string }
  /** whether the values at two places are equal */
  | { readonly kind: "same"; readonly one: string; readonly other: string }
  /** whether the numbers at two places, added as doubles, are more than a bound */
  | {
      readonly kind: "sum";
      readonly one: string;
      readonly other: string;
      readonly beyond: number;
    }
  /** whether the arguments have a property that neither policy set declares */
  | { readonly kind: "undeclared" }
  /** what an expression gives that is not looked into */
  | {
      readonly kind: "opaque";
      readonly text: string;
      /** the whole numbers that stand in it */
      readonly numbers: readonly number[];
    };

/** One thing that a decision depends on. */
export interface Slot {
  readonly name: string;
  readonly meaning: Meaning;
  /** what can stand here; of a place below another, where that is a map, else it is absent */
  readonly universe: ValueSet;
  readonly parent?: string;
  /** what the items of a list can be */
  readonly items?: ValueSet;
  /** the value that reads best, where it is one of the set */
  readonly plain?: Held;
}

/** Automata by what they are made of; `undefined` where that is too hard. */
export type Languages = Map<string, Automaton | undefined>;

/** The slots of one question, by name. Declaring one again changes nothing. */
export class SlotTable {
  /** what the sets of values at these slots say of each other */
  readonly memory = new ValueMemory();
  readonly #slots = new Map<string, Slot>();
  readonly #languages: Languages;

  /** `languages`: automata by what they are made of, for all questions that ask for the same */
  constructor(languages: Languages = new Map()) {
    this.#languages = languages;
  }

  /** The automaton of a name, made the first time it is asked for. */
  language(name: string, make: () => Automaton | undefined): Automaton | undefined {
    if (!this.#languages.has(name)) this.#languages.set(name, make());
    return this.#languages.get(name);
  }

  declare(slot: Slot): string {
    if (!this.#slots.has(slot.name)) this.#slots.set(slot.name, slot);
    return slot.name;
  }

  /** @throws RangeError for a slot that nobody declared, which is a bug */
  get(name: string): Slot {
    const slot = this.#slots.get(name);
    if (slot === undefined) throw new RangeError(`no slot \`${name}\``);
    return slot;
  }

  /** Says what the items of the list at a slot can be. */
  describeItems(name: string, items: ValueSet): void {
    this.#slots.set(name, { ...this.get(name), items });
  }

  /** Every slot that was declared, in order. */
  all(): readonly Slot[] {
    return [...this.#slots.values()];
  }

  find(name: string): Slot | undefined {
    return this.#slots.get(name);
  }
}
