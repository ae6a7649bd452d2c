import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashing as node } from "../src/node-hashing.ts";
import { hashing as portable } from "../src/portable-hashing.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

describe.each([
  ["of Node", node],
  ["of everywhere else", portable],
])("the hashing %s", (_name, hashing) => {
  test.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
    [
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1",
    ],
    ["a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
  ])("gives the digest of NIST's example, text or bytes (%#)", (text, expected) => {
    expect(hex(hashing.sha256(text))).toBe(expected);
    expect(hashing.sha256Hex(new TextEncoder().encode(text))).toBe(expected);
  });

  test.each([
    [
      "0b".repeat(20),
      "4869205468657265",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ],
    [
      "4a656665",
      "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    [
      "aa".repeat(20),
      "dd".repeat(50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    ],
    [
      // A key longer than a block is hashed first.
      "aa".repeat(131),
      "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ],
  ])("gives the code of RFC 4231's case (%#)", (key, message, expected) => {
    expect(hex(hashing.hmacSha256(bytesOf(key), bytesOf(message)))).toBe(expected);
  });

  test("gives plain byte arrays", () => {
    expect(hashing.sha256("a").constructor).toBe(Uint8Array);
    expect(hashing.hmacSha256(new Uint8Array(1), "a").constructor).toBe(Uint8Array);
  });
});

test("both hashings give the same bytes of any text, lone surrogates too, and any bytes and key", () => {
  const data = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.constantFrom("\uD800", "a\uDC00b"),
  );
  fc.assert(
    fc.property(data, fc.uint8Array({ maxLength: 150 }), (given, key) => {
      expect(hex(portable.sha256(given))).toBe(hex(node.sha256(given)));
      expect(portable.sha256Hex(given)).toBe(node.sha256Hex(given));
      const mac = node.hmacSha256(key, given);
      expect(hex(portable.hmacSha256(key, given))).toBe(hex(mac));
      if (typeof given !== "string") return;
      expect(node.hmacSha256Base64(key, given)).toBe(Buffer.from(mac).toString("base64"));
      expect(portable.hmacSha256Base64(key, given)).toBe(Buffer.from(mac).toString("base64"));
    }),
  );
});
