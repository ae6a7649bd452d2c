import type { JsonObject } from "@holdfast/model";
import type { MessageId } from "./message.ts";

/** The part of a response that says what happened. */
export type ReplyBody =
  | { readonly result: JsonObject }
  | {
      readonly error: {
        readonly code: number;
        readonly message: string;
        readonly data?: JsonObject;
      };
    };

/** A response of the gateway's own. */
export function reply(id: MessageId | null, body: ReplyBody): JsonObject {
  return { jsonrpc: "2.0", id, ...body };
}

/** An error response of the gateway's own. */
export function errorReply(
  id: MessageId | null,
  code: number,
  message: string,
  data?: JsonObject,
): JsonObject {
  return reply(id, { error: { code, message, ...(data === undefined ? {} : { data }) } });
}
