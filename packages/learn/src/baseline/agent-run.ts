import { taskOf } from "../run/learned-run.ts";
import type { ArgumentOrigins } from "./argument-origin.ts";
import { originReader } from "./argument-origin.ts";
import { featureKey, featuresOf, start } from "./feature.ts";
import type { Feature } from "./feature.ts";
import type { ObservedCall, ObservedRun } from "./observed-run.ts";

/** Who acted: another version or model is another one to compare. */
export interface AgentIdentity {
  readonly agent: string;
  readonly version?: string;
  readonly model?: string;
}

/** What one agent did in one run. */
export interface AgentRun {
  readonly id: string;
  readonly calls: readonly ObservedCall[];
}

/** A feature, and the first call that showed it; of ranked ones that of the greatest. */
export interface ShownFeature {
  readonly feature: Feature;
  readonly call: ObservedCall;
  /** id of the run */
  readonly run: string;
}

/**
 * What one agent, in one version and with one model, did. Runs with one prompt are one task, however often it
 * was run: what they show alike was seen once.
 */
export interface AgentWork {
  readonly identity: AgentIdentity;
  readonly runs: readonly AgentRun[];
  /** what each task showed, each feature once */
  readonly tasks: readonly (readonly ShownFeature[])[];
}

interface Group {
  readonly runs: AgentRun[];
  readonly tasks: Map<string, Map<string, ShownFeature>>;
}

/** The work of each agent, sorted by agent, version and model; runs and tasks stay in their order. */
export function agentWork(runs: readonly ObservedRun[]): readonly AgentWork[] {
  const originsOf = originReader(runs);
  const groups = new Map<string, Group>();
  for (const run of runs) {
    const origins = originsOf(run);
    const own = new Map<string, { call: ObservedCall; origins: ArgumentOrigins }[]>();
    run.calls.forEach((call, at) => {
      const { id, version = null, model = null } = call.agent;
      const key = JSON.stringify([id, version, model]);
      const calls = own.get(key) ?? [];
      own.set(key, calls);
      calls.push({ call, origins: origins[at] ?? {} });
    });
    for (const [key, calls] of own) {
      const group: Group = groups.get(key) ?? { runs: [], tasks: new Map() };
      groups.set(key, group);
      group.runs.push({ id: run.id, calls: calls.map(({ call }) => call) });
      const task = taskOf({ id: run.id, user_prompt: run.prompt, calls: run.calls });
      const shown = group.tasks.get(task) ?? new Map<string, ShownFeature>();
      group.tasks.set(task, shown);
      addShown(shown, run.id, calls);
    }
  }
  return [...groups.keys()].sort().map((key) => {
    const [agent, version, model] = JSON.parse(key) as [string, string | null, string | null];
    const identity = {
      agent,
      ...(version === null ? {} : { version }),
      ...(model === null ? {} : { model }),
    };
    const { runs: own = [], tasks = new Map<string, Map<string, ShownFeature>>() } =
      groups.get(key) ?? {};
    return {
      identity,
      runs: own,
      tasks: [...tasks.values()].map((each) => Array.from(each.values())),
    };
  });
}

function addShown(
  shown: Map<string, ShownFeature>,
  run: string,
  calls: readonly { readonly call: ObservedCall; readonly origins: ArgumentOrigins }[],
): void {
  let before = start;
  for (const { call, origins } of calls) {
    for (const feature of featuresOf(call, before, origins)) {
      const key = featureKey(feature);
      const known = shown.get(key)?.feature;
      if (known === undefined || (feature.rank ?? 0) > (known.rank ?? 0)) {
        shown.set(key, { feature, call, run });
      }
    }
    before = `${call.server}.${call.tool}`;
  }
}
