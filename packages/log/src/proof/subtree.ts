/** A run of leaves, `start` up to and without `end`, whose tree hash a proof holds. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Which hashes prove that leaf `index` is in the tree of `size` leaves, from the leaf's sibling up
 * to the root's child (RFC 6962 section 2.1.1, RFC 9162 section 2.1.3.1).
 *
 * @throws RangeError when the tree has no such leaf
 */
export function inclusionRanges(index: number, size: number): readonly LeafRange[] {
  if (!(index >= 0 && index < size)) throw new RangeError(`no leaf ${index} among ${size}`);
  const path: LeafRange[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const split = start + splitOf(end - start);
    if (index < split) {
      path.push({ start: split, end });
      end = split;
    } else {
      path.push({ start, end: split });
      start = split;
    }
  }
  return path.reverse();
}

/**
 * Which hashes prove that the tree of `from` leaves is a beginning of that of `to` leaves
 * (RFC 6962 section 2.1.2, RFC 9162 section 2.1.4.1). None when one is empty or they are equal.
 *
 * @throws RangeError when `from` is larger than `to`
 */
export function consistencyRanges(from: number, to: number): readonly LeafRange[] {
  if (!(from >= 0 && from <= to)) throw new RangeError(`${from} leaves are no beginning of ${to}`);
  if (from === 0 || from === to) return [];
  const path: LeafRange[] = [];
  let start = 0;
  let end = to;
  // True while the old tree is not one of the subtrees passed, so its root is not yet known.
  while (end !== from) {
    const split = start + splitOf(end - start);
    if (from <= split) {
      path.push({ start: split, end });
      end = split;
    } else {
      path.push({ start, end: split });
      start = split;
    }
  }
  // The verifier knows the root of the old tree itself, and only that.
  if (start > 0) path.push({ start, end });
  return path.reverse();
}

/** The perfect subtrees a range consists of, largest first; it must begin where its largest may. */
export function perfectRanges({ start, end }: LeafRange): readonly LeafRange[] {
  const ranges: LeafRange[] = [];
  for (let at = start; at < end;) {
    const width = largestPower(end - at);
    ranges.push({ start: at, end: at + width });
    at += width;
  }
  return ranges;
}

/** Largest power of two smaller than `count`, which is at least 2. */
function splitOf(count: number): number {
  return largestPower(count - 1);
}

/** Largest power of two that is at most `count`. */
function largestPower(count: number): number {
  let power = 1;
  while (power * 2 <= count) power *= 2;
  return power;
}
