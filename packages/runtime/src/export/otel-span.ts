import { digestOf, readTraceparent } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import type { DecidedEntry, RecordedEntry } from "../recorded-entry.ts";
import { otelMapping as names } from "./otel-mapping.ts";

/** A decision or an outcome as a span is made of it: without its payload when that is erased. */
type SpanEntry<Kind extends DecidedEntry["kind"]> = Pick<
  Extract<DecidedEntry, { readonly kind: Kind }>,
  "sequence" | "record"
> &
  Partial<Pick<Extract<DecidedEntry, { readonly kind: Kind }>, "payload">>;
export type SpanDecision = SpanEntry<"decision">;
type SpanOutcome = SpanEntry<"outcome">;

/** How an action ended, as far as the log knows. */
export type SpanEnd =
  | { readonly kind: "refused" }
  | { readonly kind: "ambiguous"; readonly timeMs: number }
  | { readonly kind: "ended"; readonly entry: SpanOutcome };

type AttributeValue = string | number | boolean | readonly string[] | undefined;

/** OTLP/JSON (opentelemetry-proto 1.x): identifiers are hex, 64-bit numbers are texts. */
const spanKindInternal = 1;
const statusError = 2;

/**
 * The span of one action: its decision, and what became of it. A function of the log alone, its
 * identifiers too, so that a span that is sent twice is one span: a trace is that of the caller's
 * `traceparent`, else a session.
 */
export function spanOf(
  log: string,
  entry: SpanDecision,
  end: SpanEnd,
  { payloads }: { readonly payloads: boolean },
): Json {
  const { record, sequence, payload } = entry;
  // Records of earlier releases name no trace: only their payloads do.
  const parent = readTraceparent(record.trace?.in ?? payload?.input.request.trace?.traceparent);
  const own = readTraceparent(record.trace?.out);
  const trace = record.session?.root ?? `action ${sequence}`;
  const tool = `${record.tool.server}.${record.tool.name}`;
  const ended = end.kind === "ended" ? end.entry.record : undefined;
  const endMs =
    ended === undefined
      ? end.kind === "ambiguous"
        ? end.timeMs
        : record.time
      : Math.max(ended.time, record.time + ended.durationMs);
  const failed = ended?.status === "failure";
  return {
    traceId: own?.traceId ?? parent?.traceId ?? hexOf({ log, trace }, 32),
    spanId: own?.spanId ?? hexOf({ log, sequence }, 16),
    ...(parent === undefined ? {} : { parentSpanId: parent.spanId }),
    name: `execute_tool ${tool}`,
    kind: spanKindInternal,
    startTimeUnixNano: nanos(record.time),
    endTimeUnixNano: nanos(endMs),
    attributes: attributesOf({
      ...decisionAttributes(entry),
      ...endAttributes(end),
      ...(payloads ? payloadAttributes(entry, end) : {}),
    }),
    ...(failed ? { status: { code: statusError } } : {}),
  };
}

/** A prompt that a person typed, as a span is made of it. */
export type SpanPrompt = Extract<RecordedEntry, { readonly kind: "observation" }>;

/** The span of a prompt: the moment at which a session was asked something, and its words. */
export function promptSpanOf(log: string, { sequence, record, payload }: SpanPrompt): Json {
  const { session, time } = record;
  const parts = [{ type: "text", content: payload.text }];
  return {
    traceId: hexOf({ log, trace: session.root }, 32),
    spanId: hexOf({ log, sequence }, 16),
    name: "invoke_agent",
    kind: spanKindInternal,
    startTimeUnixNano: nanos(time),
    endTimeUnixNano: nanos(time),
    attributes: attributesOf({
      [names.operation]: "invoke_agent",
      [names.session]: session.id,
      [names.sequence]: sequence,
      [names.sessionRoot]: session.root,
      [names.tenant]: record.tenant,
      [names.inputMessages]: JSON.stringify([{ role: "user", parts }]),
    }),
  };
}

/** An export request of OTLP over HTTP. */
export function otlpRequest(spans: readonly Json[], version: string): Json {
  const resource = { "service.name": "holdfast", [names.mapping]: names.version };
  return {
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeSpans: [{ scope: { name: "holdfast", version }, spans: [...spans] }],
      },
    ],
  };
}

function decisionAttributes({ record, sequence, payload }: SpanDecision) {
  const { tool, agent, session, action, pep } = record;
  return {
    [names.operation]: "execute_tool",
    [names.tool]: tool.name,
    [names.toolType]: "function",
    [names.call]: action.id,
    [names.agent]: agent.id,
    [names.agentVersion]: agent.version,
    [names.session]: session?.id,
    [names.method]: action.kind === "mcp" ? "tools/call" : undefined,
    [names.server]: tool.server,
    [names.sequence]: sequence,
    [names.sessionRoot]: session?.root,
    [names.tenant]: record.tenant,
    [names.kind]: action.kind,
    [names.effect]: record.effect,
    [names.code]: record.code,
    [names.rules]: record.rules,
    [names.bundle]: record.bundle,
    [names.mode]: record.mode,
    [names.granted]: record.granted,
    [names.latency]: record.latencyNs,
    [names.shadow]: record.shadow?.effect,
    // A log may span enforcement points, so that no resource tells it.
    [names.environment]: payload?.input.request.environment,
    [names.pep]: pep.type,
    [names.parent]: record.parent ?? payload?.input.request.parent,
    [names.delegation]: record.delegation,
    [names.confidence]: record.confidence,
    [names.audit]: record.audit,
    [names.redacted]: record.redacted,
    [names.prompt]: record.seen?.prompt?.digest,
    [names.documents]: record.seen?.documents?.count,
    [names.documentsDigest]: record.seen?.documents?.digest,
    [names.taints]: record.taints,
    [names.meters]: record.meters && metersText(record.meters),
  };
}

function endAttributes(end: SpanEnd): Record<string, AttributeValue> {
  switch (end.kind) {
    case "refused":
      return { [names.outcome]: "refused" };
    case "ambiguous":
      return { [names.outcome]: "ambiguous" };
    case "ended": {
      const { record, sequence } = end.entry;
      return {
        [names.outcome]: record.status,
        [names.errorType]: record.status === "failure" ? "_OTHER" : undefined,
        [names.outcomeSequence]: sequence,
        [names.cost]: record.cost,
        [names.resultTaints]: record.taints,
        [names.resultEffect]: record.effect,
        [names.resultRules]: record.rules,
        [names.resultRedacted]: record.redacted,
      };
    }
  }
}

/** What stood on each Meter: `refunds-usd=300`. */
export function metersText(meters: Readonly<Record<string, number>>): string[] {
  return Object.entries(meters).map(([name, amount]) => `${name}=${amount}`);
}

function payloadAttributes(
  { payload }: SpanDecision,
  end: SpanEnd,
): Record<string, AttributeValue> {
  if (payload === undefined) return {};
  const { request } = payload.input;
  const ended = end.kind === "ended" ? end.entry.payload : undefined;
  const result = ended?.decision.result ?? ended?.input.request.result;
  return {
    [names.args]: JSON.stringify(payload.decision.args ?? request.args),
    [names.result]: result === undefined ? undefined : JSON.stringify(result),
    [names.reason]: payload.decision.reason,
    [names.user]: request.user?.id,
  };
}

function attributesOf(values: Readonly<Record<string, AttributeValue>>): Json[] {
  return Object.entries(values).flatMap(([key, value]): Json[] => {
    if (value === undefined) return [];
    return [{ key, value: valueOf(value) }];
  });
}

function valueOf(value: Exclude<AttributeValue, undefined>): Json {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value !== "number") {
    return { arrayValue: { values: value.map((each) => ({ stringValue: each })) } };
  }
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

function hexOf(value: Record<string, string | number>, digits: number): string {
  return digestOf(value).slice("sha256:".length, "sha256:".length + digits);
}

function nanos(timeMs: number): string {
  return String(BigInt(Math.round(timeMs * 1000)) * 1000n);
}
