const numberBytes = 8;

/** The bytes of numbers, as this machine has them. */
export function bytesOf(numbers: Float64Array<ArrayBuffer>): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/**
 * Numbers from their bytes, wherever these lie.
 *
 * @throws RangeError on bytes that are no whole number of pairs
 */
export function pairsOf(bytes: Uint8Array): { first: Float64Array; second: Float64Array } {
  if (bytes.length % (2 * numberBytes) !== 0) throw new RangeError("not pairs of numbers");
  // A copy: numbers have to begin where the machine can read them.
  const numbers = new Float64Array(new Uint8Array(bytes).buffer);
  const half = numbers.length / 2;
  return { first: numbers.subarray(0, half), second: numbers.subarray(half) };
}
