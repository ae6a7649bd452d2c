import { originCharges } from "../../document/origin-vocabulary.ts";

const { headUnits } = originCharges;
/** Units have so many values: a step of a path is its node times this, plus the unit. */
const unitValues = 65_536;

/** What of some texts stands in another. */
export interface Standing {
  /** whether one that is no longer than a head does */
  readonly whole: boolean;
  /** places of longer texts whose head does */
  readonly longer: readonly number[];
}

/** Finds which of many texts may stand in another, by the first units of each. */
export class HeadIndex {
  /** the paths of all heads: the node after a node and a unit */
  readonly #steps = new Map<number, number>();
  #nodes = 1;
  /** nodes at which a text ends */
  readonly #ends = new Set<number>();
  /** places of texts that go on, by the node where their head ends */
  readonly #longer = new Map<number, number[]>();

  add(text: string, place: number): void {
    let node = 0;
    for (let at = 0; at < text.length && at < headUnits; at += 1) {
      const step = node * unitValues + text.charCodeAt(at);
      let next = this.#steps.get(step);
      if (next === undefined) {
        next = this.#nodes;
        this.#nodes += 1;
        this.#steps.set(step, next);
      }
      node = next;
    }
    if (text.length <= headUnits) this.#ends.add(node);
    else {
      const places = this.#longer.get(node);
      if (places === undefined) this.#longer.set(node, [place]);
      else places.push(place);
    }
  }

  standingIn(text: string): Standing {
    const nodes = new Set<number>();
    let whole = false;
    for (let start = 0; start < text.length; start += 1) {
      let node: number | undefined = 0;
      for (let at = start; at < text.length; at += 1) {
        node = this.#steps.get(node * unitValues + text.charCodeAt(at));
        if (node === undefined) break;
        if (this.#ends.has(node)) whole = true;
        if (at - start === headUnits - 1) {
          if (this.#longer.has(node)) nodes.add(node);
          break;
        }
      }
    }
    return { whole, longer: [...nodes].flatMap((node) => this.#longer.get(node) ?? []) };
  }
}
