import { factNames } from "@holdfast/model";
import type { Agent, Request, User } from "@holdfast/model";
import { Failure } from "../value/failure.ts";
import { recordOf } from "../value/map.ts";
import type { Entries } from "../value/map.ts";
import { typedBySchema } from "../value/schema-number.ts";
import { readTimestamp } from "../value/time.ts";
import { Timestamp, doubleOf } from "../value/value.ts";
import type { Result, Value } from "../value/value.ts";
import { resourceRecord, resourcesOf } from "./resource-facts.ts";
import type { Situation } from "./subject.ts";

type Make = (situation: Situation) => Result;

/** The variables that the request decides; what it does not carry is an error to read. */
const variables: ReadonlyMap<string, Make> = new Map<string, Make>([
  ["tenant", ({ request }) => request.tenant],
  ["agent", ({ request }) => agentRecord(request.agent)],
  ["user", ({ request }) => (request.user === null ? null : userRecord(request.user))],
  ["delegation", ({ request }) => request.delegation.map(hopRecord)],
  ["session", ({ request }) => sessionRecord(request.session)],
  ["tool", toolRecord],
  ["action", actionRecord],
  ["args", (situation) => typedArguments(situation, situation.args)],
  ["original", (situation) => typedArguments(situation, situation.request.args)],
  ["result", ({ result }) => result ?? (result === null ? null : absent("result"))],
  ["outcome", ({ request }) => outcomeRecord(request.outcome)],
  ["environment", ({ request }) => request.environment ?? absent("environment")],
  ["context", ({ request }) => request.context],
  ["claims", ({ request }) => request.claims],
  ["now", ({ recorded }) => new Timestamp(BigInt(Math.trunc(recorded.nowMs)) * 1_000_000n)],
  ["lists", ({ program }) => program.lists],
  ["external", ({ recorded }) => recorded.external],
  ["resources", (situation) => listOfResources(situation)],
  ["resource", (situation) => onlyResource(situation)],
  ...factNames.map((name): [string, Make] => [
    name,
    (situation) => {
      const fact = situation.fact(name);
      return fact instanceof Failure ? fact : fact.value;
    },
  ]),
]);

/** Whether expressions may use a variable of this name. */
export function isVariable(name: string): boolean {
  return variables.has(name);
}

/** The value of a variable; `undefined`: there is none of that name. */
export function variableValue(name: string, situation: Situation): Result | undefined {
  return variables.get(name)?.(situation);
}

/** An agent as conditions see it. */
export function agentRecord(agent: Agent): Entries {
  return recordOf([
    ["id", agent.id],
    ["roles", agent.roles],
    ["version", agent.version],
    ["owner", agent.owner],
    ["created", moment(agent.created)],
    ["attributes", agent.attributes],
  ]);
}

function userRecord(user: User): Value {
  return recordOf([
    ["id", user.id],
    ["roles", user.roles],
    ["attributes", user.attributes],
  ]);
}

function hopRecord(hop: Request["delegation"][number]): Value {
  return recordOf([
    ["agent", agentRecord(hop.agent)],
    ["scopes", hop.scopes],
  ]);
}

function sessionRecord(session: Request["session"]): Result {
  if (session === undefined) return absent("session");
  return recordOf([
    ["id", session.id],
    ["root", session.root ?? session.id],
    ["task", session.task],
    ["started", moment(session.started)],
  ]);
}

function toolRecord({ request, plan }: Situation): Value {
  return recordOf([
    ["server", request.tool.server],
    ["name", request.tool.name],
    ["labels", plan.labels],
    ["classification", plan.classification],
  ]);
}

function actionRecord({ request, shownLabels }: Situation): Value {
  const { kind, operation, phase } = request.action;
  const known = shownLabels instanceof Failure ? undefined : shownLabels;
  return recordOf(
    [
      ["kind", kind],
      ["operation", operation],
      ["phase", phase],
      ["labels", known],
    ],
    shownLabels instanceof Failure ? shownLabels : undefined,
  );
}

/** Durations and costs are doubles, however they are written. */
function outcomeRecord(outcome: Request["outcome"]): Result {
  if (outcome === undefined) return absent("outcome");
  const { status, durationMs, cost } = outcome;
  return recordOf([
    ["status", status],
    ["durationMs", doubleOf(durationMs)],
    ["cost", cost === undefined ? undefined : doubleOf(cost)],
  ]);
}

function typedArguments({ plan }: Situation, args: Request["args"]): Value {
  return plan.numbers === undefined ? args : typedBySchema(args, plan.numbers);
}

function listOfResources(situation: Situation): Result {
  const found = situation.resources(resourcesOf);
  return found instanceof Failure ? found : found.map(resourceRecord);
}

function onlyResource(situation: Situation): Result {
  const found = situation.resources(resourcesOf);
  if (found instanceof Failure) return found;
  const [first] = found;
  if (first !== undefined && found.length === 1) return resourceRecord(first);
  return new Failure("absent", `the action touches ${found.length} resources, not one`);
}

function moment(text: string | undefined): Value | undefined {
  const read = text === undefined ? undefined : readTimestamp(text);
  return read instanceof Failure ? undefined : read;
}

function absent(name: string): Failure {
  return new Failure("absent", `the request has no \`${name}\``);
}
