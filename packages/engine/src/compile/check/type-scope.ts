import type { Json } from "@holdfast/model";
import { checkExpression } from "../../cel/checker.ts";
import { functionDeclarations } from "../../cel/declaration.ts";
import type { TypeEnvironment } from "../../cel/environment.ts";
import { withVariables } from "../../cel/environment.ts";
import type { CelType, ObjectField } from "../../cel/type.ts";
import { boolType, dynType, stringType } from "../../cel/type.ts";
import { listOf } from "../../cel/type-builder.ts";
import type { Tool } from "../../document/kinds.ts";
import type { Match, Policy } from "../../document/policy.ts";
import { matchedTools } from "./matched-tools.ts";
import { isSound } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { prune } from "./prune.ts";
import { schemaType } from "./schema-type.ts";
import { commonTypes, outcomeTypes, recordType } from "./variable-types.ts";
import { literalNames } from "./vocabulary.ts";

/** What a condition sees when it judges an action of one tool. */
export interface TypeScope {
  /** absent: a tool that no document describes */
  readonly tool?: Tool;
  readonly args: CelType;
  readonly environment: TypeEnvironment;
  /** variables of the policy that are the same for every action of this tool */
  readonly constants: ReadonlyMap<string, boolean>;
}

/** The environment of every condition of the set, before tool and policy are known. */
export function baseEnvironment(set: PolicySet): TypeEnvironment {
  const lists = fieldsOf([...(set.vocabulary.get("list") ?? [])], listOf(stringType));
  const externals = fieldsOf([...(set.vocabulary.get("external") ?? [])], dynType);
  return {
    variables: new Map<string, CelType>([
      ...commonTypes,
      ...outcomeTypes,
      ["lists", { kind: "object", name: "lists", fields: lists }],
      ["external", { kind: "object", name: "external", fields: externals }],
    ]),
    functions: functionDeclarations,
    names: literalNames(set.vocabulary),
  };
}

function fieldsOf(names: readonly string[], type: CelType): Map<string, ObjectField> {
  return new Map(names.map((name) => [name, { type, optional: false }]));
}

/** One scope for each tool that `match` can cover, and one more for tools without a document. */
export function scopesOf(match: Match, base: TypeEnvironment, set: PolicySet): TypeScope[] {
  const { tools, undescribed } = matchedTools(match, set.bundle);
  const scopes = tools.map((tool) => scopeOf(tool, base));
  if (undescribed || scopes.length === 0) scopes.push(scopeOf(undefined, base));
  return scopes;
}

function scopeOf(tool: Tool | undefined, base: TypeEnvironment): TypeScope {
  const args = argumentsType(tool);
  const environment = withVariables(base, [
    ["args", args],
    ["original", args],
  ]);
  return { ...(tool === undefined ? {} : { tool }), args, environment, constants: new Map() };
}

/** The type of a tool's arguments; `dyn` without a schema. */
export function argumentsType(tool: Tool | undefined): CelType {
  if (tool?.schema === undefined) return dynType;
  const schema: Json = { type: "object", ...tool.schema };
  return schemaType(schema, `the arguments of \`${tool.name}\``);
}

/** The scopes with the policy's `params` and `variables` in them. */
export function withPolicy(
  policy: Policy,
  scopes: readonly TypeScope[],
  set: PolicySet,
): TypeScope[] {
  const others = scopes.map(({ args }) => args);
  return scopes.map((scope) => {
    const environment = withVariables(scope.environment, [
      ["params", recordType(policy.params, "params")],
    ]);
    const fields = new Map<string, ObjectField>();
    const constants = new Map<string, boolean>();
    for (const { name, expression } of policy.variables) {
      const ast = prune(expression.ast, { args: scope.args, others, constants });
      if (typeof ast === "boolean") constants.set(name, ast);
      const known = withVariables(environment, [
        ["variables", { kind: "object", name: "variables", fields: new Map(fields) }],
      ]);
      const typeOf = (): CelType => {
        if (typeof ast === "boolean") return boolType;
        return isSound(expression, set) ? checkExpression(ast, known).type : dynType;
      };
      fields.set(name, { type: typeOf(), optional: false });
    }
    const whole = withVariables(environment, [
      ["variables", { kind: "object", name: "variables", fields }],
    ]);
    return { ...scope, environment: whole, constants };
  });
}
