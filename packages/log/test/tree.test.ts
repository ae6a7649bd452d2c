import { createHash } from "node:crypto";
import { Frontier, headOf, leafHash, nodeHash } from "@holdfast/log";
import { expect, test } from "vitest";

/** The test leaves of Certificate Transparency and the roots of the trees of the first n. */
const leaves = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
].map((hex) => Buffer.from(hex, "hex"));
const roots = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

function hash(...parts: readonly Uint8Array[]): Buffer {
  return createHash("sha256").update(Buffer.concat(parts)).digest();
}

/** RFC 6962 section 2.1, word for word. */
function naiveRoot(data: readonly Uint8Array[]): Buffer {
  const [only] = data;
  if (only === undefined) return hash();
  if (data.length === 1) return hash(Buffer.of(0), only);
  let split = 1;
  while (split * 2 < data.length) split *= 2;
  const left = naiveRoot(data.slice(0, split));
  return hash(Buffer.of(1), left, naiveRoot(data.slice(split)));
}

test("rival: agt-tree-padding: roots are those of RFC 6962, never padded to a power of two", () => {
  const frontier = new Frontier();
  expect(headOf(frontier)).toEqual({ size: 0, root: roots[0] });
  for (const [index, leaf] of leaves.entries()) {
    frontier.push(leafHash(leaf));
    expect(headOf(frontier)).toEqual({ size: index + 1, root: roots[index + 1] });
  }
});

test("the frontier agrees with the definition for every size from 0 to 520", () => {
  const data: Buffer[] = [];
  const frontier = new Frontier();
  for (let size = 0; size <= 520; size += 1) {
    expect(Buffer.from(frontier.root()).equals(naiveRoot(data)), `size ${size}`).toBe(true);
    const restored = new Frontier(size, frontier.hashes);
    expect(headOf(restored)).toEqual(headOf(frontier));
    const leaf = Buffer.from(`leaf ${size}`);
    data.push(leaf);
    frontier.push(leafHash(leaf));
  }
});

test("a leaf can never be taken for an inner node", () => {
  const [left, right] = [leafHash(Buffer.of(1)), leafHash(Buffer.of(2))];
  const forged = leafHash(Buffer.concat([left, right]));
  expect(forged.equals(nodeHash(left, right))).toBe(false);
});

test("a frontier refuses hashes that do not fit its size", () => {
  expect(() => new Frontier(3, [Buffer.alloc(32)])).toThrow(RangeError);
  expect(() => new Frontier(1, [Buffer.alloc(31)])).toThrow(RangeError);
});

test("sizes beyond 32 bits keep their frontier", () => {
  const size = 2 ** 33 + 1;
  const frontier = new Frontier(size, [leafHash(Buffer.of(1)), leafHash(Buffer.of(2))]);
  const [big, small] = frontier.hashes;
  const leaf = leafHash(Buffer.of(3));
  frontier.push(leaf);
  expect(frontier.size).toBe(size + 1);
  expect(frontier.hashes).toEqual([big, nodeHash(small!, leaf)]);
});
