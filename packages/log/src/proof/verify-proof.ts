import { Frontier, nodeHash } from "../tree.ts";
import type { LogHead } from "../tree.ts";

/**
 * True when the hashes prove that the leaf with this hash stands at `index` under the head
 * (RFC 9162 section 2.1.3.2). Any size up to 2^53 - 1.
 */
export function provesInclusion(options: {
  readonly index: number;
  readonly leaf: Uint8Array;
  readonly head: LogHead;
  readonly hashes: readonly Uint8Array[];
}): boolean {
  const { index, leaf, head, hashes } = options;
  if (!isCount(index) || !isCount(head.size) || index >= head.size) return false;
  let node = index;
  let last = head.size - 1;
  let hash = leaf;
  for (const sibling of hashes) {
    if (last === 0 || sibling.length !== 32) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = half(last);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 && hexOf(hash) === head.root;
}

/**
 * True when the hashes prove that the log of the head `from` is a beginning of that of `to`
 * (RFC 9162 section 2.1.4.2). The empty log is a beginning of every log.
 */
export function provesConsistency(options: {
  readonly from: LogHead;
  readonly to: LogHead;
  readonly hashes: readonly Uint8Array[];
}): boolean {
  const { from, to, hashes } = options;
  if (!isCount(from.size) || !isCount(to.size) || from.size > to.size) return false;
  if (from.size === to.size) return hashes.length === 0 && from.root === to.root;
  if (from.size === 0) return hashes.length === 0 && from.root === emptyRoot();
  const isPower = isPowerOfTwo(from.size);
  const path = isPower ? [Buffer.from(from.root, "hex"), ...hashes] : [...hashes];
  if (path.some(({ length }) => length !== 32)) return false;
  let node = from.size - 1;
  let last = to.size - 1;
  while (node % 2 === 1) {
    node = half(node);
    last = half(last);
  }
  const first = path.shift();
  if (first === undefined) return false;
  let old = first;
  let grown = first;
  for (const sibling of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      old = nodeHash(sibling, old);
      grown = nodeHash(sibling, grown);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = half(last);
      }
    } else {
      grown = nodeHash(grown, sibling);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 && hexOf(old) === from.root && hexOf(grown) === to.root;
}

function emptyRoot(): string {
  return hexOf(new Frontier().root());
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** Whether a size is a power of two: then its root is a node of every larger tree. */
function isPowerOfTwo(size: number): boolean {
  let rest = size;
  while (rest % 2 === 0) rest /= 2;
  return rest === 1;
}

function hexOf(hash: Uint8Array): string {
  return Buffer.from(hash).toString("hex");
}
