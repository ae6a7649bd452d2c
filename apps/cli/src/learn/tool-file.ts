import { readToolDefinition } from "@holdfast/learn";
import type { ToolDefinition } from "@holdfast/learn";
import type { Json } from "@holdfast/model";
import { badArguments } from "../failure.ts";
import { readJsonFile } from "../input-file.ts";

/**
 * Reads definitions of tools: a JSON list, or what an MCP server answers to `tools/list`.
 *
 * @throws CommandFailure for a file that holds neither
 */
export function readTools(path: string): readonly ToolDefinition[] {
  const json = readJsonFile(path, "give a list of tools, or what `tools/list` answers");
  const listed =
    typeof json === "object" && json !== null && "tools" in json ? json["tools"] : json;
  if (!Array.isArray(listed)) throw badArguments(`\`${path}\` holds no list of tools`);
  return (listed as readonly Json[]).map((each) => readToolDefinition(each));
}
