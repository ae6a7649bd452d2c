import type { Json, JsonObject } from "@holdfast/model";
import { parseExpression } from "../cel/parse.ts";
import type { TypeEnvironment } from "../cel/environment.ts";
import { argumentsType, scopesOf, withPolicy } from "../compile/check/type-scope.ts";
import type { TypeScope } from "../compile/check/type-scope.ts";
import { withVariables } from "../cel/environment.ts";
import type { Match, Policy } from "../document/policy.ts";
import type { LooseDocument, PolicySurvey } from "./survey.ts";

/** What conditions of a document see, once for each tool they can meet; at least one. */
export function conditionScopes(
  { kind, name, yaml }: LooseDocument,
  { set, environment }: PolicySurvey,
): readonly TypeScope[] {
  const spec = member(yaml.value, "spec");
  if (kind === "Tool") {
    const args = argumentsType(set.bundle.tools.find((tool) => tool.name === name));
    const known = withVariables(environment, [
      ["args", args],
      ["original", args],
    ]);
    return [{ args, environment: known, constants: new Map() }];
  }
  const scopes = scopesOf(looseMatch(member(spec, "match")), environment, set);
  if (kind !== "Policy") return scopes;
  return withPolicy(loosePolicy(name, spec, yaml.span([])), scopes, set);
}

/** The scope that says most of an action: that of the first tool with a document. */
export function firstScope(document: LooseDocument, survey: PolicySurvey): TypeEnvironment {
  const scopes = conditionScopes(document, survey);
  const chosen = scopes.find(({ tool }) => tool !== undefined) ?? scopes[0];
  return chosen?.environment ?? survey.environment;
}

/** A member of a map of YAML; nothing for anything else. */
export function member(value: Json | undefined, key: string): Json | undefined {
  if (!isObject(value)) return undefined;
  return Object.entries(value).find(([name]) => name === key)?.[1];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function looseMatch(value: Json | undefined): Match {
  const texts = (key: string): readonly string[] | undefined => {
    const list = member(value, key);
    const found = Array.isArray(list) ? list.filter((each) => typeof each === "string") : [];
    return found.length === 0 ? undefined : found;
  };
  const [tools, labels] = [texts("tools"), texts("labels")];
  return {
    ...(tools === undefined ? {} : { tools }),
    ...(labels === undefined ? {} : { labels }),
    phase: member(value, "phase") === "result" ? "result" : "call",
  };
}

/** What of a Policy gives its conditions names: a variable that does not parse is left out. */
function loosePolicy(name: string, spec: Json | undefined, source: Policy["source"]): Policy {
  const params = member(spec, "params");
  const written = member(spec, "variables");
  const variables = Object.entries(isObject(written) ? written : {}).flatMap(([key, value]) => {
    const text = typeof value === "object" ? "" : String(value).trim();
    const parsed = parseExpression(text);
    if (!parsed.ok) return [];
    return [{ name: key, expression: { text, ast: parsed.ast, source, offsets: [] } }];
  });
  return {
    kind: "Policy",
    name,
    labels: {},
    mode: "enforce",
    match: looseMatch(member(spec, "match")),
    params: isObject(params) ? params : {},
    variables,
    rules: [],
    source,
  };
}
