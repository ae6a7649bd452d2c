import { commitmentTo, digestOf, digestOfBytes, hmacSha256, sha256 } from "@holdfast/model";
import { expect, test } from "vitest";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("sha256 gives the digest of the FIPS 180-4 example, for text and bytes", () => {
  const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(hex(sha256("abc"))).toBe(expected);
  expect(hex(sha256(new Uint8Array([97, 98, 99])))).toBe(expected);
  expect(digestOfBytes("abc")).toBe(`sha256:${expected}`);
});

test("hmacSha256 gives the codes of RFC 4231, cases 1 and 2", () => {
  expect(hex(hmacSha256(new Uint8Array(20).fill(0x0b), "Hi There"))).toBe(
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
  );
  expect(hex(hmacSha256(Buffer.from("Jefe"), "what do ya want for nothing?"))).toBe(
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
});

test("a digest names the value and not how it was written", () => {
  expect(digestOf({ b: 1, a: "é" })).toBe(digestOfBytes('{"a":"é","b":1}'));
});

test("a commitment is the HMAC of field, zero byte and canonical value, in base64", () => {
  const salt = new Uint8Array(32).fill(7);
  const message = Buffer.from('args\0{"a":1}', "utf8");
  expect(commitmentTo("args", { a: 1 }, salt)).toBe(
    Buffer.from(hmacSha256(salt, message)).toString("base64"),
  );
});

test("a commitment differs by field, value and salt, and refuses a short salt", () => {
  const salt = new Uint8Array(32).fill(7);
  const commitments = [
    commitmentTo("args", "x", salt),
    commitmentTo("user", "x", salt),
    commitmentTo("args", "y", salt),
    commitmentTo("args", "x", new Uint8Array(32).fill(8)),
  ];
  expect(new Set(commitments).size).toBe(4);
  expect(() => commitmentTo("args", "x", new Uint8Array(16))).toThrow(
    expect.objectContaining({ code: "salt_size" }),
  );
});
