import type { StepFiles } from "./step-files.ts";
import { createResourceReader, historyDigest } from "@holdfast/engine";
import type { Bundle, Engine } from "@holdfast/engine";
import { HoldfastError } from "@holdfast/model";
import type { Diagnostic } from "@holdfast/model";
import { keepBundleSource } from "./bundle-store.ts";
import type { Configuration } from "./configuration.ts";
import { checkConfiguration, chooseEnvironment } from "./enforcement.ts";
import type { GuardCore } from "./guard-core.ts";
import { loadPolicyFolderInTurns } from "./policy-folder.ts";
import type { LoadedPolicies } from "./policy-folder.ts";
import { policyPaths } from "./policy-source.ts";
import type { PolicyFile } from "./policy-source.ts";
import { createProtectedPaths } from "./protected-path.ts";
import { succeed } from "./succession.ts";
import type { Succession } from "./succession.ts";

/** What policies are, or where they lie. */
export type PolicyPlace = string | readonly PolicyFile[];

/** What came of `Guard.activate`. */
export interface Activation {
  readonly bundle: Bundle;
  /** digest of the bundle that decided before; `bundle`'s own when nothing changed */
  readonly previous: string;
  readonly warnings: readonly Diagnostic[];
  /** text of each policy file by its path, to show warnings in */
  readonly sources: ReadonlyMap<string, string>;
}

/** What a guard was opened with and every bundle it takes has to go with. */
export interface PolicyGround {
  readonly policies: PolicyPlace;
  readonly configuration: Configuration;
  readonly environment: string;
  /** data directory, absolute */
  readonly directory: string;
  readonly stepFiles: StepFiles;
  readonly createEngine: (bundle: Bundle) => Engine;
  /** what agents must not write, whatever the policies */
  readonly protectedPaths: readonly string[];
}

/** A bundle that could come into force at once. */
interface Prepared {
  readonly loaded: LoadedPolicies;
  readonly engine: Engine;
  readonly protectedPaths: readonly string[];
  /** absent: the state in force is also the new engine's */
  readonly succession?: Succession;
}

/**
 * `Guard.activate`; see there. Everything that takes time or can fail comes first, while the old
 * bundle goes on deciding; then its record, durable; then one assignment.
 */
export async function activate(
  core: GuardCore,
  ground: PolicyGround,
  policies: PolicyPlace,
): Promise<Activation> {
  if (core.journal.failure !== undefined) throw core.journal.failure;
  let prepared: Prepared | undefined;
  try {
    prepared = await prepare(core, ground, policies);
    return await bringInForce(core, prepared);
  } catch (error) {
    if (core.journal.failure !== undefined) throw core.journal.failure;
    await recordRefusal(core, error);
    throw error;
  } finally {
    prepared?.succession?.stop();
  }
}

async function prepare(
  core: GuardCore,
  ground: PolicyGround,
  policies: PolicyPlace,
): Promise<Prepared> {
  const loaded = await loadPolicyFolderInTurns(policies);
  const { bundle } = loaded;
  checkConfiguration(ground.configuration, bundle);
  chooseEnvironment(ground.environment, ground.configuration, bundle);
  const protectedPaths = [...ground.protectedPaths, ...governingPaths(policies)];
  const engine = ground.createEngine(bundle);
  keepBundleSource(ground.directory, bundle, { ...loaded, disk: ground.stepFiles });
  if (sharesHistory(engine, core.engine)) return { loaded, engine, protectedPaths };
  return { loaded, engine, protectedPaths, succession: await succeed(engine, core.journal) };
}

/** Whether both engines would have folded the whole log into the same state. */
function sharesHistory(one: Engine, other: Engine): boolean {
  return one.name === other.name && historyDigest(one.bundle) === historyDigest(other.bundle);
}

async function bringInForce(core: GuardCore, prepared: Prepared): Promise<Activation> {
  const { loaded, engine, succession, protectedPaths } = prepared;
  const { bundle, files, warnings } = loaded;
  const sources = new Map(files.map(({ path, text }) => [path, text]));
  const previous = core.engine.bundle.digest;
  if (bundle.digest !== previous) {
    const time = core.timekeeper.nowMs();
    core.journal.append({ v: 1, kind: "policy", time, bundle: bundle.digest, previous });
    await core.journal.settled();
  }
  // From here to the end is one step: nothing is decided in between.
  if (succession?.failure !== undefined) throw succession.failure;
  const { admission } = core;
  core.bringInForce({
    engine,
    state: succession?.state ?? core.state,
    admission: {
      ...admission,
      registry: admission.registry.withDocuments(bundle.tools),
      agents: bundle.agents,
      protectedPaths: createProtectedPaths(protectedPaths),
      resourcesOf: createResourceReader(bundle),
    },
  });
  return { bundle, previous, warnings, sources };
}

/** That a bundle could not be activated is evidence too: who governs was asked to change, and did not. */
async function recordRefusal({ journal, timekeeper, engine }: GuardCore, error: unknown) {
  const code = error instanceof HoldfastError ? error.code : "internal";
  const time = timekeeper.nowMs();
  const { digest } = engine.bundle;
  journal.append({ v: 1, kind: "policy", time, bundle: digest, refused: { code } });
  await journal.settled();
}

/** The policy folder, and what it links to: a policy is also written where its file really lies. */
export function governingPaths(policies: PolicyPlace): readonly string[] {
  if (typeof policies !== "string") return [];
  const { files, folders } = policyPaths(policies);
  return [...folders, ...files];
}
