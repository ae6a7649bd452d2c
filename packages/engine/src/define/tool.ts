import type { JsonObject } from "@holdfast/model";
import type { ArgumentUse } from "../document/kinds.ts";
import type { ConditionFunctions } from "./condition-function.ts";
import { conditionText } from "./condition-text.ts";
import { definition, specOf } from "./definition.ts";
import type { Described } from "./definition.ts";
import type { PathIn } from "./key-part.ts";
import { inScope, withSchema } from "./scope.ts";
import type { ArgsOf, ToolDefinition } from "./scope.ts";
import type { CelString, OperandOf } from "./term.ts";

/** What a Tool says; every key is that of the YAML. */
export interface ToolOptions<Name extends string, Schema> extends Described<Name> {
  /** `server.name`, the server as the operator named it */
  readonly name: Name;
  /** what the tool does, as a person judged it */
  readonly labels: readonly string[];
  readonly classification?: string;
  /** JSON Schema 2020-12 of the arguments: conditions are typed with it, here and when compiled */
  readonly schema?: Schema;
  /** what a call touches */
  readonly resources?: (
    scope: ConditionFunctions & { readonly args: ArgsOf<readonly [ToolDefinition<Name, Schema>]> },
  ) => readonly { readonly type: string; readonly id: OperandOf<CelString> }[];
  /** what an argument is, so that facts are computed from it */
  readonly arguments?: {
    readonly [Argument in PathIn<ArgsOf<readonly [ToolDefinition<Name, Schema>]>>]?: ArgumentUse;
  };
  /** labels of the fields of a result, by path: `text`, `items[].iban` */
  readonly results?: Readonly<
    Record<string, { readonly as?: "content"; readonly labels?: readonly string[] }>
  >;
  /** words a person uses for what it does */
  readonly acts?: readonly string[];
  readonly root?: `/${string}`;
  /** digest of the full definition */
  readonly pin?: `sha256:${string}`;
  /** required: the record is durable before the call runs */
  readonly audit?: "required" | "batched";
  /** paths below `args` and `result` whose values no record keeps: `args.pin`, `result.items[].iban` */
  readonly log?: {
    readonly redact?: readonly string[];
    /** how sensitive values are, by their paths; Settings say which classes no record keeps */
    readonly classes?: Readonly<Record<string, string>>;
  };
}

/**
 * A Tool. The literal type of its schema is kept, and types every condition over its arguments.
 *
 * @throws HoldfastError `definition_invalid`
 */
export function defineTool<const Name extends string, const Schema extends JsonObject>(
  options: ToolOptions<Name, Schema>,
): ToolDefinition<Name, Schema> {
  const { resources, ...rest } = options;
  const base = specOf(rest);
  const bare = definition("Tool", options, { spec: base, below: defineTool });
  if (resources === undefined) return withSchema(bare);
  const touched = inScope(resources, { tools: [bare] }, (all) =>
    all.map(({ type, id }) => ({ type, id: conditionText(id) })),
  );
  const spec = { ...base, resources: touched };
  return withSchema(definition("Tool", options, { spec, below: defineTool }));
}
