import type { Json, JsonObject } from "@holdfast/model";

/** A span as far as runs are read from it, whatever wrote it down. */
export interface TracedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId?: string;
  /** Unix ms */
  readonly timeMs?: number;
  readonly failed: boolean;
  /** its own, and those of its events, which older instrumentations put messages into */
  readonly attributes: JsonObject;
  /** attributes of what produced it, as a process and where it is deployed */
  readonly resource: JsonObject;
}

/**
 * The spans in a JSON value: an export request of OTLP/JSON, one span or a list of them, as OTLP or
 * as SDKs print them (attributes as an object, identifiers under `context`). What is no span is
 * passed over.
 */
export function readSpans(json: Json): TracedSpan[] {
  if (isList(json)) return json.flatMap((each) => readSpans(each));
  if (!isObject(json)) return [];
  for (const [outer, scopes, spans] of envelopes) {
    const resources = json[outer];
    if (!isList(resources)) continue;
    return resources.flatMap((each) => {
      const found = listIn(each, scopes).flatMap((scope) => readSpans(listIn(scope, spans)));
      const resource = isObject(each) ? resourceOf(each) : newObject();
      return found.map((span) => Object.assign(span, { resource }));
    });
  }
  if (isList(json["spans"])) return readSpans(json["spans"]);
  const span = spanOf(json);
  return span === undefined ? [] : [span];
}

const envelopes = [
  ["resourceSpans", "scopeSpans", "spans"],
  ["resource_spans", "scope_spans", "spans"],
] as const;

function listIn(json: Json, name: string): readonly Json[] {
  const list = isObject(json) ? json[name] : undefined;
  return isList(list) ? list : [];
}

function spanOf(json: JsonObject): TracedSpan | undefined {
  const context = isObject(json["context"]) ? json["context"] : {};
  const traceId = textOf(
    json["traceId"],
    json["trace_id"],
    context["trace_id"],
    context["traceId"],
  );
  const spanId = textOf(json["spanId"], json["span_id"], context["span_id"], context["spanId"]);
  if (traceId === undefined || spanId === undefined) return undefined;
  const parentId = textOf(json["parentSpanId"], json["parent_span_id"], json["parent_id"]);
  const timeMs = timeOf(json);
  return {
    traceId,
    spanId,
    ...(parentId === undefined ? {} : { parentId }),
    ...(timeMs === undefined ? {} : { timeMs }),
    failed: isFailure(json["status"]),
    attributes: attributesOf(json),
    resource: resourceOf(json),
  };
}

function resourceOf({ resource }: JsonObject): JsonObject {
  return plainAttributes(isObject(resource) ? resource["attributes"] : undefined);
}

function attributesOf(json: JsonObject): JsonObject {
  const all = newObject();
  for (const event of listIn(json, "events")) {
    if (isObject(event)) Object.assign(all, plainAttributes(event["attributes"]));
  }
  return Object.assign(all, plainAttributes(json["attributes"]));
}

/** Attributes by name: OTLP has a list of keys and typed values, SDKs print an object. */
function plainAttributes(json: Json | undefined): JsonObject {
  const all = newObject();
  if (isList(json)) {
    for (const each of json) {
      if (isObject(each) && typeof each["key"] === "string") {
        all[each["key"]] = anyValue(each["value"] ?? null);
      }
    }
  } else if (isObject(json)) Object.assign(all, json);
  return all;
}

/** Names are those of whoever wrote the span, so that nothing is inherited under them. */
function newObject(): Record<string, Json> {
  return Object.create(null) as Record<string, Json>;
}

/** A value of OTLP's `AnyValue` as JSON; 64-bit numbers are texts there. */
function anyValue(json: Json): Json {
  if (!isObject(json)) return json;
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue } = json as {
    readonly [name in ValueKind]?: Json;
  };
  if (stringValue !== undefined) return stringValue;
  if (boolValue !== undefined) return boolValue;
  if (intValue !== undefined) return Number(intValue);
  if (doubleValue !== undefined) return Number(doubleValue);
  if (arrayValue !== undefined) return listIn(arrayValue, "values").map((each) => anyValue(each));
  if (kvlistValue !== undefined) return plainAttributes(listIn(kvlistValue, "values"));
  return null;
}

type ValueKind =
  | "stringValue"
  | "boolValue"
  | "intValue"
  | "doubleValue"
  | "arrayValue"
  | "kvlistValue";

function timeOf(json: JsonObject): number | undefined {
  const nanos = json["startTimeUnixNano"] ?? json["start_time_unix_nano"];
  // No double holds nanoseconds of today: a whole millisecond may be read as the one before.
  if (typeof nanos === "string" && /^\d+$/u.test(nanos)) return Number(BigInt(nanos) / 1_000_000n);
  if (typeof nanos === "number") return Math.floor(Math.round(nanos / 1000) / 1000);
  const text = textOf(json["startTime"], json["start_time"]);
  const timeMs = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

const errorCodes: ReadonlySet<Json> = new Set<Json>([2, "STATUS_CODE_ERROR", "ERROR", "Error"]);

function isFailure(status: Json | undefined): boolean {
  if (!isObject(status)) return false;
  return errorCodes.has(status["code"] ?? status["status_code"] ?? null);
}

function textOf(...candidates: readonly (Json | undefined)[]): string | undefined {
  return candidates.find((each): each is string => typeof each === "string" && each !== "");
}

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === "object" && json !== null && !isList(json);
}

function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}
