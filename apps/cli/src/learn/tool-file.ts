import { readFileSync } from "node:fs";
import { readToolDefinition } from "@holdfast/learn";
import type { ToolDefinition } from "@holdfast/learn";
import { parseJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { badArguments } from "../failure.ts";

/**
 * Reads definitions of tools: a JSON list, or what an MCP server answers to `tools/list`.
 *
 * @throws CommandFailure for a file that holds neither
 */
export function readTools(path: string): readonly ToolDefinition[] {
  let json: Json;
  try {
    json = parseJson(readFileSync(path));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "unreadable";
    throw badArguments(`cannot read tools \`${path}\`: ${reason}`);
  }
  const listed =
    typeof json === "object" && json !== null && "tools" in json ? json["tools"] : json;
  if (!Array.isArray(listed)) throw badArguments(`\`${path}\` holds no list of tools`);
  return (listed as readonly Json[]).map((each) => readToolDefinition(each));
}
