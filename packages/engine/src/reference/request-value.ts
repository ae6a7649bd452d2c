import type { Agent, FactName, Json, JsonObject, User } from "@holdfast/model";
import type { Tool } from "../document/kinds.ts";
import { CelError } from "./cel-error.ts";
import type { KnownFact } from "./fact.ts";
import { fromJson } from "./json-value.ts";
import { unclassified } from "./resource.ts";
import type { RecordedInput } from "./recorded-input.ts";
import { parseTimestamp } from "./time-text.ts";
import { Timestamp } from "./time-value.ts";
import { CelMap } from "./value.ts";
import type { Value } from "./value.ts";

/** What the variables need besides the recorded input. */
export interface ValueSource {
  readonly args: JsonObject;
  readonly original: JsonObject;
  readonly result: Json | undefined;
  readonly toolLabels: readonly string[];
  /** the labels of the action, or why they are not known */
  readonly shownLabels: readonly string[] | CelError;
  readonly facts: ReadonlyMap<FactName, KnownFact>;
  readonly tool: Tool | undefined;
  readonly lists: Value;
}

/**
 * The variables of POLICY.md section 1 that the request alone decides. What the request does not
 * carry is an error to read, never a silent default.
 */
export function requestValues(
  input: RecordedInput,
  source: ValueSource,
): ReadonlyMap<string, Value | CelError> {
  const { request } = input;
  const { args, original, result, toolLabels, shownLabels, tool, lists } = source;
  const values = new Map<string, Value | CelError>([
    ["tenant", request.tenant],
    ["agent", agentValue(request.agent)],
    ["user", request.user === null ? null : userValue(request.user)],
    ["delegation", request.delegation.map((hop) => delegationValue(hop.agent, hop.scopes))],
    ["session", sessionValue(request.session)],
    ["tool", toolValue(request.tool, toolLabels, tool)],
    ["action", actionValue(request.action, shownLabels)],
    ["args", fromJson(args, tool?.schema)],
    ["original", fromJson(original, tool?.schema)],
    ["result", result === undefined ? absent("result") : fromJson(result)],
    ["outcome", request.outcome === undefined ? absent("outcome") : outcomeValue(request.outcome)],
    ["environment", request.environment ?? absent("environment")],
    ["context", fromJson(request.context)],
    ["claims", fromJson(request.claims)],
    ["now", Timestamp.ofMilliseconds(input.nowMs)],
    ["lists", lists],
    ["external", fromJson(input.external)],
  ]);
  for (const [name, fact] of source.facts) {
    values.set(name, fact instanceof CelError ? fact : fact.value);
  }
  return values;
}

/** The CEL value of an agent; fields its credential does not carry are not there. */
export function agentValue(agent: Agent): Value {
  return recordOf({
    id: agent.id,
    roles: agent.roles,
    version: agent.version,
    owner: agent.owner,
    created: momentValue(agent.created),
    attributes: fromJson(agent.attributes),
  });
}

function userValue(user: User): Value {
  return recordOf({ id: user.id, roles: user.roles, attributes: fromJson(user.attributes) });
}

function delegationValue(agent: Agent, scopes: readonly string[]): Value {
  return recordOf({ agent: agentValue(agent), scopes });
}

function sessionValue(session: RecordedInput["request"]["session"]): Value | CelError {
  if (session === undefined) return absent("session");
  return recordOf({
    id: session.id,
    root: session.root ?? session.id,
    task: session.task,
    started: momentValue(session.started),
  });
}

function toolValue(
  name: RecordedInput["request"]["tool"],
  labels: readonly string[],
  tool: Tool | undefined,
): Value {
  return recordOf({
    server: name.server,
    name: name.name,
    labels,
    classification: tool?.classification ?? unclassified,
  });
}

/** Of labels that are not known every look is an error; the rest is there all the same. */
export function actionValue(
  action: RecordedInput["request"]["action"],
  labels: readonly string[] | CelError,
): Value {
  if (!(labels instanceof CelError)) return recordOf({ ...action, labels });
  return CelMap.ofStrings(Object.entries(action), labels);
}

function outcomeValue(outcome: NonNullable<RecordedInput["request"]["outcome"]>): Value {
  // WHY: durations and costs are declared as doubles; a whole number must not turn into an int.
  return recordOf({ ...outcome });
}

function momentValue(text: string | undefined): Value | undefined {
  if (text === undefined) return undefined;
  const moment = parseTimestamp(text);
  return moment instanceof CelError ? undefined : moment;
}

function recordOf(fields: Readonly<Record<string, Value | undefined>>): CelMap {
  return CelMap.ofStrings(
    Object.entries(fields).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    ),
  );
}

function absent(name: string): CelError {
  return new CelError("absent", `the request has no \`${name}\``);
}
