import { hash } from "node:crypto";

/** SHA-256 of the pieces one behind the other. */
export function sha256(...pieces: readonly Uint8Array[]): Buffer {
  const [only] = pieces;
  const bytes = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
  // By way of text: a buffer of the platform for each hash costs as much as the hash.
  return Buffer.from(hash("sha256", bytes, "binary"), "latin1");
}

const leafMark = Buffer.of(0x00);
const nodeMark = Buffer.of(0x01);

/** Hash of a leaf, RFC 6962 section 2.1. */
export function hashOfLeaf(data: Uint8Array): Buffer {
  return sha256(leafMark, data);
}

/** Hash of an inner node, RFC 6962 section 2.1. */
export function hashOfNode(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(nodeMark, left, right);
}

/** A perfect subtree at the right edge: its root, and how many leaves it holds. */
interface Peak {
  readonly leaves: number;
  readonly root: Uint8Array;
}

/** The tree of RFC 6962 section 2.1 while it grows, kept as its perfect subtrees. */
export class GrowingTree {
  #peaks: Peak[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Roots of the perfect subtrees, the largest first, in lower-case hex. */
  get peaks(): readonly string[] {
    return this.#peaks.map(({ root }) => Buffer.from(root).toString("hex"));
  }

  /** Adds a leaf by its hash. */
  add(leaf: Uint8Array): void {
    let peak: Peak = { leaves: 1, root: leaf };
    for (let left = this.#peaks.at(-1); left?.leaves === peak.leaves; left = this.#peaks.at(-1)) {
      this.#peaks.pop();
      peak = { leaves: left.leaves + peak.leaves, root: hashOfNode(left.root, peak.root) };
    }
    this.#peaks.push(peak);
    this.#size += 1;
  }

  /** The Merkle tree hash; of no leaves, the hash of nothing. */
  root(): Buffer {
    const [last, ...others] = this.#peaks.toReversed();
    if (last === undefined) return sha256();
    let root: Buffer = Buffer.from(last.root);
    for (const left of others) root = hashOfNode(left.root, root);
    return root;
  }

  /** The root in lower-case hex. */
  rootText(): string {
    return this.root().toString("hex");
  }

  /** The same tree again, to grow apart from this one. */
  fork(): GrowingTree {
    const tree = new GrowingTree();
    tree.#peaks = [...this.#peaks];
    tree.#size = this.#size;
    return tree;
  }

  /**
   * A tree of `size` leaves by the roots of its perfect subtrees, the largest first.
   *
   * @returns undefined when there are not as many as a tree of that size has, or one is no hash
   */
  static of(size: number, roots: readonly Uint8Array[]): GrowingTree | undefined {
    const tree = new GrowingTree();
    const peaks: Peak[] = [];
    let rest = size;
    for (const root of roots) {
      if (rest < 1 || root.length !== 32) return undefined;
      const leaves = powerUpTo(rest);
      peaks.push({ leaves, root });
      rest -= leaves;
    }
    if (rest !== 0) return undefined;
    tree.#peaks = peaks;
    tree.#size = size;
    return tree;
  }
}

/** The largest power of two that is not above `count`, which is at least 1. */
export function powerUpTo(count: number): number {
  let power = 1;
  while (power * 2 <= count) power *= 2;
  return power;
}
