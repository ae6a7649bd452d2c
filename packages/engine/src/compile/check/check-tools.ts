import { Ajv2020 } from "ajv/dist/2020.js";
import { RE2JS } from "re2js";
import { nearestName } from "@holdfast/model";
import type { Json, JsonObject, Span } from "@holdfast/model";
import type { Tool } from "../../document/kinds.ts";
import { didYouMean } from "../report.ts";
import type { Path } from "../yaml-document.ts";
import { demandLabels } from "./check-kinds.ts";
import { documentKeySpan, documentSpan } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { demandName } from "./vocabulary.ts";

/** Tool documents: known labels, a schema that compiles, and only arguments that it declares. */
export function checkTools(set: PolicySet): void {
  const compiler = schemaCompiler();
  for (const tool of set.bundle.tools) {
    const at = (...steps: Path): Span => documentSpan(tool, ["spec", ...steps], set);
    demandLabels(tool.labels, (index) => at("labels", index), set);
    for (const [path, { labels }] of Object.entries(tool.results)) {
      for (const [index, label] of labels.entries()) {
        demandName("source", label, at("results", path, "labels", index), set);
      }
      if (!resultPath.test(path)) {
        const span = documentKeySpan(tool, ["spec", "results", path], set);
        const suggestion = "a result path is names joined by dots, `[]` for the entries of a list";
        set.report.error("path_syntax", `\`${path}\` is not a path`, span, { suggestion });
      }
    }
    if (tool.classification !== undefined) {
      demandName("classification", tool.classification, at("classification"), set);
    }
    checkSchema(tool, compiler, set);
  }
}

const resultPath = /^(?:[A-Za-z_$][\w$-]*|\[\])(?:\.[A-Za-z_$][\w$-]*|\[\])*$/u;

function checkSchema(tool: Tool, compiler: Ajv2020, set: PolicySet): void {
  const { schema } = tool;
  if (schema === undefined) return;
  const problem = schemaProblem(schema, compiler);
  if (problem !== undefined) {
    const span = documentSpan(tool, ["spec", "schema", ...problem.path], set);
    const message = `the schema of \`${tool.name}\` cannot be used: ${problem.message}`;
    set.report.error("schema_invalid", message, span);
    return;
  }
  const declared = propertiesOf(schema);
  if (declared === undefined) return;
  for (const name of Object.keys(tool.arguments)) {
    const [first = ""] = name.split(".");
    if (declared.has(first)) continue;
    const span = documentKeySpan(tool, ["spec", "arguments", name], set);
    const suggestion = didYouMean(nearestName(first, declared));
    const message = `unknown argument \`${name}\` of \`${tool.name}\``;
    set.report.error("unknown_argument", message, span, { suggestion });
  }
}

/** Holds the compiled JSON Schema 2020-12 meta-schema, and nothing of what it has checked. */
const metaSchema = new Ajv2020({ strict: false, logger: false });

/** Compiles the schemas of one policy set, once they are known to be schemas. */
function schemaCompiler(): Ajv2020 {
  return new Ajv2020({
    strict: false,
    validateSchema: false,
    validateFormats: false,
    addUsedSchema: false,
    logger: false,
    code: { regExp: Object.assign(linearPattern, { code: "linearPattern" }) },
  });
}

/** What keeps a schema from being used, and where; undefined when nothing does. */
function schemaProblem(
  schema: JsonObject,
  compiler: Ajv2020,
): { path: Path; message: string } | undefined {
  if (schema["type"] !== undefined && schema["type"] !== "object") {
    return { path: ["type"], message: "arguments are an object, so `type` is `object`" };
  }
  try {
    // Tools name older dialects in `$schema`; all are read as 2020-12.
    const { $schema: _, ...own } = JSON.parse(JSON.stringify(schema)) as Record<string, unknown>;
    if (metaSchema.validateSchema(own) !== true) {
      const [first] = metaSchema.errors ?? [];
      const steps = (first?.instancePath ?? "").split("/").slice(1);
      const path = steps.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
      return { path, message: `this ${first?.message ?? "is not a JSON Schema 2020-12"}` };
    }
    compiler.compile(own);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { path: [], message: message.replaceAll(/\s+/gu, " ") };
  }
}

/** Patterns of schemas are linear-time too; one that RE2 does not have is refused here. */
function linearPattern(pattern: string): { test: (text: string) => boolean } {
  const compiled = RE2JS.compile(pattern);
  return { test: (text) => compiled.matcher(text).find() };
}

/** The arguments a schema declares; undefined when it admits others or composes them elsewhere. */
function propertiesOf(schema: JsonObject): ReadonlySet<string> | undefined {
  const open = ["$ref", "allOf", "anyOf", "oneOf", "if", "patternProperties", "dependentSchemas"];
  if (open.some((keyword) => schema[keyword] !== undefined)) return undefined;
  const extra: Json | undefined = schema["additionalProperties"] ?? schema["unevaluatedProperties"];
  if (extra !== undefined && extra !== false) return undefined;
  return new Set(Object.keys(schema["properties"] ?? {}));
}
