/**
 * Folding by the pinned table. Seen to fail: a decomposition without canonical order, a table whose
 * runs began one too early, Hangul left whole.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foldText, isHidden, lowerAscii, upperAscii } from "@holdfast/model";

/** What this machine's Unicode, one version newer than the table, says of old characters. */
const sameUnicode = process.versions["unicode"]?.startsWith("17.") === true;

const points = fc.oneof(
  fc.integer({ min: 0, max: 0x24ff }),
  fc.integer({ min: 0xa640, max: 0xabff }),
  fc.integer({ min: 0xac00, max: 0xd7a3 }),
  fc.integer({ min: 0xf900, max: 0xffef }),
  fc.integer({ min: 0x10000, max: 0x1ffff }),
  fc.constantFrom(0x301, 0x323, 0x345, 0x307, 0x49, 0x69, 0x130, 0x131, 0x3a3, 0x3c2, 0xdf, 0x1e9e),
);
const texts = fc
  .array(points, { maxLength: 8 })
  .map((all) => String.fromCodePoint(...all.filter((each) => each < 0xd800 || each > 0xdfff)));

describe("foldText", () => {
  test.each([
    ["METHOD", "method"],
    ["ｍｅｔｈｏｄ", "method"],
    ["𝐦𝒆𝕥𝗵𝘰𝙙", "method"],
    ["me\u200bth\u00adod\ufe0f", "method"],
    ["\u212a", "k"],
    ["\u017f", "s"],
    ["Straße", "STRASSE"],
    ["ﬁle", "FILE"],
    ["Ⅳ", "iv"],
    ["É", "e\u0301"],
    ["\u1e69", "S\u0307\u0323"],
    ["한글", "\u1112\u1161\u11ab\u1100\u1173\u11af"],
    ["ΣΑΣ", "σας"],
    ["Ა", "ა"],
  ])("gives %s and %s one form", (a, b) => {
    expect(foldText(a)).toBe(foldText(b));
  });

  test.each([
    ["i", "ı"],
    ["a", "а"],
    ["resume", "résumé"],
    ["id", "1d"],
  ])("keeps %s and %s apart", (a, b) => {
    expect(foldText(a)).not.toBe(foldText(b));
  });

  test("takes canonically equal texts, and its own results, for the same", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const folded = foldText(text);
        expect(foldText(folded)).toBe(folded);
        if (!sameUnicode) return;
        expect(foldText(text.normalize("NFC"))).toBe(folded);
        expect(foldText(text.normalize("NFD"))).toBe(folded);
        expect(folded.normalize("NFD")).toBe(folded);
      }),
      { numRuns: 2_000 },
    );
  });

  test.runIf(sameUnicode)("takes what this machine calls the small letter for the letter", () => {
    const apart: number[] = [];
    for (let point = 0; point < 0x20000; point += 1) {
      if (point >= 0xd800 && point <= 0xdfff) continue;
      const character = String.fromCodePoint(point);
      if (foldText(character.toLowerCase()) !== foldText(character)) apart.push(point);
      if (foldText(character.normalize("NFKC")) !== foldText(character)) apart.push(point);
    }
    // New letters of Unicode 17, which the table does not have yet.
    const added = Array.from({ length: 25 }, (_, index) => 0x16ea0 + index);
    expect(apart).toEqual([0xa7ce, 0xa7d2, 0xa7d4, 0xa7f1, ...added]);
  });
});

test("letters of ASCII alone change case, and no other character becomes one", () => {
  const all = Array.from({ length: 0x2500 }, (_, point) => String.fromCodePoint(point)).join("");
  const lower = lowerAscii(all);
  for (let at = 0; at < all.length; at += 1) {
    const isCapital = all.charCodeAt(at) >= 65 && all.charCodeAt(at) <= 90;
    expect(lower.charCodeAt(at) - all.charCodeAt(at)).toBe(isCapital ? 32 : 0);
  }
  expect(upperAscii(lowerAscii("Az\u017f\u212aß"))).toBe("AZ\u017f\u212aß");
});

test.runIf(sameUnicode)("hidden are the characters that this version of Unicode calls so", () => {
  const known = /^(?! )[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Z}\p{Noncharacter_Code_Point}]$/u;
  const differing: number[] = [];
  for (let point = 0; point <= 0x10ffff; point += 1) {
    const character = String.fromCodePoint(point);
    if (isHidden(character) !== known.test(character)) differing.push(point);
  }
  expect(differing).toEqual([]);
});
