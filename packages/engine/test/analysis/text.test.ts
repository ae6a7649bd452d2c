import { RE2JS } from "re2js";
import { describe, expect, test } from "vitest";
import { loadPolicySet, parseExpression } from "@holdfast/engine";
import { evaluateCompiled } from "@holdfast/engine";
import { accepts, combine, isEmpty } from "../../src/analysis/text/automaton.ts";
import type { Automaton } from "../../src/analysis/text/automaton.ts";
import {
  beginning,
  containing,
  domainNames,
  ending,
  exactly,
  globbed,
  sized,
} from "../../src/analysis/text/language.ts";
import { members } from "../../src/analysis/text/member.ts";
import { matching } from "../../src/analysis/text/pattern.ts";
import {
  bothTexts,
  eitherText,
  hasText,
  isNoText,
  otherTexts,
  someTexts,
  textsOf,
} from "../../src/analysis/text/text-set.ts";
import type { TextSet } from "../../src/analysis/text/text-set.ts";

/** Every text of up to four of these characters. */
const alphabet = ["a", "b", "K", "\u212a", "1", " ", "\n", ".", "/", "\u{1F600}"];
const words = wordsUpTo(4);

function wordsUpTo(length: number): readonly string[] {
  let last = [""];
  const all = [""];
  for (let size = 1; size <= length; size += 1) {
    last = last.flatMap((word) => alphabet.map((character) => word + character));
    all.push(...last);
  }
  return all;
}

/** What an automaton and a plain test say differently. */
function differences(
  automaton: Automaton | undefined,
  holds: (word: string) => boolean,
): readonly string[] {
  if (automaton === undefined) throw new Error("too hard");
  return words.filter((word) => accepts(automaton, word) !== holds(word));
}

describe("patterns", () => {
  const patterns = [
    "",
    "a",
    "^$",
    "^a|b$",
    "^(a|b)*K$",
    "a.b",
    "(?s)a.b",
    "(?m)^a$",
    "(?i)k",
    "(?i)^[j-l]+$",
    "\\ba\\b",
    "\\Ba",
    "\\Aa\\z",
    "[^a]",
    "^[^./]+/?$",
    "a{2,3}$",
    "(a|ab)(b|\\.)",
    "\\d\\s",
    "\\w+\\W",
    "\\pL$",
    "x*",
    "^(?:a|b|K){0,2}$",
    "\\x{1F600}",
    "$^",
    "a$\nb",
  ];
  test.each(patterns)("%j is the texts in which re2js finds it", (pattern) => {
    const compiled = RE2JS.compile(pattern);
    expect(differences(matching(pattern), (word) => compiled.matcher(word).find())).toEqual([]);
  });
  test("what is no pattern has no automaton", () => {
    expect(matching("(")).toBeUndefined();
    expect(matching("(?=a)")).toBeUndefined();
  });
  test("a pattern with too many states is too hard", () => {
    expect(matching("(a|b)*a(a|b){14}$")).toBeUndefined();
  });
});

describe("languages", () => {
  const parts = ["", "a", "ab", "aba", "K", "\u{1F600}", "..", "a/"];
  test.each(parts)("beginning, ending, holding and being %j", (part) => {
    expect(differences(beginning(part), (word) => word.startsWith(part))).toEqual([]);
    expect(differences(ending(part), (word) => word.endsWith(part))).toEqual([]);
    expect(differences(containing(part), (word) => word.includes(part))).toEqual([]);
    expect(differences(exactly(part), (word) => word === part)).toEqual([]);
  });
  test.each([
    [0, 0],
    [0, undefined],
    [1, 2],
    [3, undefined],
    [2, 2],
  ])("from %j to %j characters", (min, max) => {
    const length = (word: string): number => Array.from(word).length;
    const fits = (word: string): boolean => length(word) >= min && length(word) <= (max ?? 9);
    expect(differences(sized(min, max), fits)).toEqual([]);
  });
  test("a length beyond the limit is too hard", () => {
    expect(sized(0, 400)).toBeDefined();
    expect(sized(0, 401)).toBeUndefined();
  });
  test.each(["*", "**", "a*", "*.a", "a/*", "a/**", "**/b", "a*b", "1.*", "", "a.b", "***"])(
    "the glob %j is what the engine says",
    (pattern) => {
      const holds = engineHolds(`glob(${JSON.stringify(pattern)}, w)`);
      expect(differences(globbed(pattern), (word) => holds(word) === true)).toEqual([]);
    },
  );
  test.each(["k.a", "K", "a.k.", "b1.kk"])("the domain %j is what the engine says", (suffix) => {
    const names = domainNames(suffix);
    if (names === undefined) throw new Error("too hard");
    const holds = engineHolds(`domain(w, ${JSON.stringify(suffix)})`);
    for (const word of [
      ...words,
      `x.${suffix}`,
      `X.${suffix}`.toUpperCase(),
      `${suffix}.`,
      "k.k",
      "a-k",
    ]) {
      const answers = [names.within, names.outside, names.unsure].map((one) => accepts(one, word));
      expect(answers.filter(Boolean).length).toBeLessThan(2);
      if (!answers.includes(true)) expect([word, holds(word)]).toEqual([word, undefined]);
      if (answers[0] === true) expect([word, holds(word)]).toEqual([word, true]);
      if (answers[1] === true) expect([word, holds(word)]).toEqual([word, false]);
    }
  });
  test("what is no host has no names", () => {
    expect(domainNames("no host")).toBeUndefined();
  });
});

const empty = loadPolicySet([]);

/** Evaluates a condition over the variable `w`; an error is `undefined`. */
function engineHolds(text: string): (word: string) => boolean | undefined {
  const parsed = parseExpression(text);
  if (!parsed.ok || !empty.ok) throw new Error(`does not parse: ${text}`);
  const { zones } = empty.bundle;
  return (word) => {
    const lookUp = (name: string): { type: "string"; value: string } | undefined =>
      name === "w" ? { type: "string", value: word } : undefined;
    const data = evaluateCompiled(parsed.ast, lookUp, zones);
    return data.type === "bool" ? data.value : undefined;
  };
}

describe("sets of texts", () => {
  const language = (automaton: Automaton | undefined): TextSet => {
    if (automaton === undefined) throw new Error("too hard");
    return { kind: "language", automaton };
  };
  const sets: readonly TextSet[] = [
    someTexts([]),
    someTexts(["a", "ab", "K"]),
    otherTexts(someTexts(["a", ""])),
    otherTexts(someTexts([])),
    language(matching("^a")),
    language(containing("b")),
    otherTexts(language(ending("K"))),
    language(sized(1, 3)),
  ];
  test("meeting, joining and turning round are those of texts", () => {
    const some = words.filter((_, index) => index % 7 === 0);
    for (const one of sets) {
      expect(some.filter((word) => hasText(otherTexts(one), word) === hasText(one, word))).toEqual(
        [],
      );
      for (const other of sets) {
        const [both, either] = [bothTexts(one, other), eitherText(one, other)];
        if (both === undefined || either === undefined) throw new Error("too hard");
        const [a, b] = [
          (word: string) => hasText(one, word),
          (word: string) => hasText(other, word),
        ];
        expect(some.filter((word) => hasText(both, word) !== (a(word) && b(word)))).toEqual([]);
        expect(some.filter((word) => hasText(either, word) !== (a(word) || b(word)))).toEqual([]);
        expect(isNoText(both)).toBe(textsOf(both, 1).length === 0);
      }
    }
  });
  test("members are words of the automaton, and one is found when there is one", () => {
    for (const pattern of ["^a{3}$", "^[\\x{1F600}-\\x{1F610}]{2}$", "(?i)^k$", "^(a|b)$"]) {
      const automaton = matching(pattern);
      if (automaton === undefined) throw new Error("too hard");
      const found = members(automaton, 4);
      expect(found.length).toBeGreaterThan(0);
      expect(found.filter((word) => !accepts(automaton, word))).toEqual([]);
      expect(new Set(found).size).toBe(found.length);
    }
  });
  test("what excludes each other is empty", () => {
    const [one, other] = [beginning("a"), matching("^b")];
    if (one === undefined || other === undefined) throw new Error("too hard");
    const both = combine(one, other, (a, b) => a && b);
    expect(both !== undefined && isEmpty(both)).toBe(true);
    expect(isEmpty(one.complement)).toBe(false);
  });
});
