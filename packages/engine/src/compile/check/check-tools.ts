import { nearestName } from "@holdfast/model";
import type { Json, JsonObject, Span } from "@holdfast/model";
import type { Tool } from "../../document/kinds.ts";
import { didYouMean } from "../report.ts";
import type { Path } from "../yaml-document.ts";
import { demandLabels } from "./check-kinds.ts";
import { SchemaCheck } from "./tool-schema.ts";
import { documentKeySpan, documentSpan } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { demandName } from "./vocabulary.ts";

/** Tool documents: known labels, a schema that compiles, and only arguments that it declares. */
export function checkTools(set: PolicySet): void {
  const schemas = new SchemaCheck();
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
    for (const [path, name] of Object.entries(tool.log.classes)) {
      demandName("classification", name, at("log", "classes", path), set);
    }
    checkSchema(tool, schemas, set);
  }
}

const resultPath = /^(?:[A-Za-z_$][\w$-]*|\[\])(?:\.[A-Za-z_$][\w$-]*|\[\])*$/u;

function checkSchema(tool: Tool, schemas: SchemaCheck, set: PolicySet): void {
  const { schema } = tool;
  if (schema === undefined) return;
  const problem = schemas.problemOf(schema);
  if (problem !== undefined) {
    const span = documentSpan(tool, ["spec", "schema", ...problem.path], set);
    const message = `the schema of \`${tool.name}\` cannot be used: ${problem.message}`;
    set.report.error("schema_invalid", message, span);
    return;
  }
  const declared = propertiesOf(schema);
  if (declared === undefined) return;
  for (const name of Object.keys(tool.arguments)) {
    // `items[].path`: what is declared is `items`.
    const [first = ""] = name.split(/[.[]/u);
    if (declared.has(first)) continue;
    const span = documentKeySpan(tool, ["spec", "arguments", name], set);
    const suggestion = didYouMean(nearestName(first, declared));
    const message = `unknown argument \`${name}\` of \`${tool.name}\``;
    set.report.error("unknown_argument", message, span, { suggestion });
  }
}

/** The arguments a schema declares; undefined when it admits others or composes them elsewhere. */
function propertiesOf(schema: JsonObject): ReadonlySet<string> | undefined {
  const open = ["$ref", "allOf", "anyOf", "oneOf", "if", "patternProperties", "dependentSchemas"];
  if (open.some((keyword) => schema[keyword] !== undefined)) return undefined;
  const extra: Json | undefined = schema["additionalProperties"] ?? schema["unevaluatedProperties"];
  if (extra !== undefined && extra !== false) return undefined;
  return new Set(Object.keys(schema["properties"] ?? {}));
}
