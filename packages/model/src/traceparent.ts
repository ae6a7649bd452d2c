import { z } from "zod";

/** The parts of a W3C `traceparent`, in lower-case hex. */
export interface Traceparent {
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: string;
}

const pattern = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/u;

/** W3C Trace Context, `traceparent` of version 00. */
export const traceparentSchema = z.string().regex(pattern);

/** The parts of a `traceparent` of version 00; anything else names no trace. */
export function readTraceparent(text: string | undefined): Traceparent | undefined {
  const [, traceId, spanId, flags] = pattern.exec(text ?? "") ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, flags };
}
