import { foldText } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";

/** A request id. Only what every peer reads alike: a string, or an integer within ±(2^53 - 1). */
export type MessageId = string | number;

/** JSON-RPC error codes that the gateway itself answers with (JSON-RPC 2.0 section 5.1, MCP). */
export const errorCodes = {
  parseError: -32700,
  invalidRequest: -32600,
  invalidParams: -32602,
  internalError: -32603,
  /** the other side is gone; the code the MCP SDKs use for a closed connection */
  connectionClosed: -32000,
  /** refused by policy, for everything that is not a `tools/call` */
  refused: -32010,
  /** MCP 2026-07-28, UnsupportedProtocolVersion: clients that know it fall back to `initialize` */
  unsupportedProtocolVersion: -32022,
} as const;

/** What one line means. `json` is the whole message, unknown fields included. */
export type Message =
  | RequestMessage
  | NotificationMessage
  | ResponseMessage
  | {
      readonly kind: "invalid";
      readonly code: number;
      readonly reason: string;
      /** where to send the error, when the message named a usable id */
      readonly id: MessageId | null;
      /** ids that a refused batch of responses answers */
      readonly answers: readonly MessageId[];
    };

export interface RequestMessage {
  readonly kind: "request";
  readonly id: MessageId;
  readonly method: string;
  readonly params: JsonObject | undefined;
  readonly json: JsonObject;
}

export interface NotificationMessage {
  readonly kind: "notification";
  readonly method: string;
  readonly params: JsonObject | undefined;
  readonly json: JsonObject;
}

export interface ResponseMessage {
  readonly kind: "response";
  /** null when the other side could not tell what it answers */
  readonly id: MessageId | null;
  readonly body:
    | { readonly result: JsonObject }
    | { readonly error: JsonObject }
    | { readonly malformed: string };
  readonly json: JsonObject;
}

/**
 * Reads the JSON-RPC 2.0 envelope of a strictly parsed line. Total: whatever is not exactly one
 * request, notification or response is `invalid`, with the code and id to answer with. Batches
 * are never accepted, as MCP has none since 2025-06-18 and an element could hide in one.
 */
export function readMessage(value: Json): Message {
  if (Array.isArray(value)) return batch(value);
  if (!isObject(value)) return invalid("a message must be a JSON object");
  const id = readId(value["id"]);
  if (value["jsonrpc"] !== "2.0") return invalid('`jsonrpc` must be "2.0"', id);
  const alike = lookAlike(value, members);
  if (alike !== undefined) return invalid(`the message holds a look-alike of \`${alike}\``, id);
  if (value["method"] === undefined) return readResponse(value);
  const method = value["method"];
  if (typeof method !== "string") return invalid("`method` must be a string", id);
  if (value["result"] !== undefined || value["error"] !== undefined) {
    return invalid("a message cannot be a request and a response at once", id);
  }
  const params = value["params"];
  if (params !== undefined && !isObject(params)) {
    return { ...invalid("`params` must be an object", id), code: errorCodes.invalidParams };
  }
  if (!("id" in value)) return { kind: "notification", method, params, json: value };
  if (id === null) return invalid("`id` must be a short string or an integer within 2^53");
  return { kind: "request", id, method, params, json: value };
}

/**
 * The name among `names` that some key of the object is another spelling of: in another case, or
 * in letters that fold to the same, or with characters that nobody sees. Parsers that match keys loosely would take it for that name,
 * and the last one wins; so what was decided would not be what is run.
 */
export function lookAlike(object: JsonObject, names: readonly string[]): string | undefined {
  for (const key of Object.keys(object)) {
    if (names.includes(key)) continue;
    const folded = foldText(key);
    const meant = names.find((name) => foldText(name) === folded);
    if (meant !== undefined) return meant;
  }
  return undefined;
}

/** Members of a message; `lookAlike` refuses other spellings of them. */
const members = ["jsonrpc", "id", "method", "params", "result", "error"] as const;

/** Longest text that is an id; it is kept as long as the request is open. */
const idUnitsMax = 1024;

/** An id that both peers read alike, or null. */
export function readId(value: Json | undefined): MessageId | null {
  if (typeof value === "string") return value.length <= idUnitsMax ? value : null;
  return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
}

/** One key per id: the string `1` and the number 1 are two ids. */
export function idKey(id: MessageId): string {
  return `${typeof id}:${id}`;
}

/** True for a JSON object; arrays are not objects here. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readResponse(value: JsonObject): Message {
  const { result, error } = value;
  const id = readId(value["id"]);
  if (result === undefined && error === undefined) {
    return invalid("a message needs `method`, `result` or `error`", id);
  }
  const message = (body: ResponseMessage["body"]): ResponseMessage => ({
    kind: "response",
    id,
    body,
    json: value,
  });
  if (result !== undefined && error !== undefined) {
    return message({ malformed: "both `result` and `error`" });
  }
  if (result !== undefined) {
    return message(isObject(result) ? { result } : { malformed: "`result` is not an object" });
  }
  const sound =
    isObject(error) && Number.isSafeInteger(error["code"]) && typeof error["message"] === "string";
  return message(sound ? { error } : { malformed: "`error` without `code` and `message`" });
}

function batch(elements: readonly Json[]): Message {
  const answers = elements.flatMap((element) => {
    if (!isObject(element) || element["method"] !== undefined) return [];
    const id = readId(element["id"]);
    return id === null ? [] : [id];
  });
  return { ...invalid("batches are not accepted; send one message per line"), answers };
}

function invalid(
  reason: string,
  id: MessageId | null = null,
): Extract<Message, { kind: "invalid" }> {
  return { kind: "invalid", code: errorCodes.invalidRequest, reason, id, answers: [] };
}
