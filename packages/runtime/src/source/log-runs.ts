import type { Json } from "@holdfast/model";
import type { RecordedEntry } from "../recorded-entry.ts";
import { recordedEntries } from "../replay.ts";
import { plainResult } from "./plain-result.ts";
import { joinedPrompts, LeftOutCount } from "./sourced-run.ts";
import type { SourcedCall, SourcedRun, SourcedRuns } from "./sourced-run.ts";

/** Which runs of a log are wanted. */
export interface LogRunsOptions {
  /** only runs with a call as new as this, each of them whole; Unix ms */
  readonly sinceMs?: number;
  /** told the number of records passed, now and then */
  readonly progress?: (records: number) => void;
  /** told where the log begins when what stood before was pruned */
  readonly pruned?: (first: number) => void;
}

type EntryOf<Kind extends RecordedEntry["kind"]> = Extract<RecordedEntry, { readonly kind: Kind }>;

interface OpenRun {
  readonly prompts: string[];
  readonly calls: { readonly sequence: number; readonly call: SourcedCall }[];
}

/**
 * The runs of a log: for each session root what a person typed and the calls that were executed and
 * succeeded, in the order in which they were decided. What cannot be read honestly is counted and
 * left out: erased and redacted arguments, actions outside of sessions.
 *
 * Memory: all runs of the log.
 *
 * @throws HoldfastError `log_…`, `record_…` or `payload_…` where the log cannot be read
 */
export async function runsOfLog(
  directory: string,
  { sinceMs = 0, progress, pruned }: LogRunsOptions = {},
): Promise<SourcedRuns> {
  const reader = new LogRunReader();
  let begun = false;
  const options = progress === undefined ? {} : { progress };
  for await (const entries of recordedEntries(directory, options)) {
    for (const entry of entries) {
      if (!begun && entry.sequence > 0) pruned?.(entry.sequence);
      begun = true;
      reader.take(entry);
    }
  }
  return reader.runsSince(sinceMs);
}

class LogRunReader {
  readonly #runs = new Map<string, OpenRun>();
  /** granted calls without an outcome, by the index of their decision */
  readonly #open = new Map<number, { readonly root: string; readonly call: SourcedCall }>();
  readonly #leftOut = new LeftOutCount();

  take(entry: RecordedEntry): void {
    switch (entry.kind) {
      case "decision":
        return this.#decide(entry);
      case "outcome":
        return this.#end(entry);
      case "observation":
        return this.#observe(entry);
      case "erased":
        return this.#erased(entry);
      case "other":
        if (entry.record.kind === "ambiguous") this.#unfinished(entry.record.decision);
        return;
      case "operator":
    }
  }

  runsSince(sinceMs: number): SourcedRuns {
    for (const sequence of this.#open.keys()) this.#unfinished(sequence);
    const runs = [...this.#runs]
      .filter(([, { calls }]) => calls.some(({ call }) => (call.timeMs ?? 0) >= sinceMs))
      .map(([key, run]) => ({ key, prompt: joinedPrompts(run.prompts), calls: inOrder(run.calls) }))
      .sort((a, b) => (a.calls[0]?.sequence ?? 0) - (b.calls[0]?.sequence ?? 0))
      .map(({ key, prompt, calls }): SourcedRun => {
        const [id, own] = [rootOf(key), calls.map(({ call }) => call)];
        return prompt === undefined ? { id, calls: own } : { id, prompt, calls: own };
      });
    return { runs, leftOut: this.#leftOut.counts };
  }

  #decide({ sequence, record, payload }: EntryOf<"decision">): void {
    if (!record.granted) return this.#leftOut.add("refused");
    if (record.session === undefined) return this.#leftOut.add("sessionless");
    if (record.redacted !== undefined) return this.#leftOut.add("redacted");
    const { request } = payload.input;
    const model = request.context["model"];
    const { environment } = request;
    const { id, version } = record.agent;
    this.#open.set(sequence, {
      root: keyOf(record.tenant, record.session.root),
      call: {
        server: record.tool.server,
        tool: record.tool.name,
        args: payload.decision.args ?? request.args,
        timeMs: record.time,
        agent: {
          id,
          ...(version === undefined ? {} : { version }),
          ...(typeof model === "string" ? { model } : {}),
        },
        ...(record.delegation === undefined ? {} : { delegation: record.delegation }),
        ...(environment === undefined ? {} : { environment }),
        place: `record ${sequence}`,
      },
    });
  }

  #end({ record, payload }: EntryOf<"outcome">): void {
    const open = this.#closed(record.decision);
    if (open === undefined) return;
    if (record.status === "failure") return this.#leftOut.add("failed");
    if (payload.simulated) return this.#leftOut.add("simulated");
    if (record.redacted !== undefined) {
      this.#leftOut.add("result_not_kept");
      return this.#keep(record.decision, open);
    }
    const isShown = payload.decision.effect === "allow" || payload.decision.effect === "modify";
    const result = payload.decision.result ?? payload.input.request.result;
    this.#keep(record.decision, open, isShown ? result : undefined);
  }

  #observe({ record, payload }: EntryOf<"observation">): void {
    if (record.seen !== "prompt" || !record.labels.includes("user")) return;
    this.#runOf(keyOf(record.tenant ?? "default", record.session.root)).prompts.push(payload.text);
  }

  #erased({ record }: EntryOf<"erased">): void {
    if (record.kind === "decision") {
      this.#leftOut.add(record.granted ? "erased" : "refused");
    } else if (record.kind === "observation") {
      if (record.seen === "prompt") this.#leftOut.add("prompt_erased");
    } else {
      const open = this.#closed(record.decision);
      if (open === undefined) return;
      if (record.status === "failure") return this.#leftOut.add("failed");
      this.#leftOut.add("result_not_kept");
      this.#keep(record.decision, open);
    }
  }

  #unfinished(sequence: number): void {
    if (this.#closed(sequence) !== undefined) this.#leftOut.add("unfinished");
  }

  #closed(sequence: number): { readonly root: string; readonly call: SourcedCall } | undefined {
    const open = this.#open.get(sequence);
    this.#open.delete(sequence);
    return open;
  }

  #keep(
    sequence: number,
    { root, call }: { readonly root: string; readonly call: SourcedCall },
    result?: Json,
  ): void {
    const shown = result === undefined ? {} : { result: plainResult(result) };
    this.#runOf(root).calls.push({ sequence, call: { ...call, ...shown } });
  }

  #runOf(key: string): OpenRun {
    const run = this.#runs.get(key) ?? { prompts: [], calls: [] };
    this.#runs.set(key, run);
    return run;
  }
}

/** Calls run side by side, and end in another order than they began. */
function inOrder<T extends { readonly sequence: number }>(calls: readonly T[]): readonly T[] {
  return calls.toSorted((a, b) => a.sequence - b.sequence);
}

function keyOf(tenant: string, root: string): string {
  return JSON.stringify([tenant, root]);
}

function rootOf(key: string): string {
  return (JSON.parse(key) as [string, string])[1];
}
