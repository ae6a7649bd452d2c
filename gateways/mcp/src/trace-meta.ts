import { readTraceparent } from "@holdfast/model";
import type { JsonObject } from "@holdfast/model";
import { isObject } from "./message.ts";
import type { ActionCall } from "./request-mapper.ts";

/**
 * Names in `_meta` under which MCP carries W3C Trace Context (SEP-414, protocol 2026-07-28). Older
 * revisions let `_meta` hold anything, so every server may be given it.
 */
const traceparentKey = "traceparent";
const tracestateKey = "tracestate";

/** The trace that a message says it belongs to; undefined where it names none as the format wants it. */
export function traceIn({ params }: Pick<ActionCall, "params">): string | undefined {
  const meta = params?.["_meta"];
  const text = isObject(meta) ? meta[traceparentKey] : undefined;
  return typeof text === "string" && readTraceparent(text) !== undefined ? text : undefined;
}

/**
 * The params with the action's own span in place of the caller's. Whatever else is in `_meta` stays,
 * but for the vendors' part of a trace that begins anew here, as W3C Trace Context asks. A `_meta` that
 * is no object is the server's to refuse.
 */
export function handedOn(call: ActionCall, params: JsonObject, traceparent: string): JsonObject {
  const { _meta: meta = {}, ...others } = params;
  if (!isObject(meta)) return params;
  const kept = Object.entries(meta).filter(
    ([key]) => key !== tracestateKey || traceIn(call) !== undefined,
  );
  return { ...others, _meta: { ...Object.fromEntries(kept), [traceparentKey]: traceparent } };
}
