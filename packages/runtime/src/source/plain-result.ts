import type { Json, JsonObject } from "@holdfast/model";

/**
 * What a tool's result says, without the envelope of MCP: its structured content, else its texts. What
 * origins make of both is the same. Any other result is itself.
 */
export function plainResult(result: Json): Json {
  if (!isObject(result)) return result;
  const structured = result["structuredContent"];
  if (structured !== undefined && structured !== null) return structured;
  const content = result["content"];
  if (!isList(content) || content.length === 0) return result;
  const texts = content.map((block) => textOf(block));
  return texts.every((text) => text !== undefined) ? texts.join("\n") : result;
}

function textOf(block: Json): string | undefined {
  if (!isObject(block) || block["type"] !== "text") return undefined;
  const text = block["text"];
  return typeof text === "string" ? text : undefined;
}

function isObject(json: Json): json is JsonObject {
  return typeof json === "object" && json !== null && !isList(json);
}

function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}
