/** So many files a thread may be ahead of whoever takes what it read: tables of all would fill memory. */
export const aheadMax = 2;

/** The element of the shared claims that says which file is asked for. */
export const turn = 0;

/** Shared memory in which one of two threads claims each of so many files. */
export function sharedClaims(files: number): SharedArrayBuffer {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * (1 + files));
}

/** True for the first that claims the file in this place, in whichever thread. */
export function claim(claims: Int32Array, place: number): boolean {
  return Atomics.compareExchange(claims, 1 + place, 0, 1) === 0;
}
