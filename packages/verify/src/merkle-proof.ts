import { hashOfNode, powerUpTo } from "./merkle-tree.ts";

/** That a leaf stands at an index of a tree. Hashes are 32 bytes. */
export interface InclusionClaim {
  readonly index: number;
  readonly leaf: Uint8Array;
  readonly size: number;
  readonly root: Uint8Array;
  /** from the leaf's sibling up to the root's child */
  readonly proof: readonly Uint8Array[];
}

/** That a tree is a beginning of a larger one. */
export interface ConsistencyClaim {
  readonly from: { readonly size: number; readonly root: Uint8Array };
  readonly to: { readonly size: number; readonly root: Uint8Array };
  readonly proof: readonly Uint8Array[];
}

/** Whether an inclusion proof holds; RFC 9162 section 2.1.3.2, step by step. */
export function isIncluded({ index, leaf, size, root, proof }: InclusionClaim): boolean {
  if (!areHashes([leaf, root, ...proof]) || !isCount(index) || !isCount(size)) return false;
  if (index >= size) return false;
  let [node, last] = [index, size - 1];
  let hash: Uint8Array = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      hash = hashOfNode(sibling, hash);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = hashOfNode(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && isSame(hash, root);
}

/**
 * Whether a consistency proof holds; RFC 9162 section 2.1.4.2, step by step. Of nothing every tree
 * is a continuation, and of itself a tree is one: then the proof is empty.
 */
export function isConsistent({ from, to, proof }: ConsistencyClaim): boolean {
  if (!areHashes([from.root, to.root, ...proof])) return false;
  if (!isCount(from.size) || !isCount(to.size) || from.size > to.size) return false;
  if (from.size === to.size) return proof.length === 0 && isSame(from.root, to.root);
  if (from.size === 0) return proof.length === 0;
  const [first, ...others] = powerUpTo(from.size) === from.size ? [from.root, ...proof] : proof;
  if (first === undefined || proof.length === 0) return false;
  let [node, last] = [from.size - 1, to.size - 1];
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  let [earlier, later] = [first, first];
  for (const sibling of others) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      earlier = hashOfNode(sibling, earlier);
      later = hashOfNode(sibling, later);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      later = hashOfNode(later, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && isSame(earlier, from.root) && isSame(later, to.root);
}

/** Sizes go beyond 32 bits, so nothing here uses the operators that cut to them. */
function isOdd(count: number): boolean {
  return count % 2 === 1;
}

function half(count: number): number {
  return Math.floor(count / 2);
}

function isCount(count: number): boolean {
  return Number.isSafeInteger(count) && count >= 0;
}

function areHashes(hashes: readonly Uint8Array[]): boolean {
  return hashes.every(({ length }) => length === 32);
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
