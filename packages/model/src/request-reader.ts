import type { z } from "zod";
import { digestOf } from "./digest.ts";
import { HoldfastError } from "./error.ts";
import { copyJson } from "./json-copy.ts";
import { nearestName } from "./nearest-name.ts";
import { requestSchema } from "./request.ts";
import type { Request } from "./request.ts";

/** One thing that is wrong with a value, and where: `agent.id`, `delegation[0].scopes`. */
export interface Problem {
  /** empty for the value itself */
  readonly path: string;
  readonly message: string;
}

/** A request with every default filled in, or everything that is wrong with it. */
export type RequestReading =
  | { readonly ok: true; readonly request: Request }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Checks a request and fills in its defaults (`session.root` is `session.id`). Never throws.
 * The request is a copy: who made the value cannot change what was read, and no object in
 * `args`, `context` or `claims` has a prototype.
 */
export function readRequest(value: unknown): RequestReading {
  let copy: unknown;
  try {
    copy = copyJson(value);
  } catch (cause) {
    const message = cause instanceof HoldfastError ? cause.message : "cannot be read";
    return { ok: false, problems: [{ path: "", message }] };
  }
  const parsed = requestSchema.safeParse(copy);
  if (!parsed.success) return { ok: false, problems: parsed.error.issues.flatMap(problemsOf) };
  const request = parsed.data;
  if (request.session === undefined) return { ok: true, request };
  const session = { ...request.session, root: request.session.root ?? request.session.id };
  return { ok: true, request: { ...request, session } };
}

/**
 * Names what is asked: two requests have one digest exactly when they ask the same. The action
 * id and the trace context only say how the request came, so a redelivery keeps its digest.
 *
 * @throws HoldfastError `json_…` on a request that is not JSON
 */
export function requestDigest(request: Request): string {
  const { id: _id, trace: _trace, ...asked } = request;
  return digestOf(asked);
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code !== "unrecognized_keys") {
    return [{ path: pathText(issue.path), message: messageOf(issue) }];
  }
  const known = keysAt(issue.path);
  return issue.keys.map((key) => {
    const near = nearestName(key, known);
    const help = near === undefined ? "" : `; did you mean \`${near}\`?`;
    return { path: pathText(issue.path), message: `unknown field \`${key}\`${help}` };
  });
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.message.endsWith("received undefined")) return "is missing";
  const text = issue.message.replace(/^Invalid (?:input|option): /u, "").replace(/\.$/u, "");
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function pathText(path: readonly PropertyKey[]): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += text === "" ? String(step) : `.${String(step)}`;
  }
  return text;
}

/** The field names the schema knows at a path, for suggestions. */
function keysAt(path: readonly PropertyKey[]): readonly string[] {
  let schema: unknown = requestSchema;
  for (const step of [...path, undefined]) {
    schema = unwrapped(schema);
    if (step === undefined) break;
    schema =
      typeof step === "number"
        ? property(schema, "element")
        : property(property(schema, "shape"), String(step));
  }
  const shape = property(schema, "shape");
  return typeof shape === "object" && shape !== null ? Object.keys(shape) : [];
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** Without `default`, `optional`, `nullable` and their like around it. */
function unwrapped(schema: unknown): unknown {
  let inner = schema;
  for (;;) {
    const next = property(property(inner, "def"), "innerType");
    if (next === undefined) return inner;
    inner = next;
  }
}
