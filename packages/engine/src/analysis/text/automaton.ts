/**
 * A complete deterministic automaton over Unicode scalar values, state 0 first. Symbols are scalar
 * values with the gap of the surrogates closed (`symbolOf`), so that every symbol is a character
 * that well-formed text can hold. In each state `lows` begins the ranges of symbols, ascending
 * from 0, and `targets` says where each leads.
 */
export class Automaton {
  readonly accepting: readonly boolean[];
  readonly lows: readonly (readonly number[])[];
  readonly targets: readonly (readonly number[])[];
  // WHY kept: the same few languages are met again and again, and automata are slow to combine.
  #complement: Automaton | undefined;
  readonly #met = new WeakMap<Automaton, { readonly both: Automaton | undefined }>();
  readonly #without = new Map<string, { readonly others: Automaton | undefined }>();

  constructor({ accepting, lows, targets }: Pick<Automaton, "accepting" | "lows" | "targets">) {
    this.accepting = accepting;
    this.lows = lows;
    this.targets = targets;
  }

  /** Every word that this automaton refuses, and no other. */
  get complement(): Automaton {
    if (this.#complement === undefined) {
      const { accepting, lows, targets } = this;
      const refused = accepting.map((accepts) => !accepts);
      this.#complement = new Automaton({ accepting: refused, lows, targets });
      this.#complement.#complement = this;
    }
    return this.#complement;
  }

  /** The words of both; `undefined` when that is too hard. */
  meet(other: Automaton): Automaton | undefined {
    if (other === this) return this;
    const known = this.#met.get(other);
    if (known !== undefined) return known.both;
    const both = combine(this, other, (a, b) => a && b);
    this.#met.set(other, { both });
    other.#met.set(this, { both });
    return both;
  }

  /** Every word but one; `undefined` when that is too hard. */
  without(text: string): Automaton | undefined {
    if (!accepts(this, text)) return this;
    const known = this.#without.get(text);
    if (known !== undefined) return known.others;
    const others = withoutWord(this, text);
    this.#without.set(text, { others });
    return others;
  }
}

/** One past the last symbol. */
export const symbolsEnd = 0x10f800;

/** How many states an automaton may have before a question about it counts as too hard. */
export const statesMax = 2_000;

/** How many ranges all states of an automaton may have together. */
const rangesMax = 200_000;

/** The symbol of a scalar value; a surrogate, which no text of ours holds, is that of U+E000. */
export function symbolOf(codePoint: number): number {
  if (codePoint < 0xd800) return codePoint;
  return codePoint < 0xe000 ? 0xd800 : codePoint - 0x800;
}

/** The character of a symbol. */
export function characterOf(symbol: number): string {
  return String.fromCodePoint(symbol < 0xd800 ? symbol : symbol + 0x800);
}

/** A machine whose states are found by following it; `name` tells states apart. */
export interface Machine<State> {
  readonly start: State;
  name(state: State): string | number;
  accepts(state: State): boolean;
  /** the ranges of symbols, each with its first symbol, ascending from 0 */
  edges(state: State): readonly (readonly [low: number, state: State])[];
}

/** The automaton of a machine, minimal; `undefined` when it has too many states. */
export function explore<State>(machine: Machine<State>): Automaton | undefined {
  const numbers = new Map<string | number, number>();
  const found: State[] = [];
  const numberOf = (state: State): number => {
    const name = machine.name(state);
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, found.length);
    found.push(state);
    return found.length - 1;
  };
  numberOf(machine.start);
  const accepting: boolean[] = [];
  const lows: number[][] = [];
  const targets: number[][] = [];
  let ranges = 0;
  for (let at = 0; at < found.length; at += 1) {
    const state = found[at];
    if (state === undefined || at >= statesMax || ranges > rangesMax) return undefined;
    accepting.push(machine.accepts(state));
    const ownLows: number[] = [];
    const ownTargets: number[] = [];
    for (const [low, next] of machine.edges(state)) {
      const target = numberOf(next);
      if (ownTargets.at(-1) === target) continue;
      ownLows.push(low);
      ownTargets.push(target);
    }
    ranges += ownLows.length;
    lows.push(ownLows);
    targets.push(ownTargets);
  }
  return minimal(new Automaton({ accepting, lows, targets }));
}

/** The smallest automaton of the same language: states that no word tells apart are one. */
function minimal(automaton: Automaton): Automaton {
  const size = automaton.accepting.length;
  let classes: readonly number[] = firstClasses(automaton);
  let count = new Set(classes).size;
  for (;;) {
    const names = new Map<string, number>();
    const before = classes;
    const next = before.map((own, state) => {
      const parts: (string | number)[] = [own];
      let last = -1;
      for (const [index, target] of (automaton.targets[state] ?? []).entries()) {
        const into = before[target] ?? 0;
        if (into === last) continue;
        parts.push(automaton.lows[state]?.[index] ?? 0, into);
        last = into;
      }
      const name = parts.join(" ");
      const known = names.get(name) ?? names.size;
      names.set(name, known);
      return known;
    });
    classes = next;
    if (names.size === count) break;
    count = names.size;
  }
  return count === size ? automaton : merged(automaton, classes, count);
}

/**
 * States by how far they are from a word's end and from its not being one: states that no word tells
 * apart are equally far. WHY not only by which end a word: a text of bounded length is a chain, in
 * which one round of refinement tells a single state apart.
 */
function firstClasses(automaton: Automaton): readonly number[] {
  const ends = distances(automaton, true);
  const others = distances(automaton, false);
  const names = new Map<string, number>();
  return automaton.accepting.map((_, state) => {
    const name = `${ends[state] ?? -1} ${others[state] ?? -1}`;
    const known = names.get(name) ?? names.size;
    names.set(name, known);
    return known;
  });
}

/** How many symbols each state is from one that accepts, or from one that does not; -1: never. */
function distances({ accepting, targets }: Automaton, wanted: boolean): readonly number[] {
  const sources: number[][] = accepting.map(() => []);
  for (const [state, own] of targets.entries()) {
    for (const target of own) sources[target]?.push(state);
  }
  const found: number[] = accepting.map((accepts) => (accepts === wanted ? 0 : -1));
  const waiting = [...found.keys()].filter((state) => found[state] === 0);
  for (let at = 0; at < waiting.length; at += 1) {
    const state = waiting[at] ?? 0;
    for (const source of sources[state] ?? []) {
      if (found[source] !== -1) continue;
      found[source] = (found[state] ?? 0) + 1;
      waiting.push(source);
    }
  }
  return found;
}

function merged(automaton: Automaton, classes: readonly number[], count: number): Automaton {
  const accepting = Array.from({ length: count }, () => false);
  const lows: number[][] = Array.from({ length: count }, () => []);
  const targets: number[][] = Array.from({ length: count }, () => []);
  const done = new Set<number>();
  for (const [state, own] of classes.entries()) {
    if (done.has(own)) continue;
    done.add(own);
    accepting[own] = automaton.accepting[state] ?? false;
    for (const [index, target] of (automaton.targets[state] ?? []).entries()) {
      const into = classes[target] ?? 0;
      if (targets[own]?.at(-1) === into) continue;
      lows[own]?.push(automaton.lows[state]?.[index] ?? 0);
      targets[own]?.push(into);
    }
  }
  return new Automaton({ accepting, lows, targets });
}

/** The words in both, in one, or in the first alone; `undefined` when it is too hard. */
export function combine(
  one: Automaton,
  other: Automaton,
  holds: (inOne: boolean, inOther: boolean) => boolean,
): Automaton | undefined {
  const width = other.accepting.length;
  return explore<number>({
    start: 0,
    name: (pair) => pair,
    accepts: (pair) =>
      holds(
        one.accepting[Math.floor(pair / width)] ?? false,
        other.accepting[pair % width] ?? false,
      ),
    edges: (pair) => {
      const first = Math.floor(pair / width);
      const second = pair % width;
      return overlaid(
        { lows: one.lows[first] ?? [], targets: one.targets[first] ?? [] },
        { lows: other.lows[second] ?? [], targets: other.targets[second] ?? [] },
      ).map(([low, a, b]) => [low, a * width + b] as const);
    },
  });
}

/** A state is one of the automaton, and how much of the word was read; -1: another is read. */
function withoutWord(automaton: Automaton, word: string): Automaton | undefined {
  const symbols = Array.from(word, (character) => symbolOf(character.codePointAt(0) ?? 0));
  return explore<readonly [number, number]>({
    start: [0, 0],
    name: ([state, read]) => `${state} ${read}`,
    accepts: ([state, read]) => automaton.accepting[state] === true && read !== symbols.length,
    edges: ([state, read]) => {
      const next = read < 0 ? undefined : symbols[read];
      const row = { lows: automaton.lows[state] ?? [], targets: automaton.targets[state] ?? [] };
      const beside = next === undefined ? { lows: [0], targets: [-1] } : wordRow(next, read + 1);
      return overlaid(row, beside).map(([low, target, index]) => [low, [target, index]] as const);
    },
  });
}

function wordRow(symbol: number, read: number): Row {
  const lows = symbol === 0 ? [0, 1] : [0, symbol, symbol + 1];
  const targets = symbol === 0 ? [read, -1] : [-1, read, -1];
  return symbol + 1 === symbolsEnd
    ? { lows: lows.slice(0, -1), targets: targets.slice(0, -1) }
    : { lows, targets };
}

interface Row {
  readonly lows: readonly number[];
  readonly targets: readonly number[];
}

function overlaid(one: Row, other: Row): (readonly [number, number, number])[] {
  const result: (readonly [number, number, number])[] = [];
  let first = 0;
  let second = 0;
  let low = 0;
  for (;;) {
    result.push([low, one.targets[first] ?? 0, other.targets[second] ?? 0]);
    const nextFirst = one.lows[first + 1] ?? symbolsEnd;
    const nextSecond = other.lows[second + 1] ?? symbolsEnd;
    low = Math.min(nextFirst, nextSecond);
    if (low === symbolsEnd) return result;
    if (nextFirst === low) first += 1;
    if (nextSecond === low) second += 1;
  }
}

/** Whether a text holds no half of a surrogate pair. */
export function isWellFormed(text: string): boolean {
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point >= 0xd800 && point < 0xe000) return false;
  }
  return true;
}

/** Whether a text is a word of the automaton; one that is no well-formed text never is. */
export function accepts(automaton: Automaton, text: string): boolean {
  if (!isWellFormed(text)) return false;
  let state = 0;
  for (const character of text) {
    state = targetOf(automaton, state, symbolOf(character.codePointAt(0) ?? 0));
  }
  return automaton.accepting[state] ?? false;
}

function targetOf({ lows, targets }: Automaton, state: number, symbol: number): number {
  const row = lows[state] ?? [];
  let from = 0;
  let to = row.length;
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if ((row[middle] ?? symbolsEnd) <= symbol) from = middle;
    else to = middle;
  }
  return targets[state]?.[from] ?? 0;
}

/** Whether there is no word at all. Every state of an automaton is reached from the first. */
export function isEmpty({ accepting }: Automaton): boolean {
  return !accepting.includes(true);
}
