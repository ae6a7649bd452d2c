import type { Json, JsonObject } from "@holdfast/model";
import { Ajv2020 } from "ajv/dist/2020.js";
import { RE2JS } from "re2js";
import { interpretSchema } from "../../json-schema/interpret.ts";
import type { Filled } from "../../json-schema/value.ts";
import type { Path } from "../yaml-document.ts";

/** What keeps a schema from being used, and where in it. */
export interface SchemaProblem {
  readonly path: Path;
  readonly message: string;
}

const metaAddress = "https://json-schema.org/draft/2020-12/schema";

/** Holds the JSON Schema 2020-12 meta-schema, and nothing of what it has checked. */
const metaSchema = new Ajv2020({ strict: false, logger: false });

/** Compiles the schemas of one policy set, once they are known to be schemas. */
export function schemaCompiler(): Ajv2020 {
  return new Ajv2020({
    strict: false,
    validateSchema: false,
    validateFormats: false,
    addUsedSchema: false,
    logger: false,
    code: { regExp: Object.assign(linearPattern, { code: "linearPattern" }) },
  });
}

/** What keeps a tool's schema from being used; undefined when nothing does. */
export function schemaProblem(schema: JsonObject, compiler: Ajv2020): SchemaProblem | undefined {
  if (schema["type"] !== undefined && schema["type"] !== "object") {
    return { path: ["type"], message: "arguments are an object, so `type` is `object`" };
  }
  // Tools name older dialects in `$schema`; all are read as 2020-12.
  const { $schema: _, ...own } = JSON.parse(JSON.stringify(schema)) as Record<string, Json>;
  try {
    if (metaSchema.validateSchema(own) !== true) {
      const [first] = metaSchema.errors ?? [];
      return problemAt(first?.instancePath, first?.message);
    }
    compiler.compile(own);
    return undefined;
  } catch (error) {
    // A page may forbid that text becomes code, and all that ajv does is to make code.
    return error instanceof EvalError ? interpretedProblem(own) : unusable(error);
  }
}

/** The same without making code. */
export function interpretedProblem(schema: JsonObject): SchemaProblem | undefined {
  const documents = new Map(
    Object.entries(metaSchema.schemas).flatMap(([address, held]) =>
      typeof held?.schema === "object" ? [[address, held.schema as JsonObject]] : [],
    ),
  );
  try {
    // Defaults are filled in, so it gets a copy.
    const copy = JSON.parse(JSON.stringify(schema)) as Filled;
    const wrong = interpretSchema(documents.get(metaAddress) ?? {}, documents)(copy);
    if (wrong !== undefined) return problemAt(wrong.instancePath, wrong.message);
    interpretSchema(schema);
    return undefined;
  } catch (error) {
    return unusable(error);
  }
}

function problemAt(pointer = "", message = "is not a JSON Schema 2020-12"): SchemaProblem {
  const steps = pointer.split("/").slice(1);
  const path = steps.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return { path, message: `this ${message}` };
}

function unusable(error: unknown): SchemaProblem {
  const message = error instanceof Error ? error.message : String(error);
  return { path: [], message: message.replaceAll(/\s+/gu, " ") };
}

/** Patterns of schemas are linear-time too; one that RE2 does not have is refused here. */
function linearPattern(pattern: string): { test: (text: string) => boolean } {
  const compiled = RE2JS.compile(pattern);
  return { test: (text) => compiled.matcher(text).find() };
}
