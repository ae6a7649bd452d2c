import { createEngine, loadPolicySet } from "@holdfast/engine";
import type { Bundle, FactReader, PolicyFileText } from "@holdfast/engine";
import { replayRun } from "@holdfast/runtime";
import type { RunSetting } from "@holdfast/runtime";
import type { StressJudge, StressRun } from "@holdfast/stress";
import { emptyDisk, factReaderFor } from "../fact-reader.ts";
import { loadPolicySource } from "../policies.ts";
import { runEnvironment } from "../run-environment.ts";
import type { Terminal } from "../terminal.ts";

/** A policy set that decides runs, alone and with a file more. */
export interface StressedSet {
  readonly bundle: Bundle;
  readonly judge: StressJudge;
  /** by the set with this file in it; `undefined` where that does not compile */
  readonly judgeWith: (file: PolicyFileText) => StressJudge | undefined;
}

/**
 * Loads a policy folder to decide these runs by, and what they are made into. Facts are computed as for `holdfast
 * test`: on a disk with nothing on it, so that runs are decided alike on every machine.
 *
 * @throws DiagnosticsError when it does not compile; HoldfastError `policy_folder`
 */
export async function openStressedSet(
  folder: string,
  asked: Omit<RunSetting, "environment"> & { readonly environment: string | undefined },
  runs: readonly StressRun[],
  terminal: Terminal,
): Promise<StressedSet> {
  const { bundle, files, root } = loadPolicySource(folder, terminal);
  const calls = runs.flatMap((run) => run.calls);
  const environment = runEnvironment(asked.environment, bundle, calls);
  const setting = { ...asked, environment };
  const factReader = await factReaderFor(bundle, emptyDisk);
  return {
    bundle,
    judge: judgeBy(bundle, setting, factReader),
    judgeWith: (file) => {
      const path = `${folder}/${file.path}`;
      const loaded = loadPolicySet([...files, { path, text: file.text }], { root });
      return loaded.ok ? judgeBy(loaded.bundle, setting, factReader) : undefined;
    },
  };
}

function judgeBy(bundle: Bundle, setting: RunSetting, factReader: FactReader): StressJudge {
  const engine = createEngine(bundle);
  return (run) =>
    replayRun(engine, run, { ...setting, factReader }).map(
      ({ decision: { effect, code, rules } }) => ({ effect, code, rules }),
    );
}
