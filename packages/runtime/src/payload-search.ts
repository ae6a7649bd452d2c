import type { LogEntry } from "@holdfast/log";
import { decodeRecord, lowerAscii } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { wordsOf } from "@holdfast/store";
import { decisionPayloadSchema, outcomePayloadSchema, readPayload } from "./payload.ts";

/** What a decision's payloads are asked for. */
interface PayloadFilter {
  readonly user?: string;
  readonly payloadText?: string;
}

/** Whether a decision and its end are asked for. */
type PayloadTest = (decision: LogEntry, end: LogEntry | undefined) => boolean;

/**
 * A test for decisions by what their payloads say, or undefined when nothing is asked of them. Where
 * a payload is erased nothing is found: what was erased cannot be looked for.
 */
export function payloadTest({ user, payloadText }: PayloadFilter): PayloadTest | undefined {
  if (user === undefined && payloadText === undefined) return undefined;
  const words = wordsOf(payloadText ?? "");
  return (decision, end) => {
    const said = decisionPayload(decision);
    if (said === undefined) return false;
    if (user !== undefined && said.input.request.user?.id !== user) return false;
    if (words.length === 0) return true;
    const { request } = said.input;
    const shown = end === undefined ? undefined : outcomePayload(end)?.input.request.result;
    const texts = [...textsOf({ ...request }), ...textsOf({ ...said.decision }), ...textsOf(shown)];
    const all = lowerAscii(texts.join("\n"));
    return words.every((word) => all.includes(word));
  };
}

function decisionPayload({ body, payload }: LogEntry) {
  const record = decodeRecord(body);
  if (record.kind !== "decision" || typeof payload === "string") return undefined;
  return readPayload(decisionPayloadSchema, payload, record.payload);
}

function outcomePayload({ body, payload }: LogEntry) {
  const record = decodeRecord(body);
  if (record.kind !== "outcome" || typeof payload === "string") return undefined;
  return readPayload(outcomePayloadSchema, payload, record.payload);
}

/** Every text in a value, names of members too. */
function* textsOf(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value as Record<string, Json | undefined>)) {
    if (!Array.isArray(value)) yield name;
    yield* textsOf(member);
  }
}
