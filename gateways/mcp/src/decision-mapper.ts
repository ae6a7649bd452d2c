import type { Decision, Json, JsonObject } from "@holdfast/model";
import type { ResultDecision } from "@holdfast/runtime";
import { errorCodes, isObject } from "./message.ts";
import type { ReplyBody } from "./reply.ts";
import type { ActionCall } from "./request-mapper.ts";
import type { ResponseMessage } from "./message.ts";

/** What an agent may know of a refusal. */
export interface Denial {
  readonly decision: Pick<Decision, "effect" | "code" | "retryAfterMs">;
  /** safe for the agent: no rule, file or condition in it */
  readonly message: string;
}

/** Key of the machine-readable part of a refusal, in `_meta` of a result and `data` of an error. */
export const decisionKey = "holdfast.dev/decision";

/**
 * The answer to an action that did not run. A `tools/call` gets a tool result that the model
 * can read (`isError`), everything else a JSON-RPC error: prompts, resources and server
 * requests have no result that could say no, and a task-augmented call would be given a task.
 */
export function fromDecision(
  call: Pick<ActionCall, "method" | "params">,
  denial: Denial,
): ReplyBody {
  const isTask = call.params?.["task"] !== undefined;
  return call.method === "tools/call" && !isTask ? toolDenial(denial) : errorDenial(denial);
}

/**
 * The answer to an action that ran, with what may be shown of its result. Fields of the
 * response besides the result are kept. A result that is no longer one a client could read is
 * withheld.
 */
export function fromResult(
  method: string,
  { body, json }: Pick<ResponseMessage, "body" | "json">,
  shown: ResultDecision,
): JsonObject {
  if (!shown.released) return { ...without(json), ...withheld(method, shown) };
  if (!shown.redacted) return json;
  if ("result" in body && isObject(shown.result)) return { ...json, result: shown.result };
  const error = isObject(shown.result) ? shown.result["error"] : undefined;
  if ("error" in body && isErrorObject(error)) return { ...json, error };
  const message = "Holdfast withheld the result, as policy left nothing of it that could be shown.";
  return { ...without(json), ...withheld(method, { decision: shown.decision, message }) };
}

/** What the result phase decides on: the MCP result as it came, or `{error}` around an error. */
export function resultOf(body: ResponseMessage["body"]): Json {
  if ("result" in body) return body.result;
  return "error" in body ? { error: body.error } : null;
}

/** Whether the tool itself says that it did what it was asked. */
export function succeeded(body: ResponseMessage["body"]): boolean {
  return "result" in body && body.result["isError"] !== true;
}

function withheld(method: string, denial: Denial): ReplyBody {
  return method === "tools/call" ? toolDenial(denial) : errorDenial(denial);
}

function toolDenial({ decision, message }: Denial): ReplyBody {
  return {
    result: {
      content: [{ type: "text", text: message }],
      isError: true,
      _meta: { [decisionKey]: summary(decision) },
    },
  };
}

function errorDenial({ decision, message }: Denial): ReplyBody {
  const data = { [decisionKey]: summary(decision) };
  return { error: { code: errorCodes.refused, message, data } };
}

function summary({ effect, code, retryAfterMs }: Denial["decision"]): JsonObject {
  return { effect, code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

function without({ result: _result, error: _error, ...rest }: JsonObject): JsonObject {
  return rest;
}

function isErrorObject(error: Json | undefined): error is JsonObject {
  return (
    isObject(error) && Number.isSafeInteger(error["code"]) && typeof error["message"] === "string"
  );
}
