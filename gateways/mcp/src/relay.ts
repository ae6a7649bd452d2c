import type { JsonObject } from "@holdfast/model";
import { errorCodes } from "./message.ts";
import { errorReply } from "./reply.ts";
import type { Answer } from "./in-flight.ts";
import type { MessageId } from "./message.ts";

/**
 * The response to pass on for an answer that needs no deciding: the message as it came, or an
 * error when there is none. Undefined when the sender cancelled and waits for nothing.
 */
export function relayed(id: MessageId | null, answer: Answer): JsonObject | undefined {
  switch (answer.kind) {
    case "response": {
      const { body, json } = answer.message;
      if ("malformed" in body) {
        return errorReply(
          id,
          errorCodes.internalError,
          `the answer is not JSON-RPC: ${body.malformed}`,
        );
      }
      return json;
    }
    case "garbled":
      return errorReply(id, errorCodes.internalError, answer.reason);
    case "lost":
      if (answer.cancelled) return undefined;
      return errorReply(id, errorCodes.connectionClosed, answer.reason);
    case "unsent":
      return errorReply(id, errorCodes.connectionClosed, answer.reason);
    case "refused":
      return errorReply(id, errorCodes.refused, answer.denial.message);
    case "cancelled":
      return undefined;
  }
}
