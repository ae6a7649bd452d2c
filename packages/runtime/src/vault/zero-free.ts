/** The longest run of bytes that one length byte stands before. */
const runMax = 254;

/**
 * Writes bytes without any zero byte, since recovery of the log tells lost bytes by their zeros:
 * consistent overhead byte stuffing (Cheshire and Baker, 1999), at most one byte more for 254.
 */
export function withoutZeros(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length + Math.floor(bytes.length / runMax) + 1);
  let written = 0;
  let zero = -1;
  // Behind the end stands one zero more, which the reader leaves away.
  for (let at = 0; at <= bytes.length;) {
    if (zero < at) {
      const next = bytes.indexOf(0, at);
      zero = next < 0 ? bytes.length : next;
    }
    const run = Math.min(zero - at, runMax);
    out[written] = run + 1;
    out.set(bytes.subarray(at, at + run), written + 1);
    written += run + 1;
    at += run === runMax ? run : run + 1;
  }
  return out.subarray(0, written);
}

/** What `withoutZeros` was given; undefined for bytes it never writes. */
export function withZeros(stuffed: Uint8Array): Uint8Array | undefined {
  // One search for the whole; a run of what is encrypted is long enough to be copied by a call.
  if (stuffed.includes(0)) return undefined;
  // From memory that is there: memory of its own costs more than all that is done here.
  const room = Buffer.allocUnsafe(stuffed.length);
  const out = new Uint8Array(room.buffer, room.byteOffset, room.length);
  let written = 0;
  let endsInZero = false;
  for (let at = 0; at < stuffed.length;) {
    const length = stuffed[at] ?? 0;
    const end = at + length;
    if (end > stuffed.length) return undefined;
    out.set(stuffed.subarray(at + 1, end), written);
    written += length - 1;
    at = end;
    endsInZero = length <= runMax;
    if (!endsInZero) continue;
    // There is room for it: a byte before each run says how long it is.
    out[written] = 0;
    written += 1;
  }
  return endsInZero ? out.subarray(0, written - 1) : undefined;
}
