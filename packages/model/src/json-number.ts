/**
 * Reads a JSON number (already known to fit the grammar of RFC 8259 section 6) as a double, or
 * gives undefined when the double does not stand for the very decimal that was written: too
 * large, too small, or with digits that the shortest form of the double does not have.
 * `0.1`, `1.0` and `1e2` are exact in this sense; `9007199254740993` and `1e400` are not.
 * Minus zero reads as zero.
 */
export function exactNumber(text: string): number | undefined {
  const value = Number(text);
  if (value === 0) return /^[^eE]*[1-9]/u.test(text) ? undefined : 0;
  if (!Number.isFinite(value)) return undefined;
  const shortest = String(value);
  if (shortest === text) return value;
  const written = decimal(text);
  const read = decimal(shortest);
  return written.digits === read.digits && written.exponent === read.exponent ? value : undefined;
}

/** The significant digits of a number and the power of ten of the last one. */
function decimal(text: string): { digits: string; exponent: number } {
  const parts = /^-?(?<whole>\d+)(?:\.(?<fraction>\d*))?(?:[eE](?<power>[+-]?\d+))?$/u.exec(text);
  const fraction = parts?.groups?.["fraction"] ?? "";
  const all = (parts?.groups?.["whole"] ?? "") + fraction;
  let end = all.length;
  while (end > 0 && all[end - 1] === "0") end--;
  let start = 0;
  while (start < end && all[start] === "0") start++;
  const power = Number(parts?.groups?.["power"] ?? "0");
  return { digits: all.slice(start, end), exponent: power - fraction.length + (all.length - end) };
}
