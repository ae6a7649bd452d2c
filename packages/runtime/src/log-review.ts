import type { Engine } from "@holdfast/engine";
import type { Decision, SeenBefore } from "@holdfast/model";
import { judge } from "./judgement.ts";
import type { RecordedInput } from "./judgement.ts";
import type { DecidedEntry, RecordedEntry } from "./recorded-entry.ts";
import { foldEntry, recordedEntries, replayerOf } from "./replay.ts";
import type { ReplayOptions } from "./replay.ts";

/** One recorded action, as an engine decides it when nobody has approved anything. */
export interface ReviewedDecision {
  /** index of the record */
  readonly sequence: number;
  /** Unix ms */
  readonly timeMs: number;
  /** action id */
  readonly action: string;
  readonly input: RecordedInput;
  readonly decision: Decision;
  /** whether it was executed, or may have been */
  readonly granted: boolean;
  /** the log says that people approved what a rule asked them for */
  readonly approved: boolean;
  /** **Contract:** asked before the next one, since history goes on */
  seen(): SeenBefore;
}

/**
 * Decides every action of a log again by an engine, over history as it went, without what people
 * approved: what is refused then is what the policies ask for or forbid. Actions whose values are
 * redacted are told to `redacted`, and no decision is made of them.
 *
 * Memory: what each session has seen.
 *
 * @throws HoldfastError `log_…`, `record_…` or `payload_…` where the log cannot be read
 */
export async function* reviewLog(
  directory: string,
  engine: Engine,
  options: ReplayOptions = {},
): AsyncGenerator<ReviewedDecision, void> {
  const replayer = replayerOf(engine);
  const sessions = new SeenSessions();
  const { sinceMs = 0, redacted } = options;
  for await (const entries of recordedEntries(directory, options)) {
    for (const entry of entries) {
      if (entry.kind === "decision" && entry.record.time >= sinceMs) {
        if (entry.record.redacted === undefined) yield reviewed(entry, replayer, sessions);
        else redacted?.(entry.sequence);
      }
      foldEntry(replayer, entry);
      sessions.take(entry);
    }
  }
}

function reviewed(
  { sequence, record, payload }: Extract<DecidedEntry, { readonly kind: "decision" }>,
  { engine, state }: ReturnType<typeof replayerOf>,
  sessions: SeenSessions,
): ReviewedDecision {
  const { approved: by, ...input } = payload.input;
  const { veto } = payload;
  const isFallback = payload.fallback === true;
  return {
    sequence,
    timeMs: record.time,
    action: record.action.id,
    input,
    decision: judge(engine, state, { input, isFallback, ...(veto === undefined ? {} : { veto }) }),
    granted: record.granted,
    approved: record.granted && by !== undefined && by.length > 0,
    seen: () => sessions.seen(record.tenant, record.session?.root),
  };
}

interface Seen {
  readonly prompts: string[];
  readonly documents: SeenBefore["documents"][number][];
  readonly results: SeenBefore["results"][number][];
}

/** What each session root has been given so far. */
class SeenSessions {
  readonly #roots = new Map<string, Seen>();

  take(entry: RecordedEntry): void {
    if (entry.kind === "observation") {
      const { seen, labels, session, tenant = "default" } = entry.record;
      const own = this.#of(tenant, session.root);
      const { text, source } = entry.payload;
      if (seen === "prompt" && labels.includes("user")) own.prompts.push(text);
      else own.documents.push({ source, text, labels });
    } else if (entry.kind === "outcome") {
      const { effect, result: shown } = entry.payload.decision;
      const { request } = entry.payload.input;
      const result = shown ?? request.result;
      const root = request.session?.root ?? request.session?.id;
      const isShown = effect === "allow" || effect === "modify";
      if (root === undefined || result === undefined || !isShown) return;
      const { tool, args } = request;
      this.#of(request.tenant, root).results.push({ tool, args, result });
    }
  }

  seen(tenant: string, root: string | undefined): SeenBefore {
    const { prompts, documents, results } =
      root === undefined ? emptySeen() : this.#of(tenant, root);
    return { prompts: [...prompts], documents: [...documents], results: [...results] };
  }

  #of(tenant: string, root: string): Seen {
    const key = JSON.stringify([tenant, root]);
    const own = this.#roots.get(key) ?? emptySeen();
    this.#roots.set(key, own);
    return own;
  }
}

function emptySeen(): Seen {
  return { prompts: [], documents: [], results: [] };
}
