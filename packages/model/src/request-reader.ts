import { CanonicalTexts } from "./canonical-json.ts";
import { digestOfBytes } from "./digest.ts";
import { HoldfastError } from "./error.ts";
import { copyCounted } from "./json-copy.ts";
import type { CopiedJson } from "./json-copy.ts";
import type { JsonLimits } from "./json-reader.ts";
import { problemsOf } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { requestSchema, sharedAction } from "./request.ts";
import type { Request } from "./request.ts";

/** A request with every default filled in. */
export interface ReadRequest {
  readonly ok: true;
  readonly request: Request;
  /** its canonical JSON has no more, and most have much less */
  readonly bytesAtMost: number;
}

/** The most bytes that defaults add. */
const defaultBytesMax = 4096;

/** A request with every default filled in, or everything that is wrong with it. */
export type RequestReading =
  | ReadRequest
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
  let copied: CopiedJson;
  try {
    copied = copyCounted(value, limits);
  } catch (cause) {
    const message = cause instanceof HoldfastError ? cause.message : "cannot be read";
    return { ok: false, problems: [{ path: "", message }] };
  }
  const parsed = requestSchema.safeParse(copied.copy);
  if (!parsed.success)
    return { ok: false, problems: problemsOf(requestSchema, parsed.error.issues) };
  const request = parsed.data;
  request.action = sharedAction(request.action);
  const { session } = request;
  if (session !== undefined) session.root ??= session.id;
  return { ok: true, request, bytesAtMost: copied.bytesAtMost + defaultBytesMax };
}

/** Members that only say how a request came. */
const cameBy: ReadonlySet<string> = new Set(["id", "trace"]);

/**
 * Names what is asked: two requests have one digest exactly when they ask the same. The action
 * id and the trace context only say how the request came, so a redelivery keeps its digest. The
 * whole request is kept in `texts`.
 *
 * @throws HoldfastError `json_…` on a request that is not JSON
 */
export function requestDigest(request: Request, texts?: CanonicalTexts): string {
  return digestOfBytes((texts ?? new CanonicalTexts()).keepBut(request, cameBy));
}
