import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { createReferenceEngine, createResourceReader } from "@holdfast/engine";
import type { Bundle, Capabilities, Engine } from "@holdfast/engine";
import { openLog } from "@holdfast/log";
import type { Log, LogFiles } from "@holdfast/log";
import { effects, HoldfastError } from "@holdfast/model";
import { ActionLedger } from "./action-ledger.ts";
import { keepBundleSource } from "./bundle-store.ts";
import { createTimekeeper, systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { defaultConfiguration, readConfiguration } from "./configuration.ts";
import type { Configuration } from "./configuration.ts";
import type { EnforcementPoint } from "./decision-record.ts";
import { EmbeddedGuard } from "./embedded-guard.ts";
import { checkConfiguration, chooseEnvironment } from "./enforcement.ts";
import type { Random } from "./evidence.ts";
import type { GuardCore } from "./guard-core.ts";
import type { Guard } from "./guard.ts";
import { Journal } from "./journal.ts";
import { defaultTenant } from "./occurrence.ts";
import { loadPolicyFolder } from "./policy-folder.ts";
import type { LoadedPolicies } from "./policy-folder.ts";
import { policyPaths } from "./policy-source.ts";
import type { PolicyFile } from "./policy-source.ts";
import { createProtectedPaths } from "./protected-path.ts";
import { Registry } from "./registry.ts";
import { restore } from "./restore.ts";
import type { Restored } from "./restore.ts";
import { SessionTable } from "./session-table.ts";

/** How a guard is opened. */
export interface GuardOptions {
  /** policy folder, or files from code; default: the configuration's */
  readonly policies?: string | readonly PolicyFile[];
  /** data directory, made when absent; default: the configuration's */
  readonly data?: string;
  /** path of `holdfast.yaml`; it is never searched for */
  readonly configuration?: string;
  readonly environment?: string;
  /** default `default` */
  readonly tenant?: string;
  readonly pep: EnforcementPoint;
  /** what the enforcement point can carry out; default: every effect but sandbox, no obligation */
  readonly capabilities?: Capabilities;
  /** give an explanation with each answer of `begin`; costs as much as deciding */
  readonly explanations?: boolean;
  /** further files and folders that agents must not write */
  readonly protectedPaths?: readonly string[];
  /** where relative paths in arguments begin; default: this process's */
  readonly workingDirectory?: string;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly createEngine?: (bundle: Bundle) => Engine;
  /** the log's file driver */
  readonly files?: LogFiles;
}

const plainCapabilities: Capabilities = {
  effects: effects.filter((effect) => effect !== "sandbox"),
  obligations: [],
  sandboxes: [],
};

/**
 * Opens a guard: compiles the policies, opens the log and folds all of it into memory. Either
 * all of that succeeds or nothing is started.
 *
 * @throws DiagnosticsError `policy_invalid` or `configuration_invalid` with every error at once
 * @throws HoldfastError `policy_folder`, `configuration_…`, `environment_…`, `guard_options`,
 * `bundle_store`; `log_…` on a log that is damaged or in use; `payload_…` on lost evidence
 */
export async function openGuard(options: GuardOptions): Promise<Guard> {
  const configuration =
    options.configuration === undefined
      ? defaultConfiguration()
      : readConfiguration(options.configuration);
  const policies = options.policies ?? configuration.policies;
  const data = options.data ?? configuration.data;
  if (policies === undefined || data === undefined) {
    throw new HoldfastError("guard_options", "a guard needs a policy folder and a data directory");
  }
  const loaded = loadPolicyFolder(policies);
  const { bundle } = loaded;
  checkConfiguration(configuration, bundle);
  const environment = chooseEnvironment(options.environment, configuration, bundle);
  const engine = (options.createEngine ?? createReferenceEngine)(bundle);
  const clock = options.clock ?? systemClock;
  const directory = resolve(data);
  const log = await openLog({
    directory,
    origin: "holdfast",
    now: () => Math.max(0, Math.floor(clock.wallMs())),
    ...(options.files === undefined ? {} : { files: options.files }),
  });
  try {
    const parts = { options, configuration, loaded, environment, engine, clock, directory };
    return await start(log, parts);
  } catch (error) {
    await log.close();
    throw error;
  }
}

interface Parts {
  readonly options: GuardOptions;
  readonly configuration: Configuration;
  readonly loaded: LoadedPolicies;
  readonly environment: string;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly directory: string;
}

async function start(log: Log, parts: Parts): Promise<Guard> {
  const { options, configuration, loaded, engine, clock, directory } = parts;
  const { bundle } = loaded;
  const memory = {
    engine,
    state: engine.createState(),
    ledger: new ActionLedger(),
    sessions: new SessionTable(),
    registry: new Registry(bundle.tools),
  };
  const restored = await restore(log, memory);
  keepBundleSource(directory, bundle, loaded);
  const random: Random = options.random ?? ((bytes) => new Uint8Array(randomBytes(bytes)));
  const core: GuardCore = {
    engine,
    state: memory.state,
    journal: new Journal(log),
    clock,
    timekeeper: createTimekeeper(clock, restored.lastMs),
    random,
    admission: {
      configuration,
      environment: parts.environment,
      tenant: options.tenant ?? defaultTenant,
      registry: memory.registry,
      agents: bundle.agents,
      sessions: memory.sessions,
      ledger: memory.ledger,
      protectedPaths: createProtectedPaths(protectedOf(parts)),
      resourcesOf: createResourceReader(bundle),
      workingDirectory: options.workingDirectory ?? process.cwd(),
      random,
    },
    pep: options.pep,
    capabilities: options.capabilities ?? plainCapabilities,
    explanations: options.explanations ?? false,
  };
  await announce(core, restored);
  return new EmbeddedGuard(core, directory);
}

/** Writes down what this start changes: another bundle, and permits that nobody will end. */
async function announce({ journal, timekeeper, engine, admission }: GuardCore, restored: Restored) {
  const time = timekeeper.nowMs();
  for (const [decision, id] of restored.dangling) {
    journal.append({ v: 1, kind: "ambiguous", time, decision, action: { id }, found: "restart" });
    admission.ledger.noteAmbiguous({ sequence: decision, id, found: "restart", timeMs: time });
  }
  const { digest } = engine.bundle;
  if (restored.bundle !== digest) {
    const previous = restored.bundle === undefined ? {} : { previous: restored.bundle };
    journal.append({ v: 1, kind: "policy", time, bundle: digest, ...previous });
  }
  await journal.drain();
  if (journal.failure !== undefined) throw journal.failure;
}

/** What governs the agents of this guard. */
function protectedOf({ options, configuration, directory }: Parts): string[] {
  const policies = options.policies ?? configuration.policies;
  return [
    directory,
    ...(typeof policies === "string" ? pathsOf(policies) : []),
    ...(options.configuration === undefined ? [] : [options.configuration]),
    ...(options.protectedPaths ?? []),
  ];
}

/** The folder, and what it links to: a policy is also written where its file really lies. */
function pathsOf(folder: string): string[] {
  const { files, folders } = policyPaths(folder);
  return [...folders, ...files];
}
