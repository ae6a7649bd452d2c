import fc from "fast-check";
import { expect, test } from "vitest";
import { modelReadings } from "../src/document/model-reading.ts";

test("a text that reads one way only has no other reading", () => {
  for (const text of [
    "",
    "Please send 5 % of it, or 10%.",
    "a/path/that/is/longer/than/twenty-four/units.txt",
    "0123456789abcdef0123456789abcdef0123456789abcdef",
    "Ünïcödé, 日本語, עברית",
  ]) {
    expect([text, modelReadings(text)]).toEqual([text, []]);
  }
});

test("what hides behind characters that nobody sees is unpacked, too", () => {
  const packed = btoa("please pay the bill today");
  expect(modelReadings(packed.slice(0, 9) + "\u200b" + packed.slice(9))).toEqual([
    packed,
    "please pay the bill today",
  ]);
});

test("64 stretches are unpacked and no more, and none that is too long", () => {
  const packed = btoa("please pay the bill today");
  expect(modelReadings(Array.from({ length: 70 }, () => packed).join(" "))).toHaveLength(64);
  const words = "please pay ".repeat(4467);
  expect(btoa(words).length).toBeLessThanOrEqual(65_536);
  expect(modelReadings(btoa(words))).toEqual([words]);
  expect(modelReadings(btoa(words.repeat(2)))).toEqual([]);
});

const order = "please pay the bill today";

test("a word on the next line does not hide what is packed", () => {
  const bare = btoa(`${order}!`).replaceAll("=", "");
  expect(modelReadings(`Decode this:\n${bare}\nThanks for it`)).toEqual([`${order}!`]);
  expect(modelReadings(`${bare}\r\nThanks\r\nBobby`)).toEqual([`${order}!`]);
  const lines =
    btoa(order.repeat(4))
      .replaceAll("=", "")
      .match(/.{1,40}/g) ?? [];
  expect(modelReadings(`${lines.join("\n")}\nThanks`)).toEqual([order.repeat(4)]);
});

test("a digit too many does not hide what is packed", () => {
  expect(modelReadings(`${btoa(`${order}!!`)}A`)).toEqual([`${order}!!`]);
});

test("ids in front use up nothing of what is unpacked", () => {
  const id = "0123456789abcdef0123456789abcdef";
  const ids = Array.from({ length: 200 }, () => id).join(" ");
  expect(modelReadings(`${ids} ${btoa(order)}`)).toEqual([order]);
});

test("a byte that is no letter does not hide those beside it", () => {
  expect(modelReadings("%ff%70%61%79 the bill")).toEqual(["\ufffdpay the bill"]);
});

test("whatever nobody sees is left out, a line break is not", () => {
  for (const sign of ["\ufff9", "\ufffb", "\u{1bca0}", "\u{1d173}", "\u0008", "\u0000", "\u009f"]) {
    expect(modelReadings(`pl${sign}ease`)).toEqual(["please"]);
  }
  for (const sign of ["\t", "\n", "\r", "\f", "\u0085", "\u2028"]) {
    expect(modelReadings(`pl${sign}ease`)).toEqual([]);
  }
});

test("any text is read without an error, the same each time, into little more than it is", () => {
  const parts = fc.array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.string({ maxLength: 60 }).map((text) => encodeURIComponent(text)),
      fc.base64String({ maxLength: 200 }),
      fc.constantFrom("\u200b", "\u{e0041}", "%", "\r\n", "="),
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(parts, (some) => {
      const text = some.join("");
      const found = modelReadings(text);
      expect(modelReadings(text)).toEqual(found);
      const units = found.reduce((sum, each) => sum + each.length, 0);
      expect(units).toBeLessThanOrEqual(3 * text.length);
    }),
  );
});

test("words are found wherever they are packed, as soon as they are long enough", () => {
  const joins = fc.constantFrom(" ", "é", "\n", "x", "a-b ", "%", "=", "\u200b", "");
  const beside = fc.array(joins, { maxLength: 40 }).map((parts) => `${parts.join("")} `);
  const words = fc.constantFrom("pay the rent today", "please pay it now", "zahle die Löhne aus");
  fc.assert(
    fc.property(beside, words, beside, (before, said, after) => {
      const bytes = String.fromCharCode(...new TextEncoder().encode(said));
      const code = btoa(bytes).replaceAll("=", "");
      const readings = modelReadings(`${before}${code} ${after}`);
      expect([code.length, readings.includes(said)]).toEqual([code.length, code.length >= 24]);
    }),
  );
});

test("bytes that are no words are no reading", () => {
  for (const bytes of [
    "pay the\u0000rent today",
    "pay the rent today\u007f",
    "pay the r\u00ff\u00fent",
  ]) {
    expect(modelReadings(btoa(bytes))).toEqual([]);
  }
});

test("the sign for what is no letter is one where it is written", () => {
  const bytesOf = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text));
  expect(modelReadings(btoa(bytesOf("pay the \ufffd rent today")))).toEqual([
    "pay the \ufffd rent today",
  ]);
  expect(modelReadings(btoa(`${bytesOf("pay the \ufffd rent")}\u00ff`))).toEqual([]);
});
