import { hash } from "node:crypto";
import { GrowingTree, hashOfLeaf, isConsistent, isIncluded } from "@holdfast/verify";
import fc from "fast-check";
import { expect, test } from "vitest";

/** RFC 6962 section 2.1, word for word, remembering what it has computed. */
class DefinedTree {
  readonly #leaves: readonly Buffer[];
  readonly #known = new Map<number, Buffer>();

  constructor(leaves: readonly Buffer[]) {
    this.#leaves = leaves;
  }

  root(start: number, end: number): Buffer {
    if (end === start) return digest();
    if (end - start === 1) return digest(Buffer.of(0), this.#leaves[start]!);
    const name = start * 1024 + end;
    const found = this.#known.get(name);
    if (found !== undefined) return found;
    const middle = start + split(end - start);
    const root = digest(Buffer.of(1), this.root(start, middle), this.root(middle, end));
    this.#known.set(name, root);
    return root;
  }

  /** PATH(m, D[start:end]), section 2.1.1. */
  path(m: number, start: number, end: number): Buffer[] {
    if (end - start === 1) return [];
    const k = split(end - start);
    const middle = start + k;
    return m < k
      ? [...this.path(m, start, middle), this.root(middle, end)]
      : [...this.path(m - k, middle, end), this.root(start, middle)];
  }

  /** SUBPROOF(m, D[start:end], b), section 2.1.2. */
  proof(m: number, start: number, end: number, isWhole = true): Buffer[] {
    if (m === end - start) return isWhole ? [] : [this.root(start, end)];
    const k = split(end - start);
    const middle = start + k;
    return m <= k
      ? [...this.proof(m, start, middle, isWhole), this.root(middle, end)]
      : [...this.proof(m - k, middle, end, false), this.root(start, middle)];
  }
}

function digest(...pieces: readonly Uint8Array[]): Buffer {
  return hash("sha256", Buffer.concat(pieces), "buffer");
}

/** The largest power of two smaller than n. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

const largest = 520;
const leaves = Array.from({ length: largest }, (_, index) => Buffer.from(`leaf ${index}`));
const defined = new DefinedTree(leaves);

test("the growing tree has the root and subtrees of the definition for all sizes 0 to 520", () => {
  const tree = new GrowingTree();
  for (let size = 0; size <= largest; size += 1) {
    expect(tree.rootText(), `size ${size}`).toBe(defined.root(0, size).toString("hex"));
    const again = GrowingTree.of(
      size,
      tree.peaks.map((peak) => Buffer.from(peak, "hex")),
    );
    expect(again?.rootText()).toBe(tree.rootText());
    if (size < largest) tree.add(hashOfLeaf(leaves[size]!));
  }
});

test("every leaf of every tree of up to 520 leaves is proven by the path of the definition", () => {
  let count = 0;
  for (let size = 1; size <= largest; size += 1) {
    const root = defined.root(0, size);
    for (let index = 0; index < size; index += 1) {
      const leaf = digest(Buffer.of(0), leaves[index]!);
      const proof = defined.path(index, 0, size);
      if (!isIncluded({ index, leaf, size, root, proof })) expect.fail(`${index} of ${size}`);
      count += 1;
    }
  }
  expect(count).toBe((largest * (largest + 1)) / 2);
}, 120_000);

test("every pair of sizes up to 520 is proven consistent by the proof of the definition", () => {
  let count = 0;
  for (let last = 1; last <= largest; last += 1) {
    const to = { size: last, root: defined.root(0, last) };
    for (let first = 1; first <= last; first += 1) {
      const from = { size: first, root: defined.root(0, first) };
      const proof = defined.proof(first, 0, last);
      if (!isConsistent({ from, to, proof })) expect.fail(`${first} before ${last}`);
      count += 1;
    }
  }
  expect(count).toBe((largest * (largest + 1)) / 2);
}, 120_000);

test("no proof that differs from that of the definition is taken", () => {
  const pair = fc
    .integer({ min: 2, max: largest })
    .chain((size) => fc.tuple(fc.constant(size), fc.integer({ min: 1, max: size - 1 })));
  const change = fc.tuple(fc.nat(), fc.nat(31), fc.integer({ min: 1, max: 255 }), fc.nat(3));
  fc.assert(
    fc.property(pair, change, ([size, first], [place, byte, mask, kind]) => {
      const right = defined.proof(first, 0, size);
      const path = defined.path(first, 0, size);
      const leaf = digest(Buffer.of(0), leaves[first]!);
      const root = defined.root(0, size);
      const changed = (proof: readonly Buffer[]): Buffer[] => {
        const at = place % Math.max(1, proof.length);
        if (kind === 0) return proof.filter((_, index) => index !== at);
        if (kind === 1) return [...proof.slice(0, at), root, ...proof.slice(at)];
        if (kind === 2) return [...proof, digest(root)];
        return proof.map((hash, index) => {
          const copy = Buffer.from(hash);
          if (index === at) copy[byte]! ^= mask;
          return copy;
        });
      };
      const from = { size: first, root: defined.root(0, first) };
      const consistent = isConsistent({ from, to: { size, root }, proof: changed(right) });
      const included = isIncluded({ index: first, leaf, size, root, proof: changed(path) });
      return !consistent && !included;
    }),
    { numRuns: 2000 },
  );
});
