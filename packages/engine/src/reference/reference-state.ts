import type { State } from "../engine.ts";
import { Memories } from "./origin/memory.ts";

/** An Event that occurred. */
export interface Occurred {
  readonly atMs: number;
  readonly sequence: number;
}

/** An amount charged to a Meter; `end` may replace or remove it. */
export interface Charge {
  readonly atMs: number;
  readonly sequence: number;
  /** the action that was charged, when it had an id */
  readonly actionId: string | undefined;
  readonly amount: number;
}

/** A containment: in force from its installation until it expires or is released. */
export interface Restriction {
  readonly id: string;
  /** `undefined`: every tenant */
  readonly tenant: string | undefined;
  readonly agent: string;
  /** `undefined`: every session of the agent */
  readonly sessionRoot: string | undefined;
  readonly kinds: readonly string[];
  /** Unix ms at which it ends; `undefined`: only a release ends it */
  readonly untilMs: number | undefined;
}

/** History as this engine keeps it: everything that happened, in order, nothing summed up. */
export class ReferenceState implements State {
  readonly engine = "reference";
  readonly #occurred = new Map<string, Occurred[]>();
  readonly #charges = new Map<string, Charge[]>();
  #restrictions: readonly Restriction[] = [];
  /** where values were first seen; of a bundle that asks for no origins nothing is kept */
  readonly memories = new Memories();

  /** What occurred under this slot, in order. */
  occurred(slot: string): readonly Occurred[] {
    return this.#occurred.get(slot) ?? [];
  }

  /** What was charged under this slot, in order. */
  charges(slot: string): readonly Charge[] {
    return this.#charges.get(slot) ?? [];
  }

  restrictions(): readonly Restriction[] {
    return this.#restrictions;
  }

  occur(slot: string, occurred: Occurred): void {
    append(this.#occurred, slot, occurred);
  }

  charge(slot: string, charge: Charge): void {
    append(this.#charges, slot, charge);
  }

  /** Replaces the amount that an action reserved; `undefined` gives it back. */
  settle(slot: string, actionId: string, amount: number | undefined): void {
    const charges = this.#charges.get(slot) ?? [];
    const settled = charges.flatMap((charge) => {
      if (charge.actionId !== actionId) return [charge];
      return amount === undefined ? [] : [{ ...charge, amount }];
    });
    this.#charges.set(slot, settled);
  }

  restrict(restriction: Restriction): void {
    this.#restrictions = [...this.#restrictions, restriction];
  }

  release(id: string): void {
    this.#restrictions = this.#restrictions.filter((restriction) => restriction.id !== id);
  }
}

/**
 * The state as this engine's own.
 * @throws Error when another engine made it, which is a bug of the caller
 */
export function referenceState(state: State): ReferenceState {
  if (state instanceof ReferenceState) return state;
  throw new Error(`the reference engine was given a state of the engine \`${state.engine}\``);
}

function append<T>(map: Map<string, T[]>, slot: string, item: T): void {
  const items = map.get(slot);
  if (items === undefined) map.set(slot, [item]);
  else items.push(item);
}
