import { sha256, sha256Into } from "./hash.ts";

/** What begins every leaf before it is hashed (RFC 6962 section 2.1). */
const leafPrefix = 0x00;
/** What begins every inner node before it is hashed (RFC 6962 section 2.1). */
const nodePrefix = 0x01;

/** What an inner node hashes. One for all of them: memory of its own for each costs as much as the hash. */
const node: Buffer = Buffer.alloc(65, nodePrefix);

/** Hash of an inner node: SHA-256(0x01 || left || right), RFC 6962 section 2.1. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  node.set(left, 1);
  node.set(right, 33);
  return sha256(node);
}

/** Hash of a leaf: SHA-256(0x00 || data), RFC 6962 section 2.1. */
export function leafHash(data: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(1 + data.length);
  bytes[0] = leafPrefix;
  bytes.set(data, 1);
  return sha256(bytes);
}

/** Hashes of leaves in their order: an array of them, or `PackedLeaves`. */
export interface LeafRun extends Iterable<Uint8Array> {
  at(item: number): Uint8Array | undefined;
  slice(from?: number, to?: number): LeafRun;
}

/** Hashes of leaves, 32 bytes after 32 bytes: an object for each would cost more than the hashing. */
export class PackedLeaves implements LeafRun {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  at(item: number): Uint8Array | undefined {
    const from = 32 * item;
    return from < this.bytes.length ? this.bytes.subarray(from, from + 32) : undefined;
  }

  slice(from = 0, to = this.bytes.length / 32): PackedLeaves {
    return new PackedLeaves(this.bytes.subarray(32 * from, 32 * to));
  }

  *[Symbol.iterator](): Generator<Uint8Array> {
    for (let from = 0; from < this.bytes.length; from += 32) {
      yield this.bytes.subarray(from, from + 32);
    }
  }
}

/**
 * The right edge of an RFC 6962 Merkle tree: the roots of its perfect subtrees, largest first,
 * one for each 1 in the binary form of `size`. Enough to append and to compute the root, at most
 * 53 hashes for any size. Grows only by `push`.
 */
export class Frontier {
  #size: number;
  readonly #hashes: Uint8Array[];

  /** @throws RangeError when the number of hashes does not fit the size, or one is not 32 bytes */
  constructor(size = 0, hashes: readonly Uint8Array[] = []) {
    if (hashes.length !== ones(size) || hashes.some((hash) => hash.length !== 32)) {
      throw new RangeError(`frontier of a tree of ${size} leaves has ${ones(size)} hashes`);
    }
    this.#size = size;
    this.#hashes = [...hashes];
  }

  get size(): number {
    return this.#size;
  }

  /** The hashes, largest subtree first. */
  get hashes(): readonly Uint8Array[] {
    return this.#hashes;
  }

  /** Appends one leaf by its hash; amortised one node hash. */
  push(leaf: Uint8Array): void {
    let hash = leaf;
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      const left = this.#hashes.pop();
      if (left === undefined) throw new Error("frontier lost a hash");
      hash = nodeHash(left, hash);
    }
    this.#hashes.push(hash);
    this.#size += 1;
  }

  /** As `push` of each. */
  pushPacked({ bytes }: PackedLeaves): void {
    for (let from = 0; from < bytes.length;) {
      if (this.#size % 2 === 1) {
        node.set(this.#taken(), 1);
        bytes.copy(node, 33, from, from + 32);
        from += 32;
      } else if (from + 64 <= bytes.length) {
        bytes.copy(node, 1, from, from + 64);
        this.#size += 1;
        from += 64;
      } else {
        // WHY a copy: what stays is a hash, and not the memory of all the others.
        this.push(Buffer.from(bytes.subarray(from)));
        return;
      }
      for (let rest = (this.#size - 1) / 2; rest % 2 === 1; rest = (rest - 1) / 2) {
        sha256Into(node, node, 33);
        node.set(this.#taken(), 1);
      }
      this.#hashes.push(sha256(node));
      this.#size += 1;
    }
  }

  /** The smallest subtree, to be joined with what comes next. */
  #taken(): Uint8Array {
    const hash = this.#hashes.pop();
    if (hash === undefined) throw new Error("frontier lost a hash");
    return hash;
  }

  /** Merkle tree hash (RFC 6962 section 2.1), 32 bytes; of no leaves, the hash of nothing. */
  root(): Uint8Array {
    const last = this.#hashes.at(-1);
    if (last === undefined) return sha256(new Uint8Array(0));
    let root = last;
    for (const left of this.#hashes.slice(0, -1).reverse()) root = nodeHash(left, root);
    return root;
  }

  copy(): Frontier {
    return new Frontier(this.#size, this.#hashes);
  }
}

/** A tree head: so many records have this RFC 6962 root (32 bytes in lower-case hex). */
export interface LogHead {
  readonly size: number;
  readonly root: string;
}

/** The head of the tree a frontier stands for. */
export function headOf(frontier: Frontier): LogHead {
  return { size: frontier.size, root: Buffer.from(frontier.root()).toString("hex") };
}

/** Perfect subtrees of a tree of so many leaves, and so the hashes in its frontier. */
export function ones(size: number): number {
  let count = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}
