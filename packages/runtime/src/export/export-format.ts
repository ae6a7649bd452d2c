import { stringify } from "csv-stringify/sync";
import type { Json, LogRecord, RecordOf } from "@holdfast/model";
import type { LogEntry } from "@holdfast/log";
import { readRecorded } from "../recorded-entry.ts";
import { metersText, otlpRequest, promptSpanOf, spanOf } from "./otel-span.ts";
import type { SpanDecision, SpanEnd } from "./otel-span.ts";

/** How records leave the log. */
export const exportFormats = ["jsonl", "csv", "otel"] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface FormatOptions {
  /** digest of `log.json` */
  readonly log: string;
  /** of this release, for whoever receives it */
  readonly version: string;
  /** also arguments, results, reasons and users, where they are not erased */
  readonly payloads: boolean;
}

/** Makes batches of one format out of the entries of a log, in order. */
export interface Formatter {
  readonly contentType: string;
  /** what a new file begins with */
  readonly opening: string;
  /** takes an entry; `isNew` when it was not exported before and is only needed for later ones */
  take(entry: LogEntry, isNew: boolean): void;
  /** All that was taken since, as one text; empty when nothing was. */
  flush(): string;
  /** the first record that is needed again to go on behind the last one taken */
  readonly needed: number | undefined;
}

/** A formatter of one format. */
export function createFormatter(format: ExportFormat, options: FormatOptions): Formatter {
  switch (format) {
    case "jsonl":
      return new LineFormatter(options);
    case "csv":
      return new TableFormatter();
    case "otel":
      return new SpanFormatter(options);
  }
}

const decoder = new TextDecoder();

/** One record a line, its bytes as they are in the log, so that a proof of it can be checked. */
class LineFormatter implements Formatter {
  readonly contentType = "application/x-ndjson";
  readonly opening = "";
  readonly needed = undefined;
  readonly #payloads: boolean;
  #lines: string[] = [];

  constructor({ payloads }: FormatOptions) {
    this.#payloads = payloads;
  }

  take({ index, body, payload }: LogEntry): void {
    const shown =
      this.#payloads && typeof payload === "object" ? `,"payload":${decoder.decode(payload)}` : "";
    this.#lines.push(`{"sequence":${index},"record":${decoder.decode(body)}${shown}}\n`);
  }

  flush(): string {
    const text = this.#lines.join("");
    this.#lines = [];
    return text;
  }
}

const columns = [
  "sequence",
  "time",
  "kind",
  "agent",
  "session",
  "action",
  "tool",
  "effect",
  "code",
  "rules",
  "bundle",
  "mode",
  "granted",
  "decision",
  "status",
  "durationMs",
  "cost",
  "parent",
  "delegation",
  "traceparent",
  "audit",
  "prompt",
  "documents",
  "taints",
  "meters",
] as const;

type Row = Partial<Record<(typeof columns)[number], string | number | boolean>>;

/** How many granted actions may be open; beyond it the oldest is told as one that has not ended. */
const openMax = 65_536;

/** Decisions and what became of them, one a row, with the names that only the decision's record has. */
class TableFormatter implements Formatter {
  readonly contentType = "text/csv";
  readonly opening: string = stringify([[...columns]]);
  readonly #open = new Map<number, Row>();
  #rows: Row[] = [];

  get needed(): number | undefined {
    return this.#open.keys().next().value;
  }

  take({ index: sequence, body }: LogEntry, isNew: boolean): void {
    const { record } = readRecorded({ index: sequence, body, payload: "erased" });
    const row = rowOf(record, sequence);
    if (row === undefined) return;
    const decision = record.kind === "decision" ? undefined : row.decision;
    const names = decision === undefined ? {} : this.#open.get(Number(decision));
    if (decision !== undefined) this.#open.delete(Number(decision));
    if (record.kind === "decision" && record.granted) this.#keep(sequence, namesOf(record));
    if (isNew) this.#rows.push({ ...row, ...names });
  }

  flush(): string {
    const rows = this.#rows.map((row) => columns.map((column) => row[column]));
    this.#rows = [];
    // Names are chosen by agents and servers: none becomes a formula where the table is opened.
    const cast = { boolean: String };
    return rows.length === 0 ? "" : stringify(rows, { escape_formulas: true, cast });
  }

  #keep(sequence: number, names: Row): void {
    const oldest = this.#open.size < openMax ? undefined : this.needed;
    if (oldest !== undefined) this.#open.delete(oldest);
    this.#open.set(sequence, names);
  }
}

function rowOf(record: LogRecord, sequence: number): Row | undefined {
  const { kind } = record;
  const time = new Date(record.time).toISOString();
  if (record.kind === "ambiguous") {
    const { decision, found, action } = record;
    return { sequence, time, kind, action: action.id, decision, status: `ambiguous (${found})` };
  }
  if (record.kind !== "decision" && record.kind !== "outcome") return undefined;
  const { action, bundle, effect, code } = record;
  const rules = record.rules.join(" ");
  const row = { sequence, time, kind, action: action.id, effect, code, rules, bundle };
  const taints = record.taints === undefined ? {} : { taints: record.taints.join(" ") };
  if (record.kind === "outcome") {
    const { decision, status, cost } = record;
    // Clocks give more digits than they measure.
    const durationMs = Math.round(record.durationMs * 1000) / 1000;
    const spent = cost === undefined ? {} : { cost };
    return { ...row, decision, status, durationMs, ...spent, ...taints };
  }
  const { granted, mode } = record;
  return { ...row, ...namesOf(record), ...beforeOf(record), ...taints, mode, granted };
}

/** Whose action it is, and of which tool. */
function namesOf({ agent, session, tool }: RecordOf<"decision">): Row {
  const names = { agent: agent.id, tool: `${tool.server}.${tool.name}` };
  return session === undefined ? names : { ...names, session: session.id };
}

/** What led to a decision, as far as it is known. */
function beforeOf(record: RecordOf<"decision">): Row {
  const { parent, delegation, trace, audit, seen, meters } = record;
  return {
    ...(seen?.prompt === undefined ? {} : { prompt: seen.prompt.record }),
    ...(seen?.documents === undefined ? {} : { documents: seen.documents.count }),
    ...(meters === undefined ? {} : { meters: metersText(meters).join(" ") }),
    ...(parent === undefined ? {} : { parent }),
    ...(delegation === undefined ? {} : { delegation: delegation.join(" ") }),
    ...(trace === undefined ? {} : { traceparent: trace.out }),
    ...(audit === undefined ? {} : { audit }),
  };
}

/** A span for each action, once it is known how it ended; with payloads, one for each prompt too. */
class SpanFormatter implements Formatter {
  readonly contentType = "application/json";
  readonly opening = "";
  readonly #options: FormatOptions;
  readonly #open = new Map<number, SpanDecision>();
  #spans: Json[] = [];

  constructor(options: FormatOptions) {
    this.#options = options;
  }

  get needed(): number | undefined {
    return this.#open.keys().next().value;
  }

  take(each: LogEntry, isNew: boolean): void {
    const entry = readRecorded(each);
    const { record, sequence } = entry;
    if (record.kind === "decision") {
      const decision: SpanDecision = entry.kind === "decision" ? entry : { record, sequence };
      if (record.granted) this.#keep(decision);
      else if (isNew) this.#tell(decision, { kind: "refused" });
    } else if (record.kind === "outcome") {
      const outcome = entry.kind === "outcome" ? entry : { record, sequence };
      this.#end(record.decision, { kind: "ended", entry: outcome }, isNew);
    } else if (record.kind === "ambiguous") {
      this.#end(record.decision, { kind: "ambiguous", timeMs: record.time }, isNew);
    } else if (entry.kind === "observation" && isNew && this.#options.payloads) {
      const isTyped = entry.record.seen === "prompt" && entry.record.labels.includes("user");
      if (isTyped) this.#spans.push(promptSpanOf(this.#options.log, entry));
    }
  }

  flush(): string {
    if (this.#spans.length === 0) return "";
    const text = JSON.stringify(otlpRequest(this.#spans, this.#options.version));
    this.#spans = [];
    return `${text}\n`;
  }

  #keep(entry: SpanDecision): void {
    const oldest = this.#open.size < openMax ? undefined : this.#open.values().next().value;
    if (oldest !== undefined) {
      this.#end(oldest.sequence, { kind: "ambiguous", timeMs: entry.record.time }, true);
    }
    this.#open.set(entry.sequence, entry);
  }

  #end(decision: number, end: SpanEnd, isNew: boolean): void {
    const entry = this.#open.get(decision);
    this.#open.delete(decision);
    if (entry !== undefined && isNew) this.#tell(entry, end);
  }

  #tell(entry: SpanDecision, end: SpanEnd): void {
    this.#spans.push(spanOf(this.#options.log, entry, end, this.#options));
  }
}
