import { createHash } from "node:crypto";

function hash(...parts: readonly Uint8Array[]): Buffer {
  return createHash("sha256").update(Buffer.concat(parts)).digest();
}

/** The tree of RFC 6962 section 2.1 by its recursive definition, remembering what it computed. */
export class NaiveTree {
  readonly #leaves: readonly Buffer[];
  readonly #roots = new Map<string, Buffer>();

  constructor(data: readonly Uint8Array[]) {
    this.#leaves = data.map((each) => hash(Buffer.of(0), each));
  }

  leaf(index: number): Buffer {
    return this.#leaves[index]!;
  }

  /** MTH(D[start:end]) */
  root(start: number, end: number): Buffer {
    if (start === end) return hash();
    if (end - start === 1) return this.leaf(start);
    const key = `${start}-${end}`;
    let root = this.#roots.get(key);
    if (root === undefined) {
      const split = start + splitOf(end - start);
      root = hash(Buffer.of(1), this.root(start, split), this.root(split, end));
      this.#roots.set(key, root);
    }
    return root;
  }

  /** PATH(m, D[start:end]), RFC 6962 section 2.1.1 */
  path(index: number, start: number, end: number): Buffer[] {
    if (end - start === 1) return [];
    const split = start + splitOf(end - start);
    return index < split
      ? [...this.path(index, start, split), this.root(split, end)]
      : [...this.path(index, split, end), this.root(start, split)];
  }

  /** SUBPROOF(m, D[start:end], b), RFC 6962 section 2.1.2 */
  subproof(m: number, start: number, end: number, known: boolean): Buffer[] {
    if (m === end) return known ? [] : [this.root(start, end)];
    const split = start + splitOf(end - start);
    return m <= split
      ? [...this.subproof(m, start, split, known), this.root(split, end)]
      : [...this.subproof(m, split, end, false), this.root(start, split)];
  }
}

function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}
