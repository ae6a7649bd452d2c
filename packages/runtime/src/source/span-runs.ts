import type { Json, JsonObject } from "@holdfast/model";
import { otelMapping as names } from "../export/otel-mapping.ts";
import { plainResult } from "./plain-result.ts";
import { attributeJson } from "./span-attribute.ts";
import { messagesOf } from "./span-message.ts";
import type { MessageCall, Messages } from "./span-message.ts";
import { joinedPrompts, LeftOutCount } from "./sourced-run.ts";
import type {
  ActingAgent,
  LeftOutReason,
  SourcedCall,
  SourcedRun,
  SourcedRuns,
} from "./sourced-run.ts";
import type { TracedSpan } from "./read-span.ts";

/** What stands for whom and where a span does not say. */
export interface SpanDefaults {
  readonly agent: string;
  readonly server: string;
}

/**
 * The runs in spans of OpenTelemetry's GenAI conventions: one for each conversation, else for each
 * trace. Calls are its `execute_tool` spans that did not fail; where there is none, the calls that
 * messages tell of and answer. Spans of our own export say besides which server, session root and
 * end a call had, and are read back by the names they were written with.
 */
export function runsOfSpans(spans: readonly TracedSpan[], defaults: SpanDefaults): SourcedRuns {
  const leftOut = new LeftOutCount();
  const runs: SourcedRun[] = [];
  for (const [id, own] of conversations(distinct(spans))) {
    const messages = messagesOf(own);
    const agent = agentOf(own, defaults.agent);
    const tools = own.filter((span) => isToolSpan(span));
    const calls =
      tools.length > 0
        ? tools.flatMap((span) => spanCall(span, { agent, messages, leftOut, defaults }))
        : [...messages.calls.values()].flatMap((call) =>
            messageCall(call, { agent, leftOut, defaults }),
          );
    const prompt = joinedPrompts(messages.prompts);
    if (calls.length === 0) continue;
    runs.push({ id, ...(prompt === undefined ? {} : { prompt }), calls });
  }
  return { runs, leftOut: leftOut.counts };
}

/** Spans in the order of time, each once: exports arrive at least once. */
function distinct(spans: readonly TracedSpan[]): readonly TracedSpan[] {
  const byId = new Map(spans.map((span) => [`${span.traceId} ${span.spanId}`, span]));
  return [...byId.values()].sort(
    (a, b) => (a.timeMs ?? 0) - (b.timeMs ?? 0) || sequenceOf(a) - sequenceOf(b),
  );
}

/** Our own exports number their records; others only have the time, and the order of the file. */
function sequenceOf({ attributes }: TracedSpan): number {
  const sequence = attributes[names.sequence];
  return typeof sequence === "number" ? sequence : 0;
}

/** Spans by what they belong to: what they name, else what a span above them or of their trace names. */
function conversations(spans: readonly TracedSpan[]): ReadonlyMap<string, readonly TracedSpan[]> {
  const byId = new Map(spans.map((span) => [`${span.traceId} ${span.spanId}`, span]));
  const ofTrace = new Map<string, string>();
  for (const span of spans) {
    const named = ownConversation(span.attributes);
    if (named !== undefined && !ofTrace.has(span.traceId)) ofTrace.set(span.traceId, named);
  }
  const groups = new Map<string, TracedSpan[]>();
  for (const span of spans) {
    const id = inherited(span, byId) ?? ofTrace.get(span.traceId) ?? span.traceId;
    const group = groups.get(id) ?? [];
    groups.set(id, group);
    group.push(span);
  }
  return groups;
}

/** How far up a conversation is looked for: a circle of parents ends as well. */
const ancestorsMax = 64;

function inherited(span: TracedSpan, byId: ReadonlyMap<string, TracedSpan>): string | undefined {
  let at: TracedSpan | undefined = span;
  for (let steps = 0; at !== undefined && steps < ancestorsMax; steps += 1) {
    const named = ownConversation(at.attributes);
    if (named !== undefined) return named;
    at = at.parentId === undefined ? undefined : byId.get(`${at.traceId} ${at.parentId}`);
  }
  return undefined;
}

function ownConversation(attributes: JsonObject): string | undefined {
  return textOf(attributes[names.sessionRoot]) ?? textOf(attributes[names.session]);
}

function isToolSpan({ attributes }: TracedSpan): boolean {
  if (textOf(attributes[names.tool]) === undefined) return false;
  const operation = attributes[names.operation];
  if (operation !== undefined) return operation === "execute_tool";
  return attributes[names.method] === "tools/call";
}

/** Who acts in a conversation: the first agent, version and model that a span names. */
function agentOf(spans: readonly TracedSpan[], fallback: string): ActingAgent {
  const first = (...keys: readonly string[]): string | undefined => {
    for (const { attributes } of spans) {
      for (const key of keys) {
        const text = textOf(attributes[key]);
        if (text !== undefined) return text;
      }
    }
    return undefined;
  };
  const version = first(names.agentVersion);
  const model = first(names.responseModel, names.requestModel);
  return {
    id: first(names.agent, names.agentName) ?? fallback,
    ...(version === undefined ? {} : { version }),
    ...(model === undefined ? {} : { model }),
  };
}

interface Conversation {
  readonly agent: ActingAgent;
  readonly messages: Messages;
  readonly leftOut: LeftOutCount;
  readonly defaults: SpanDefaults;
}

function spanCall(span: TracedSpan, conversation: Conversation): readonly SourcedCall[] {
  const { agent, messages, leftOut, defaults } = conversation;
  const { attributes } = span;
  const told = messages.calls.get(textOf(attributes[names.call]) ?? "");
  const args = objectOf(attributeJson(attributes[names.args]) ?? told?.args);
  const reason = leftOutReason(span);
  if (reason !== undefined || args === undefined) {
    leftOut.add(reason ?? "unreadable_arguments");
    return [];
  }
  if (attributes[names.resultRedacted] !== undefined) leftOut.add("result_not_kept");
  const result = isShown(attributes)
    ? attributeJson(attributes[names.result] ?? told?.response)
    : undefined;
  const version = textOf(attributes[names.agentVersion]);
  const environment = environmentOf(span);
  const delegation = textsOf(attributes[names.delegation]);
  return [
    {
      server: textOf(attributes[names.server]) ?? defaults.server,
      tool: textOf(attributes[names.tool]) ?? "",
      args,
      ...(result === undefined ? {} : { result: plainResult(result) }),
      ...(span.timeMs === undefined ? {} : { timeMs: span.timeMs }),
      agent: {
        ...agent,
        id: textOf(attributes[names.agent]) ?? agent.id,
        ...(version === undefined ? {} : { version }),
      },
      ...(delegation.length === 0 ? {} : { delegation }),
      ...(environment === undefined ? {} : { environment }),
      place: `span ${span.spanId}`,
    },
  ];
}

/** Where a span's work was deployed: what it tells itself, else what its resource does. */
function environmentOf({ attributes, resource }: TracedSpan): string | undefined {
  for (const told of [attributes, resource]) {
    const found = textOf(told[names.environment]) ?? textOf(told[names.environmentBefore]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Why a call is not learned from, as far as its span tells. */
function leftOutReason({ attributes, failed }: TracedSpan): LeftOutReason | undefined {
  const outcome = attributes[names.outcome];
  if (outcome === "refused") return "refused";
  const isOurs = attributes[names.sequence] !== undefined;
  if (isOurs && ownConversation(attributes) === undefined) return "sessionless";
  if (attributes[names.redacted] !== undefined) return "redacted";
  if (outcome === "ambiguous") return "unfinished";
  return failed || outcome === "failure" || attributes[names.errorType] !== undefined
    ? "failed"
    : undefined;
}

/** Whether the agent saw the result: what our own spans say, others know of nothing else. */
function isShown(attributes: JsonObject): boolean {
  if (attributes[names.resultRedacted] !== undefined) return false;
  const effect = attributes[names.resultEffect] ?? "allow";
  return effect === "allow" || effect === "modify";
}

/** A call that only messages tell of: it counts when it was answered. */
function messageCall(
  { tool, args: told, response, span }: MessageCall,
  { agent, leftOut, defaults }: Omit<Conversation, "messages">,
): readonly SourcedCall[] {
  const args = objectOf(told);
  if (response === undefined) leftOut.add("unfinished");
  else if (args === undefined) leftOut.add("unreadable_arguments");
  else {
    const call = { server: defaults.server, tool, args, agent, place: `span ${span.spanId}` };
    const environment = environmentOf(span);
    const where = environment === undefined ? {} : { environment };
    const time = span.timeMs === undefined ? {} : { timeMs: span.timeMs };
    return [{ ...call, ...time, ...where, result: plainResult(attributeJson(response) ?? null) }];
  }
  return [];
}

function objectOf(json: Json | undefined): JsonObject | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  return json as JsonObject;
}

function textsOf(json: Json | undefined): readonly string[] {
  const items = Array.isArray(json) ? (json as readonly Json[]) : [];
  return items.filter((each) => typeof each === "string");
}

function textOf(json: Json | undefined): string | undefined {
  return typeof json === "string" && json !== "" ? json : undefined;
}
