import { z } from "zod";
import { decisionSchema } from "./decision.ts";
import { HoldfastError } from "./error.ts";
import { copyJson } from "./json-copy.ts";
import type { Json, JsonObject } from "./json.ts";
import { recordSchema } from "./record.ts";
import { requestSchema } from "./request.ts";
import { traceSchema } from "./trace.ts";

/** Where the published schemas live; the file of a schema is its name and `.json`. */
const schemaAddress = "https://holdfast.dev/schemas/v1/";

/**
 * JSON Schemas (2020-12) of what crosses the borders of the project, by name: `request` as it
 * may be written, with defaults left out, `decision`, `record` and `trace` as they are given out.
 * Made from the schemas the code itself checks with, so they cannot say anything else.
 */
export function publishedSchemas(): Readonly<Record<string, JsonObject>> {
  return {
    request: publish(requestSchema, { name: "request", title: "A Holdfast request", io: "input" }),
    decision: publish(decisionSchema, {
      name: "decision",
      title: "A Holdfast decision",
      io: "output",
    }),
    record: publish(recordSchema, {
      name: "record",
      title: "The body of one Holdfast log record",
      io: "output",
    }),
    trace: publish(traceSchema, {
      name: "trace",
      title: "How one Holdfast decision came to be",
      io: "output",
    }),
  };
}

function publish(
  schema: z.ZodType,
  { name, title, io }: { name: string; title: string; io: "input" | "output" },
): JsonObject {
  // `any` is for the two custom schemas of json-value.ts, which describe themselves.
  const { $schema, ...body } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  const named = { $schema, $id: `${schemaAddress}${name}.json`, title, ...body };
  const published: Json = copyJson(named);
  if (typeof published !== "object" || published === null || Array.isArray(published)) {
    throw new HoldfastError("schema", `schema \`${name}\` is not an object`);
  }
  return published as JsonObject;
}
