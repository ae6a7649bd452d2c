/** So many files threads may be ahead of whoever takes what they read: tables of all would fill memory. */
const aheadMax = 6;

/** The element of the shared claims that says which file is asked for. */
export const turn = 0;

/** Shared memory in which one of several threads claims each of so many files. */
export function sharedClaims(files: number): SharedArrayBuffer {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * (1 + files));
}

/** True for the first that claims the file in this place, in whichever thread. */
export function claim(claims: Int32Array, place: number): boolean {
  return Atomics.compareExchange(claims, 1 + place, 0, 1) === 0;
}

/**
 * Claims the next file for a thread that reads ahead, and waits until it may: of those within
 * `aheadMax` the last one, so that whoever asks comes to files that are read, and not to one that
 * is being read.
 *
 * Never ends: a thread that ends is one that failed.
 *
 * @param files how many there are
 * @returns its place
 */
export function claimAhead(claims: Int32Array, files: number): number {
  for (;;) {
    const at = Atomics.load(claims, turn);
    const end = Math.min(files, at + aheadMax);
    for (let place = end - 1; place >= at; place -= 1) if (claim(claims, place)) return place;
    Atomics.wait(claims, turn, at);
  }
}
