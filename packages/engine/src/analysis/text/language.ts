import { lowerAscii } from "@holdfast/model";
import { combine, explore, isWellFormed, symbolOf, symbolsEnd } from "./automaton.ts";
import type { Automaton, Machine } from "./automaton.ts";

/** The longest constant text, in characters, that becomes part of an automaton. */
const lengthMax = 400;

/** A set of symbols as ranges, ascending, each first and last symbol inclusive. */
type Ranges = readonly (readonly [number, number])[];

/**
 * One token of a pattern without alternatives: a character of some set, or any run of characters
 * of some set.
 */
interface Token {
  readonly ranges: Ranges;
  readonly run: boolean;
}

const anything: Ranges = [[0, symbolsEnd - 1]];
const anyRun: Token = { ranges: anything, run: true };

function charactersOf(text: string): readonly Token[] {
  return Array.from(text, (character) => {
    const symbol = symbolOf(character.codePointAt(0) ?? 0);
    return { ranges: [[symbol, symbol]], run: false };
  });
}

/** Texts that begin with `start`. */
export function beginning(start: string): Automaton | undefined {
  return tokenAutomaton([...charactersOf(start), anyRun], start);
}

/** Texts that end with `end`. */
export function ending(end: string): Automaton | undefined {
  return tokenAutomaton([anyRun, ...charactersOf(end)], end);
}

/** Texts that hold `part`. */
export function containing(part: string): Automaton | undefined {
  return tokenAutomaton([anyRun, ...charactersOf(part), anyRun], part);
}

/** The text alone. */
export function exactly(text: string): Automaton | undefined {
  return tokenAutomaton(charactersOf(text), text);
}

/** Texts of at least `min` and at most `max` characters; `max` absent: of any length from there. */
export function sized(min: number, max: number | undefined): Automaton | undefined {
  if (min > lengthMax || (max !== undefined && max > lengthMax)) return undefined;
  const last = max ?? min;
  return explore<number>({
    start: 0,
    name: (length) => length,
    accepts: (length) => length >= min && (max === undefined || length <= max),
    edges: (length) => [
      [0, max === undefined ? Math.min(length + 1, last) : Math.min(length + 1, last + 1)],
    ],
  });
}

/**
 * Texts that fit a glob: `*` stays within a part, `**` does not; parts are divided by `/`, and by
 * `.` as well in a pattern with a `.` and no `/` (POLICY.md section 1).
 */
export function globbed(pattern: string): Automaton | undefined {
  const dividers = !pattern.includes("/") && pattern.includes(".") ? "/." : "/";
  const within = without(dividers);
  const tokens = (pattern.match(/\*+|[^*]/gu) ?? []).flatMap((token): readonly Token[] =>
    token.startsWith("*")
      ? [{ ranges: token.length > 1 ? anything : within, run: true }]
      : charactersOf(token),
  );
  return tokenAutomaton(tokens, pattern);
}

/** Hexadecimal digits and what stands between and around them. */
const addressCharacters: Ranges = [
  [0x25, 0x25],
  [0x2e, 0x2e],
  [0x30, 0x3a],
  [0x41, 0x46],
  [0x5b, 0x5b],
  [0x5d, 0x5d],
  [0x61, 0x66],
];

/** The answers of `domain()` to texts. */
export interface DomainNames {
  readonly within: Automaton;
  readonly outside: Automaton;
  readonly unsure: Automaton;
}

/** Names of hosts as `domain()` takes them: dotted parts of letters, digits, `_` and `-`, any case. */
function hostNames(): Automaton | undefined {
  const letters: Ranges = [
    [0x2d, 0x2d],
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ];
  // 0: before a part, 1: in a part, 2: after the one final dot, 3: never a host
  return explore<number>({
    start: 0,
    name: (state) => state,
    accepts: (state) => state === 1 || state === 2,
    edges: (state) =>
      edgesOf(
        [
          [letters, state === 3 ? 3 : 1],
          [[[0x2e, 0x2e]], state === 1 ? 2 : 3],
        ],
        3,
      ),
  });
}

/**
 * Host names that are `suffix` or lie below it, and those that are host names and do not: the two
 * answers of `domain()`. Texts of the characters of addresses alone may be addresses, which only the
 * engine tells: they are in `unsure`. All else is no host name, an error. `undefined` where
 * `suffix` is none.
 */
export function domainNames(suffix: string): DomainNames | undefined {
  const name = lowerAscii(suffix).replace(/\.$/, "");
  if (!/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(name)) return undefined;
  const hosts = hostNames();
  // Some character that no address has, in whatever way it is written.
  const lettered = explore<boolean>({
    start: false,
    name: (seen) => (seen ? 1 : 0),
    accepts: (seen) => seen,
    edges: (seen) => edgesOf([[addressCharacters, seen]], true),
  });
  const below = tokenAutomaton([...anyCase(name)], name);
  const dotted = tokenAutomaton([anyRun, ...anyCase(`.${name}`)], name);
  if (
    hosts === undefined ||
    lettered === undefined ||
    below === undefined ||
    dotted === undefined
  ) {
    return undefined;
  }
  const either = both(below, dotted, (one, other) => one || other);
  const plainEnd = either && withFinalDot(either);
  const names = both(hosts, lettered, (one, other) => one && other);
  const within = names && plainEnd && both(names, plainEnd, (one, other) => one && other);
  const outside = names && within && both(names, within, (one, other) => one && !other);
  if (within === undefined || outside === undefined) return undefined;
  return { within, outside, unsure: lettered.complement };
}

/** The words of an automaton, and each of them with a dot behind. */
function withFinalDot(automaton: Automaton): Automaton | undefined {
  // A state is one of the automaton, and whether a dot just ended a word.
  return explore<readonly [number, boolean]>({
    start: [0, false],
    name: ([state, dotted]) => `${state} ${dotted}`,
    accepts: ([state, dotted]) => dotted || automaton.accepting[state] === true,
    edges: ([state]) => {
      const accepting = automaton.accepting[state] === true;
      const lows = automaton.lows[state] ?? [];
      const targets = automaton.targets[state] ?? [];
      const cuts = [...new Set([...lows, 0x2e, 0x2f])].toSorted((a, b) => a - b);
      return cuts.map((low) => {
        const target = targets[lows.findLastIndex((each) => each <= low)] ?? 0;
        return [low, [target, accepting && low === 0x2e]] as const;
      });
    },
  });
}

function both(
  one: Automaton,
  other: Automaton,
  holds: (inOne: boolean, inOther: boolean) => boolean,
): Automaton | undefined {
  return combine(one, other, holds);
}

function anyCase(text: string): readonly Token[] {
  return Array.from(text, (character) => {
    const lower = symbolOf(character.codePointAt(0) ?? 0);
    const letter = lower >= 0x61 && lower <= 0x7a;
    const upper = lower - 0x20;
    return {
      ranges: letter
        ? [
            [upper, upper],
            [lower, lower],
          ]
        : [[lower, lower]],
      run: false,
    };
  });
}

function without(characters: string): Ranges {
  const symbols = Array.from(characters, (each) => symbolOf(each.codePointAt(0) ?? 0));
  const ranges: (readonly [number, number])[] = [];
  let low = 0;
  for (const symbol of symbols.toSorted((a, b) => a - b)) {
    ranges.push([low, symbol - 1]);
    low = symbol + 1;
  }
  return [...ranges, [low, symbolsEnd - 1]];
}

/** Edges that lead to a state for each list of ranges, and to `otherwise` for the rest. */
function edgesOf<State>(
  steps: readonly (readonly [Ranges, State])[],
  otherwise: State,
): readonly (readonly [number, State])[] {
  const cuts = new Set([0]);
  for (const [ranges] of steps) {
    for (const [low, high] of ranges) {
      cuts.add(low);
      if (high + 1 < symbolsEnd) cuts.add(high + 1);
    }
  }
  return [...cuts]
    .toSorted((a, b) => a - b)
    .map((symbol) => {
      const step = steps.find(([ranges]) => holdsSymbol(ranges, symbol));
      return [symbol, step === undefined ? otherwise : step[1]] as const;
    });
}

function holdsSymbol(ranges: Ranges, symbol: number): boolean {
  return ranges.some(([low, high]) => low <= symbol && symbol <= high);
}

/** The automaton of tokens one after the other: sets of places between tokens are its states. */
function tokenAutomaton(tokens: readonly Token[], source: string): Automaton | undefined {
  if (tokens.length > lengthMax || !isWellFormed(source)) return undefined;
  const settled = (places: Iterable<number>): readonly number[] => {
    const all = new Set<number>();
    for (const place of places) {
      let at = place;
      all.add(at);
      while (tokens[at]?.run === true) {
        at += 1;
        all.add(at);
      }
    }
    return [...all].toSorted((a, b) => a - b);
  };
  const machine: Machine<readonly number[]> = {
    start: settled([0]),
    name: (places) => places.join(" "),
    accepts: (places) => places.includes(tokens.length),
    edges: (places) => {
      const cuts = new Set([0]);
      for (const place of places) {
        for (const [low, high] of tokens[place]?.ranges ?? []) {
          cuts.add(low);
          if (high + 1 < symbolsEnd) cuts.add(high + 1);
        }
      }
      return [...cuts]
        .toSorted((a, b) => a - b)
        .map((symbol) => {
          const next = places.flatMap((place) => {
            const token = tokens[place];
            if (token === undefined || !holdsSymbol(token.ranges, symbol)) return [];
            return [token.run ? place : place + 1];
          });
          return [symbol, settled(next)] as const;
        });
    },
  };
  return explore(machine);
}
