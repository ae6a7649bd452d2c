import { readPlaces } from "@holdfast/log";
import type { LogEntry } from "@holdfast/log";
import { decodeRecord } from "@holdfast/model";
import type { Json, RecordOf } from "@holdfast/model";
import { MemoryIndex } from "@holdfast/store";
import {
  decisionPayloadSchema,
  observationPayloadSchema,
  outcomePayloadSchema,
  readPayload,
  sessionPayloadSchema,
} from "./payload.ts";
import { findAnew, upToDate } from "./query.ts";
import type { QueryMeans } from "./query.ts";
import { openPayloads } from "./vault/opened-payload.ts";
import { Vault } from "./vault/vault.ts";

interface Common {
  /** index of the record */
  readonly sequence: number;
  /** Unix ms */
  readonly timeMs: number;
}

/** One thing that happened in a session, or in one of those below its root. */
export type TrailEvent = Common &
  (
    | {
        readonly kind: "session";
        readonly session: string;
        readonly root: string;
        readonly agent: string;
        readonly task?: string;
      }
    | {
        readonly kind: "observation";
        readonly session: string;
        readonly seen: RecordOf<"observation">["seen"];
        readonly labels: readonly string[];
        readonly source?: string;
        readonly text?: string;
      }
    | {
        readonly kind: "decision";
        readonly session: string;
        readonly agent: string;
        readonly action: string;
        readonly tool: string;
        readonly effect: string;
        readonly code: string;
        readonly rules: readonly string[];
        readonly granted: boolean;
        /** action id of the action that led to this one */
        readonly parent?: string;
        /** agents on whose behalf the agent acts, the first one first */
        readonly delegation?: readonly string[];
        /** index of the session's last prompt */
        readonly prompt?: number;
        /** labels of what the session had seen */
        readonly taints?: readonly string[];
        readonly args?: Json;
        readonly reason?: string;
      }
    | {
        readonly kind: "outcome";
        /** index of the decision record */
        readonly decision: number;
        readonly status: string;
        readonly durationMs: number;
        readonly effect: string;
        readonly rules: readonly string[];
        /** labels of the result, where it was let through */
        readonly taints?: readonly string[];
        readonly result?: Json;
      }
    | { readonly kind: "ambiguous"; readonly decision: number; readonly found: string }
  );

/**
 * All that a log says of a session or of everything below a session root, in order. Texts,
 * arguments and results only with `payloads`; what is erased is left out.
 *
 * @throws HoldfastError `log_…`, `record_…`, `payload_…` or `index_…`
 */
export async function sessionTrail(
  directory: string,
  session: string,
  { payloads, ...means }: QueryMeans & { readonly payloads: boolean },
): Promise<readonly TrailEvent[]> {
  const index = means.index ?? new MemoryIndex();
  const damage = await upToDate(index, directory, means.progress);
  if (damage !== undefined) throw damage;
  const places = await findAnew(index, directory, () => index.trail(session));
  const events: TrailEvent[] = [];
  const vault = await Vault.open({ directory });
  const stored = readPlaces(directory, places, { payloads: true });
  for await (const entry of openPayloads(stored, vault)) {
    const event = eventOf(entry, payloads);
    if (event !== undefined) events.push(event);
  }
  return events;
}

function eventOf(entry: LogEntry, payloads: boolean): TrailEvent | undefined {
  const record = decodeRecord(entry.body);
  const common = { sequence: entry.index, timeMs: record.time };
  if (record.kind === "decision") return decisionEvent(entry, record, payloads);
  if (record.kind === "outcome") {
    const { decision, status, durationMs, effect, rules, taints } = record;
    const ended = {
      ...common,
      kind: "outcome",
      decision,
      status,
      durationMs,
      effect,
      rules,
      ...(taints === undefined ? {} : { taints }),
    } as const;
    if (!payloads || entry.payload === "erased") return ended;
    const { decision: shown, input } = readPayload(
      outcomePayloadSchema,
      entry.payload,
      record.payload,
    );
    const result = shown.result ?? input.request.result;
    return result === undefined ? ended : { ...ended, result };
  }
  if (record.kind === "ambiguous") {
    return { ...common, kind: "ambiguous", decision: record.decision, found: record.found };
  }
  if (record.kind === "observation") {
    const { seen, labels, session } = record;
    const observed = { ...common, kind: "observation", session: session.id, seen, labels } as const;
    if (!payloads || entry.payload === "erased") return observed;
    const { text, source } = readPayload(observationPayloadSchema, entry.payload, record.payload);
    return { ...observed, text, source };
  }
  if (record.kind !== "session") return undefined;
  const { id, root, agent, payload } = record;
  const opened = { ...common, kind: "session", session: id, root, agent } as const;
  if (!payloads || payload === undefined || entry.payload === "erased") return opened;
  const { task } = readPayload(sessionPayloadSchema, entry.payload, payload);
  return task === undefined ? opened : { ...opened, task };
}

/** Which action led to this one, and for whom, is told even without payloads: it is structure. */
function decisionEvent(
  entry: LogEntry,
  record: RecordOf<"decision">,
  payloads: boolean,
): TrailEvent {
  const { agent, action, tool, effect, code, rules, granted, session, seen, taints } = record;
  const event = {
    sequence: entry.index,
    timeMs: record.time,
    kind: "decision",
    session: session?.id ?? "",
    agent: agent.id,
    action: action.id,
    tool: `${tool.server}.${tool.name}`,
    effect,
    code,
    rules,
    granted,
    ...(seen?.prompt === undefined ? {} : { prompt: seen.prompt.record }),
    ...(taints === undefined ? {} : { taints }),
  } as const;
  if (entry.payload === "erased") return event;
  const { decision, input } = readPayload(decisionPayloadSchema, entry.payload, record.payload);
  const { parent, delegation, args } = input.request;
  const structure = {
    ...(parent === undefined ? {} : { parent }),
    ...(delegation.length === 0 ? {} : { delegation: delegation.map((hop) => hop.agent.id) }),
  };
  if (!payloads) return { ...event, ...structure };
  return { ...event, ...structure, args: decision.args ?? args, reason: decision.reason };
}
