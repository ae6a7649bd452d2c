/**
 * Normalization by the pinned table. Seen to fail: marks that are blocked composed all the same,
 * exclusions left out, Hangul without its last letter.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isComposed, isPlainText } from "@holdfast/model";

/** What both know: assigned on this machine, and none of the marks that came with Unicode 17. */
const isKnown = /^(?:(?![\u1acf-\u1add\u1ae0-\u1aeb\u{10efa}\u{10efb}])\p{Assigned})*$/u;

const points = fc.oneof(
  fc.integer({ min: 0, max: 0x24ff }),
  fc.integer({ min: 0x300, max: 0x36f }),
  fc.integer({ min: 0x1100, max: 0x11ff }),
  fc.integer({ min: 0xac00, max: 0xd7a3 }),
  fc.integer({ min: 0xf900, max: 0xffef }),
  fc.integer({ min: 0x10000, max: 0x1d1ff }),
  fc.constantFrom(0x301, 0x323, 0x345, 0x307, 0x61, 0x1100, 0x1161, 0x11a8, 0x11a7, 0x9c7, 0x9be),
);
const texts = fc
  .array(points, { maxLength: 6 })
  .map((all) => String.fromCodePoint(...all.filter((each) => each < 0xd800 || each > 0xdfff)))
  .filter((text) => isKnown.test(text));

describe("isComposed", () => {
  test("agrees with this machine on every character that it knows", () => {
    const wrong: string[] = [];
    for (let point = 0; point <= 0x10ffff; point += 1) {
      if (point >= 0xd800 && point <= 0xdfff) continue;
      const text = String.fromCodePoint(point);
      if (!isKnown.test(text)) continue;
      for (const form of [text, text.normalize("NFD"), `a${text}\u0301`]) {
        if (isComposed(form) !== (form === form.normalize("NFC"))) wrong.push(point.toString(16));
      }
    }
    expect(wrong).toEqual([]);
  });

  test("agrees with this machine on texts", () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(isComposed(text)).toBe(text === text.normalize("NFC"));
        expect(isComposed(text.normalize("NFC"))).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("isPlainText", () => {
  test.each([
    "",
    "tab\tand\r\nlines",
    "caf\u00e9",
    "日本語 العربية हिन्दी 한글",
    "\ufb01 and \uff21",
    "\u{1f600} \u2764\ufe0f \u2602\ufe0e",
    "non\u00a0breaking\u3000spaces",
    "private \ue000",
  ])("of %j", (text) => {
    expect(isPlainText(text)).toBe(true);
  });

  test.each([
    "cafe\u0301",
    "\u212b",
    "nul\0",
    "bell\u0007",
    "\u0085",
    "a\u202eb",
    "a\u2066b\u2069",
    "a\u200bb",
    "a\u200db",
    "\ufeffa",
    "soft\u00adhyphen",
    "\u{e0041}\u{e007f}",
    "a\ufe0f\ufe0f",
    "\ufe0fa",
    "a\ufe00",
    "a\u{e0100}",
    "\u3164",
    "\ud800",
    "\ufffe",
    "\u{1ffff}",
  ])("not of %j", (text) => {
    expect(isPlainText(text)).toBe(false);
  });
});
