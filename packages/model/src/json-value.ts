import { z } from "zod";
import type { Json, JsonObject } from "./json.ts";

/**
 * Schema of any JSON value, and of an object of any shape. They pass the value on as it is,
 * where zod's own would rebuild it and drop keys such as `__proto__`; `meta` is what the
 * published JSON Schema says of them.
 *
 * **Contract:** the value comes from `parseJson` or `copyJson`.
 */
export const jsonValueSchema: z.ZodType<Json> = z.custom<Json>((value) => value !== undefined);

export const jsonObjectSchema: z.ZodType<JsonObject> = z
  .custom<JsonObject>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    "expected an object",
  )
  .meta({ type: "object" });
