import type { Json, JsonObject } from "@holdfast/model";
import { Ajv2020 } from "ajv/dist/2020.js";
import { RE2JS } from "re2js";
import type { Path } from "../yaml-document.ts";

/** What keeps a schema from being used, and where in it. */
export interface SchemaProblem {
  readonly path: Path;
  readonly message: string;
}

/** Holds the JSON Schema 2020-12 meta-schema, and nothing of what it has checked. */
const metaSchema = new Ajv2020({ strict: false, logger: false });

/** Checks the schemas of one policy set. */
export class SchemaCheck {
  /** compiles them, once they are known to be schemas */
  readonly #compiler = new Ajv2020({
    strict: false,
    validateSchema: false,
    validateFormats: false,
    addUsedSchema: false,
    logger: false,
    code: { regExp: Object.assign(linearPattern, { code: "linearPattern" }) },
  });
  /** texts of those that can be used: many tools have one schema, and compiling it takes long */
  readonly #usable = new Set<string>();

  /** What keeps a tool's schema from being used; undefined when nothing does. */
  problemOf(schema: JsonObject): SchemaProblem | undefined {
    const text = JSON.stringify(schema);
    if (this.#usable.has(text)) return undefined;
    const problem = schemaProblem(schema, text, this.#compiler);
    // WHY not with a name: what has one can be used only once.
    if (problem === undefined && !text.includes('"$id"')) this.#usable.add(text);
    return problem;
  }
}

function schemaProblem(
  schema: JsonObject,
  text: string,
  compiler: Ajv2020,
): SchemaProblem | undefined {
  if (schema["type"] !== undefined && schema["type"] !== "object") {
    return { path: ["type"], message: "arguments are an object, so `type` is `object`" };
  }
  // Tools name older dialects in `$schema`; all are read as 2020-12.
  const { $schema: _, ...own } = JSON.parse(text) as Record<string, Json>;
  try {
    if (metaSchema.validateSchema(own) !== true) {
      const [first] = metaSchema.errors ?? [];
      return problemAt(first?.instancePath, first?.message);
    }
    compiler.compile(own);
    return undefined;
  } catch (error) {
    // Where text may not become code ajv can say nothing; there deciding refuses the tool.
    return error instanceof EvalError ? undefined : unusable(error);
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
