import { gunzipSync } from "node:zlib";
import { copyJson, HoldfastError } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { readSpans } from "@holdfast/runtime/source";
import type { TracedSpan } from "@holdfast/runtime/source";
import { badArguments } from "../failure.ts";
import { readBytes, unreadable } from "../input-file.ts";

/** An export request holds many spans, and spans hold payloads. */
const limits = { depthMax: 96, valuesMax: Number.POSITIVE_INFINITY };

/**
 * The spans of a file, or of its `.gz`: one JSON text, or one in each line.
 *
 * @throws CommandFailure exit 2 when it is neither, or holds no span
 */
export function readTraceFile(path: string): readonly TracedSpan[] {
  const spans = jsonTexts(path, textOf(path)).flatMap((json) => readSpans(json));
  if (spans.length === 0) {
    throw badArguments(`\`${path}\` holds no span; give OTLP/JSON, or one span a line`);
  }
  return spans;
}

function textOf(path: string): string {
  const bytes = readBytes(path);
  try {
    return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  } catch (error) {
    throw unreadable(path, error);
  }
}

function jsonTexts(path: string, text: string): readonly Json[] {
  const whole = parsed(text);
  if (whole !== undefined) return [whole];
  return text.split("\n").flatMap((line, at) => {
    if (line.trim() === "") return [];
    const json = parsed(line);
    if (json === undefined) throw badArguments(`${path}:${at + 1}: not JSON`);
    return [json];
  });
}

/**
 * WHY not the strict reader: traces are told by whoever wrote them and decide nothing, and their times
 * are numbers that no double holds.
 */
function parsed(text: string): Json | undefined {
  try {
    return copyJson(JSON.parse(text), limits);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof HoldfastError) return undefined;
    throw error;
  }
}
