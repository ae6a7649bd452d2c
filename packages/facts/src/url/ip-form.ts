import { isGlobalAddress } from "./special-address.ts";

/** Whether a host is an IPv4 address as everybody reads it. */
export function isCanonicalFour(host: string): boolean {
  const parts = host.split(".");
  const isByte = (part: string): boolean =>
    /^(?:0|[1-9]\d{0,2})$/u.test(part) && Number(part) <= 255;
  return parts.length === 4 && parts.every(isByte);
}

/** Whether the WHATWG standard takes a host for an IPv4 address: its last label is a number. */
export function looksLikeFour(host: string): boolean {
  const labels = host.replace(/\.$/u, "").split(".");
  return /^(?:\d+|0[xX][0-9A-Fa-f]*)$/u.test(labels.at(-1) ?? "");
}

/**
 * Whether some reading of an IPv4 address is not global though `canonical` is: `010.0.0.1` is
 * 8.0.0.1 where a zero first means octal, and 10.0.0.1 where it means nothing.
 */
export function hasNearReading(host: string): boolean {
  const labels = host.replace(/\.$/u, "").split(".");
  if (!labels.some((label) => /^0\d+$/u.test(label))) return false;
  const decimal = labels.map((label) => label.replace(/^0+(?=\d)/u, "")).join(".");
  return !isCanonicalFour(decimal) || !isGlobalAddress(decimal);
}
