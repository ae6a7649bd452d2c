/**
 * Bytes of standard base64 with padding (RFC 4648 section 4).
 *
 * @returns undefined for any text that is not the one way to write its bytes
 */
export function base64Bytes(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}

/** A 32-byte hash in base64; undefined when it is none. */
export function base64Hash(text: string): Buffer | undefined {
  const bytes = base64Bytes(text);
  return bytes?.length === 32 ? bytes : undefined;
}

/** A decimal number without needless zeroes, as C2SP texts write it; undefined when it is none. */
export function decimalCount(text: string): number | undefined {
  const count = Number(text);
  return /^(?:0|[1-9][0-9]{0,15})$/u.test(text) && Number.isSafeInteger(count) ? count : undefined;
}
