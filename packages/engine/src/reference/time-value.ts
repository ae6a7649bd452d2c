/** An instant. **Contract:** within 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999999Z. */
export class Timestamp {
  /** nanoseconds since the Unix epoch */
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    this.nanos = nanos;
  }

  /** The instant of a Unix time in milliseconds. */
  static ofMilliseconds(timeMs: number): Timestamp {
    return new Timestamp(BigInt(Math.trunc(timeMs)) * 1_000_000n);
  }
}

/** A length of time. **Contract:** fits a signed 64-bit count of nanoseconds. */
export class Duration {
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

const nanosPerSecond = 1_000_000_000n;
const timestampSecondsMin = -62_135_596_800n;
const timestampSecondsMax = 253_402_300_799n;

/** Whether `nanos` since the epoch lies in the years 1 to 9999 (cel-spec, langdef.md, "Timestamp"). */
export function isTimestamp(nanos: bigint): boolean {
  return (
    nanos >= timestampSecondsMin * nanosPerSecond &&
    nanos < (timestampSecondsMax + 1n) * nanosPerSecond
  );
}

/** Whether `nanos` is a duration: about 292 years each way, as the conformance suite tests. */
export function isDuration(nanos: bigint): boolean {
  return BigInt.asIntN(64, nanos) === nanos;
}
