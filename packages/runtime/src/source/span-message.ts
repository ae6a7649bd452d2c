import type { Json, JsonObject } from "@holdfast/model";
import { otelMapping as names } from "../export/otel-mapping.ts";
import { attributeJson } from "./span-attribute.ts";
import type { TracedSpan } from "./read-span.ts";

/** A call as messages tell it: what the model asked for, and what it was answered. */
export interface MessageCall {
  readonly id: string;
  readonly tool: string;
  readonly args: Json;
  /** absent until a message answers */
  readonly response?: Json;
  readonly span: TracedSpan;
}

/** What the messages of a conversation say. */
export interface Messages {
  /** texts with the role `user`, in order, each once */
  readonly prompts: readonly string[];
  /** by the id of the call, in the order in which they were first told */
  readonly calls: ReadonlyMap<string, MessageCall>;
}

/**
 * Reads `gen_ai.input.messages` and `gen_ai.output.messages` of spans in order. Every request to a
 * model repeats the conversation so far, so that what was told before is passed over.
 */
export function messagesOf(spans: readonly TracedSpan[]): Messages {
  const prompts = new Set<string>();
  const calls = new Map<string, MessageCall>();
  for (const span of spans) {
    for (const name of [names.inputMessages, names.outputMessages]) {
      for (const message of listOf(attributeJson(span.attributes[name]))) {
        if (!isObject(message)) continue;
        const parts = listOf(message["parts"] ?? null).filter((part) => isObject(part));
        if (message["role"] === "user") addPrompt(prompts, parts);
        for (const part of parts) addCall(calls, part, span);
      }
    }
  }
  return { prompts: [...prompts], calls };
}

function addPrompt(prompts: Set<string>, parts: readonly JsonObject[]): void {
  const texts = parts.flatMap(({ type, content }) =>
    type === "text" && typeof content === "string" ? [content] : [],
  );
  if (texts.length > 0) prompts.add(texts.join("\n"));
}

function addCall(calls: Map<string, MessageCall>, part: JsonObject, span: TracedSpan): void {
  const { id, type, name } = part;
  if (typeof id !== "string" || id === "") return;
  if (type === "tool_call" && typeof name === "string") {
    const args = attributeJson(part["arguments"]);
    if (!calls.has(id)) calls.set(id, { id, tool: name, args: args ?? null, span });
  } else if (type === "tool_call_response") {
    const call = calls.get(id);
    // `result` was the name of it in the first version of the convention.
    const response = part["response"] ?? part["result"];
    if (call === undefined || call.response !== undefined || response === undefined) return;
    calls.set(id, { ...call, response, span });
  }
}

function listOf(json: Json | undefined): readonly Json[] {
  return Array.isArray(json) ? (json as readonly Json[]) : [];
}

function isObject(json: Json): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
