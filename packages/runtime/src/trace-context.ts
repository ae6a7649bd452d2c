import { digestOf, readTraceparent } from "@holdfast/model";
import type { Request } from "@holdfast/model";
import type { Random } from "./evidence.ts";

/** Where an action stands in its caller's trace, as `traceparent` texts (W3C Trace Context). */
export interface TraceContext {
  /** absent when the request names no trace */
  readonly in?: string;
  /** of the action itself: what the enforcement point hands on with the call */
  readonly out: string;
}

/** Sampled: whoever hands the action on decides about itself. */
const sampled = "01";

/**
 * A span for the action, in the caller's trace; else in that of its session, so that actions of
 * one session lie in one trace; else in one of its own.
 */
export function traceOf({ trace, session, tenant }: Request, random: Random): TraceContext {
  const given = readTraceparent(trace?.traceparent);
  const spanId = hex(random(8));
  const flags = given?.flags ?? sampled;
  const root = session?.root ?? session?.id;
  const traceId =
    given?.traceId ?? (root === undefined ? hex(random(16)) : sessionTrace({ root, tenant }));
  const out = `00-${traceId}-${spanId}-${flags}`;
  return given === undefined || trace === undefined ? { out } : { in: trace.traceparent, out };
}

function sessionTrace(session: { readonly root: string; readonly tenant: string }): string {
  return digestOf(session).slice("sha256:".length, "sha256:".length + 32);
}

function hex(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("hex");
  // All zeros would name no trace.
  return /[1-9a-f]/u.test(text) ? text : `${text.slice(1)}1`;
}
