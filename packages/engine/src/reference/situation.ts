import type { Agent, FactName, Json, JsonObject, Request } from "@holdfast/model";
import type { Tool } from "../document/kinds.ts";
import { actionLabels } from "./action-label.ts";
import { CelError } from "./cel-error.ts";
import { evaluate } from "./evaluate.ts";
import { factsAt } from "./fact.ts";
import type { KnownFact } from "./fact.ts";
import type { PolicyIndex } from "./policy-index.ts";
import type { RecordedInput } from "./recorded-input.ts";
import type { ReferenceState } from "./reference-state.ts";
import { resourceView, resourceValue } from "./resource.ts";
import type { ResourceView } from "./resource.ts";
import { requestValues } from "./request-value.ts";
import { isList } from "./value-type.ts";
import type { Value } from "./value.ts";

/**
 * One action as rules see it, with the arguments as they are at that stage. Everything in it is
 * a function of bundle, recorded input and state.
 */
export interface Situation {
  readonly index: PolicyIndex;
  readonly input: RecordedInput;
  readonly state: ReferenceState;
  readonly request: Request;
  /** `server.name` */
  readonly toolName: string;
  /** the Tool document; `undefined` when nobody labelled the tool */
  readonly tool: Tool | undefined;
  /** the action's labels, sorted: what narrows asks for these */
  readonly labels: readonly string[];
  /** those of them that no opaque and no missing fact has added: what grants asks for these */
  readonly sureLabels: readonly string[];
  /** labels of the tool alone, sorted */
  readonly toolLabels: readonly string[];
  /** by name: each fact of this stage */
  readonly facts: ReadonlyMap<FactName, KnownFact>;
  readonly args: JsonObject;
  /** false while only the tool is known, so that whatever depends on arguments is an error */
  readonly argumentsKnown: boolean;
  /** sorted and without repetition; an error when a Tool document's expression for one fails */
  readonly resources: readonly ResourceView[] | CelError;
  /** the variables that do not depend on the policy or on which agent is judged */
  readonly values: ReadonlyMap<string, Value | CelError>;
}

/** What differs between the stages of a decision. */
export interface Stage {
  readonly args: JsonObject;
  readonly original: JsonObject;
  readonly result: Json | undefined;
  /** whether rules in mode observe took part in rewriting */
  readonly observed?: boolean;
}

/** The label of every tool that no Tool document describes. */
export const unlabelled = "unlabelled";

/** The situation of a request at one stage. */
export function situate(
  index: PolicyIndex,
  input: RecordedInput,
  state: ReferenceState,
  stage: Stage,
): Situation {
  const { request } = input;
  const toolName = `${request.tool.server}.${request.tool.name}`;
  const tool = index.tools.get(toolName);
  const toolLabels = [...new Set(tool?.labels ?? [unlabelled])].sort();
  const { args, result, observed = false } = stage;
  const facts = factsAt(input, tool, { args, result, observed });
  const { labels, sureLabels, shownLabels } = actionLabels(toolLabels, tool, facts);
  const source = { ...stage, toolLabels, shownLabels, facts, tool, lists: index.lists };
  const values = requestValues(input, source);
  const resources = resourcesOf(index, request, tool, values);
  return {
    index,
    input,
    state,
    request,
    toolName,
    tool,
    labels,
    sureLabels,
    toolLabels,
    facts,
    args,
    argumentsKnown: true,
    resources,
    values: new Map([...values, ...resourceValues(resources)]),
  };
}

/**
 * Whether a Tool document registers the tool (POLICY.md section 5). The runtime may only say that
 * it is not: an enforcement point that says nothing of its registry must not widen wildcards.
 */
export function isRegistered({ input, tool }: Situation): boolean {
  return tool !== undefined && input.registry !== "unregistered";
}

/** The agents an allow must hold for: the acting one, then the chain from the outside in. */
export function chainOf(request: Request): readonly Agent[] {
  return [request.agent, ...request.delegation.map((hop) => hop.agent)];
}

/** The key of session state: a delegated or spawned run shares its root's. */
export function sessionRootOf(request: Request): string | undefined {
  return request.session === undefined ? undefined : (request.session.root ?? request.session.id);
}

/** What the enforcement point attests and what the Tool document derives from the arguments. */
function resourcesOf(
  index: PolicyIndex,
  request: Request,
  tool: Tool | undefined,
  values: ReadonlyMap<string, Value | CelError>,
): readonly ResourceView[] | CelError {
  const found = request.resources.map((resource) =>
    resourceView(index.bundle, resource.type, resource.id, resource.attributes),
  );
  for (const { type, id } of tool?.resources ?? []) {
    const value = evaluate(id.ast, {
      variable: (name) => values.get(name),
      zones: index.bundle.zones,
    });
    if (value instanceof CelError) return value;
    const ids = value !== null && isList(value) ? value : [value];
    for (const one of ids) {
      if (typeof one !== "string" && typeof one !== "bigint") {
        return new CelError("invalid_argument", `the id of a \`${type}\` resource is not a text`);
      }
      found.push(resourceView(index.bundle, type, String(one), {}));
    }
  }
  const byKey = new Map(found.map((view) => [JSON.stringify([view.type, view.id]), view]));
  return [...byKey.keys()].sort().flatMap((key) => byKey.get(key) ?? []);
}

function resourceValues(
  resources: readonly ResourceView[] | CelError,
): readonly (readonly [string, Value | CelError])[] {
  if (resources instanceof CelError) {
    return [
      ["resources", resources],
      ["resource", resources],
    ];
  }
  const [first] = resources;
  const one =
    first !== undefined && resources.length === 1
      ? resourceValue(first)
      : new CelError("absent", `the action touches ${resources.length} resources, not one`);
  return [
    ["resources", resources.map((view) => resourceValue(view))],
    ["resource", one],
  ];
}
