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
    checkSchema(tool, set);
  }
}

const resultPath = /^(?:[A-Za-z_$][\w$-]*|\[\])(?:\.[A-Za-z_$][\w$-]*|\[\])*$/u;

function checkSchema(tool: Tool, set: PolicySet): void {
  const { schema } = tool;
  if (schema === undefined) return;
  const problem = schemaProblem(schema);
  if (problem !== undefined) {
    const span = documentKeySpan(tool, ["spec", "schema"], set);
    const message = `the schema of \`${tool.name}\` is not a JSON Schema 2020-12: ${problem}`;
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

/** What keeps a schema from being used, in the words of the validator; undefined when nothing does. */
function schemaProblem(schema: JsonObject): string | undefined {
  if (schema["type"] !== undefined && schema["type"] !== "object") {
    return "arguments are an object, so `type` is `object`";
  }
  try {
    const { $schema, ...own } = JSON.parse(JSON.stringify(schema)) as Record<string, unknown>;
    new Ajv2020({
      strict: false,
      validateFormats: false,
      logger: false,
      code: { regExp: Object.assign(linearPattern, { code: "linearPattern" }) },
    }).compile(own);
    return $schema === undefined || typeof $schema === "string" ? undefined : "`$schema` is text";
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return message.replaceAll(/\s+/gu, " ");
  }
}

/** Patterns of schemas are linear-time too; one that RE2 does not have is refused here. */
function linearPattern(pattern: string): { test: (text: string) => boolean } {
  const compiled = RE2JS.compile(pattern);
  return { test: (text) => compiled.matcher(text).find() };
}

/** The arguments a schema declares; undefined when it admits others or composes them elsewhere. */
export function propertiesOf(schema: JsonObject): ReadonlySet<string> | undefined {
  const open = ["$ref", "allOf", "anyOf", "oneOf", "if", "patternProperties", "dependentSchemas"];
  if (open.some((keyword) => schema[keyword] !== undefined)) return undefined;
  const extra: Json | undefined = schema["additionalProperties"] ?? schema["unevaluatedProperties"];
  if (extra !== undefined && extra !== false) return undefined;
  return new Set(Object.keys(schema["properties"] ?? {}));
}
