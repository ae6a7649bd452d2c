import type { CanonicalTexts } from "./canonical-json.ts";
import { digestOf } from "./digest.ts";
import { HoldfastError } from "./error.ts";
import { copyJson } from "./json-copy.ts";
import type { JsonLimits } from "./json-reader.ts";
import { problemsOf } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { requestSchema, sharedAction } from "./request.ts";
import type { Request } from "./request.ts";

/** A request with every default filled in, or everything that is wrong with it. */
export type RequestReading =
  | { readonly ok: true; readonly request: Request }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Checks a request and fills in its defaults (`session.root` is `session.id`). Never throws.
 * The request is a copy: who made the value cannot change what was read, and no object in
 * `args`, `context` or `claims` has a prototype. `limits` are those of `copyJson`.
 */
export function readRequest(
  value: unknown,
  limits: Partial<Pick<JsonLimits, "valuesMax">> = {},
): RequestReading {
  let copy: unknown;
  try {
    copy = copyJson(value, limits);
  } catch (cause) {
    const message = cause instanceof HoldfastError ? cause.message : "cannot be read";
    return { ok: false, problems: [{ path: "", message }] };
  }
  const parsed = requestSchema.safeParse(copy);
  if (!parsed.success)
    return { ok: false, problems: problemsOf(requestSchema, parsed.error.issues) };
  const request = parsed.data;
  request.action = sharedAction(request.action);
  const { session } = request;
  if (session !== undefined) session.root ??= session.id;
  return { ok: true, request };
}

/**
 * Names what is asked: two requests have one digest exactly when they ask the same. The action
 * id and the trace context only say how the request came, so a redelivery keeps its digest.
 *
 * @throws HoldfastError `json_…` on a request that is not JSON
 */
export function requestDigest(request: Request, texts?: CanonicalTexts): string {
  const { id: _id, trace: _trace, ...asked } = request;
  return digestOf(asked, texts);
}
