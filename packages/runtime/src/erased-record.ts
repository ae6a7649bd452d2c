import type { Occurrence } from "@holdfast/engine";
import { HoldfastError, readRequest } from "@holdfast/model";
import type { Decision, RecordOf, Request } from "@holdfast/model";
import { defaultTenant } from "./occurrence.ts";

/** What a `contain` restricts whose record does not say: everything. */
const everything: NonNullable<Decision["restrict"]> = { kinds: ["isolate"] };

/**
 * What records mean for history when their payloads are erased: what the tree still knows of them,
 * folded so that it can only narrow (POLICY.md section 3). Outcomes name their decision by its
 * index alone, so it keeps what is known of erased decisions.
 */
export class ErasedRecords {
  readonly #open = new Map<number, Request>();

  /** `undefined` for an attempt that left none: where identity or the request was in doubt. */
  decision(sequence: number, record: RecordOf<"decision">): Occurrence | undefined {
    if (!countsErased(record)) return undefined;
    const { tenant, agent, session, tool, action } = record;
    const { server, name } = tool;
    const { id, kind, operation, phase } = action;
    const request = known({
      id,
      tenant,
      agent,
      session,
      tool: { server, name },
      action: { kind, operation, phase },
    });
    if (record.granted) this.#open.set(sequence, request);
    const { granted, time: nowMs } = record;
    const input = { request, external: {}, nowMs };
    const decision = verdictOf(record);
    return { kind: "decision", sequence, input, decision, granted, erased: true };
  }

  /** `undefined` when what ended is not known any more. */
  outcome(sequence: number, record: RecordOf<"outcome">): Occurrence | undefined {
    const begun = this.#open.get(record.decision);
    if (begun === undefined) return undefined;
    const { status, durationMs, time: nowMs } = record;
    const request = known({
      ...begun,
      action: { ...begun.action, phase: "result" },
      outcome: { status, durationMs },
    });
    const input = { request, external: {}, nowMs };
    const how = { simulated: false, nothingSent: false, erased: true } as const;
    return { kind: "outcome", sequence, input, decision: verdictOf(record), ...how };
  }

  observation(sequence: number, record: RecordOf<"observation">): Occurrence {
    const { time: nowMs, tenant = defaultTenant, session, seen, labels } = record;
    const place = { nowMs, tenant, root: session.root };
    const gone = { text: "", source: "", erased: true } as const;
    return { kind: "observation", sequence, ...place, seen, labels, ...gone };
  }
}

/**
 * Whether an erased decision counts as an attempt. Why the runtime denied it is erased too; of its own
 * denials those that do not count have one of these codes.
 */
export function countsErased({ granted, code }: RecordOf<"decision">): boolean {
  return granted || (code !== "invalid_request" && code !== "unavailable");
}

function known(request: object): Request {
  const reading = readRequest(request);
  if (reading.ok) return reading.request;
  throw new HoldfastError("record_invalid", "the record names an action that no request could");
}

function verdictOf(record: RecordOf<"decision"> | RecordOf<"outcome">): Decision {
  const { effect, code, rules, bundle } = record;
  const restrict = record.restrict ?? (effect === "contain" ? everything : undefined);
  const plain = { effect, code, rules, reason: "", obligations: [], bundle };
  return restrict === undefined ? plain : { ...plain, restrict };
}
