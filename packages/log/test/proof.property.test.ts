import { provesConsistency, provesInclusion } from "@holdfast/log";
import type { LogHead } from "@holdfast/log";
import { expect, test } from "vitest";
import { consistencyRanges, inclusionRanges } from "../src/proof/subtree.ts";
import type { LeafRange } from "../src/proof/subtree.ts";
import { NaiveTree } from "./naive-tree.ts";
import { randomOf } from "./random.ts";

const sizeMax = 130;
const tree = new NaiveTree(Array.from({ length: sizeMax }, (_, index) => Buffer.from(`${index}`)));
const roots = (ranges: readonly LeafRange[]) =>
  ranges.map(({ start, end }) => tree.root(start, end));
const headAt = (size: number): LogHead => ({ size, root: tree.root(0, size).toString("hex") });

test("inclusion proofs are those of the definition, and verify, for every leaf of every size", () => {
  for (let size = 1; size <= sizeMax; size += 1) {
    const head = headAt(size);
    for (let index = 0; index < size; index += 1) {
      const hashes = roots(inclusionRanges(index, size));
      expect(hashes, `${index} of ${size}`).toEqual(tree.path(index, 0, size));
      const proof = { index, leaf: tree.leaf(index), head, hashes };
      expect(provesInclusion(proof), `${index} of ${size}`).toBe(true);
    }
  }
});

test("consistency proofs are those of the definition, and verify, for every pair of sizes", () => {
  for (let to = 0; to <= sizeMax; to += 1) {
    for (let from = 0; from <= to; from += 1) {
      const hashes = roots(consistencyRanges(from, to));
      const expected = from === 0 ? [] : tree.subproof(from, 0, to, true);
      expect(hashes, `${from} in ${to}`).toEqual(expected);
      const proof = { from: headAt(from), to: headAt(to), hashes };
      expect(provesConsistency(proof), `${from} in ${to}`).toBe(true);
    }
  }
});

test("no changed proof verifies: other bits, hashes more or fewer, other places, other sizes", () => {
  const random = randomOf(11);
  const below = (count: number) => Math.floor(random() * count);
  for (let round = 0; round < 3_000; round += 1) {
    const size = 2 + below(sizeMax - 1);
    const index = below(size);
    const hashes = roots(inclusionRanges(index, size));
    const proof = { index, leaf: tree.leaf(index), head: headAt(size), hashes };
    const why = `${index} of ${size}`;
    const flipped = hashes.map((hash) => Buffer.from(hash));
    flipped[below(flipped.length)]![below(32)]! ^= 1 << below(8);
    expect(provesInclusion({ ...proof, hashes: flipped }), why).toBe(false);
    expect(provesInclusion({ ...proof, hashes: hashes.slice(1) }), why).toBe(false);
    expect(provesInclusion({ ...proof, hashes: hashes.slice(0, -1) }), why).toBe(false);
    expect(provesInclusion({ ...proof, hashes: [...hashes, hashes[0]!] }), why).toBe(false);
    expect(provesInclusion({ ...proof, leaf: Buffer.alloc(32) }), why).toBe(false);
    const elsewhere = (index + 1 + below(size - 1)) % size;
    expect(provesInclusion({ ...proof, index: elsewhere }), `${why} as ${elsewhere}`).toBe(false);
    expect(provesInclusion({ ...proof, index: size }), why).toBe(false);
    expect(provesInclusion({ ...proof, index: -1 }), why).toBe(false);
    expect(provesInclusion({ ...proof, index: index + 0.5 }), why).toBe(false);
  }
  for (let round = 0; round < 3_000; round += 1) {
    const to = 2 + below(sizeMax - 1);
    const from = 1 + below(to - 1);
    const hashes = roots(consistencyRanges(from, to));
    const proof = { from: headAt(from), to: headAt(to), hashes };
    const why = `${from} in ${to}`;
    const flipped = hashes.map((hash) => Buffer.from(hash));
    flipped[below(flipped.length)]![below(32)]! ^= 1 << below(8);
    expect(provesConsistency({ ...proof, hashes: flipped }), why).toBe(false);
    expect(provesConsistency({ ...proof, hashes: hashes.slice(1) }), why).toBe(false);
    expect(provesConsistency({ ...proof, hashes: hashes.slice(0, -1) }), why).toBe(false);
    expect(provesConsistency({ ...proof, hashes: [...hashes, hashes[0]!] }), why).toBe(false);
    expect(provesConsistency({ ...proof, from: { ...proof.from, root: proof.to.root } }), why).toBe(
      false,
    );
    expect(provesConsistency({ ...proof, from: proof.to, to: proof.from }), why).toBe(false);
    expect(provesConsistency({ from: proof.to, to: proof.to, hashes }), why).toBe(false);
  }
});

test("a place that is not in the tree has no proof", () => {
  for (const [index, size] of [
    [0, 0],
    [5, 5],
    [-1, 5],
  ] as const) {
    expect(() => inclusionRanges(index, size)).toThrow(RangeError);
  }
  expect(() => consistencyRanges(6, 5)).toThrow(RangeError);
  expect(() => consistencyRanges(-1, 5)).toThrow(RangeError);
});
