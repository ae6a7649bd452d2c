import { nodeStepFiles } from "./step-files.ts";
import type { StepFiles } from "./step-files.ts";
import { resolve } from "node:path";
import { createEngine, createResourceReader } from "@holdfast/engine";
import type { Bundle, Capabilities, Engine } from "@holdfast/engine";
import { nodeFiles, openLog } from "@holdfast/log";
import type { Log, LogFiles, Signer } from "@holdfast/log";
import { effects, HoldfastError, saltBytes } from "@holdfast/model";
import { LiveIndex } from "@holdfast/store";
import { ActionLedger } from "./action-ledger.ts";
import { governingPaths } from "./activation.ts";
import type { PolicyGround } from "./activation.ts";
import { keepBundleSource } from "./bundle-store.ts";
import { Checkpointing } from "./checkpointing.ts";
import { createTimekeeper, systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { defaultConfiguration, readConfiguration } from "./configuration.ts";
import type { EnforcementPoint } from "./decision-record.ts";
import { EmbeddedGuard } from "./embedded-guard.ts";
import { checkConfiguration, chooseEnvironment } from "./enforcement.ts";
import type { Random } from "./evidence.ts";
import { FactPool } from "./fact/fact-pool.ts";
import { Turns } from "./fact/turns.ts";
import { createGuardCore } from "./guard-core.ts";
import type { GuardCore } from "./guard-core.ts";
import type { Guard } from "./guard.ts";
import { Journal } from "./journal.ts";
import { defaultTenant } from "./occurrence.ts";
import { logOrigin } from "./log-origin.ts";
import { loadPolicyFolder } from "./policy-folder.ts";
import type { LoadedPolicies } from "./policy-folder.ts";
import type { PolicyFile } from "./policy-source.ts";
import { createProtectedPaths } from "./protected-path.ts";
import { pooledRandom } from "./pooled-random.ts";
import { Registry } from "./registry.ts";
import { restore } from "./restore.ts";
import type { Memory } from "./restore.ts";
import { SessionTable } from "./session-table.ts";
import { Archive } from "./snapshot/archive.ts";
import { loadSnapshot } from "./snapshot/load-snapshot.ts";
import { readManifest, snapshotFolder } from "./snapshot/manifest.ts";
import { Snapshots } from "./snapshot/snapshots.ts";
import { Standing } from "./snapshot/standing.ts";
import type { KeyWrapper } from "./vault/key-encryption-key.ts";
import { openPayloadKeys } from "./vault/payload-keys.ts";
import type { PayloadKeeping, PayloadKeys } from "./vault/payload-keys.ts";

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
  /** records between two snapshots of what the log was folded into, which make the next start
   * fast; default 4,096, and 0 for none */
  readonly snapshotRecords?: number;
  /** full size of a segment of the log; see `openLog` */
  readonly segmentBytes?: number;
  /** the log's file driver */
  readonly files?: LogFiles;
  /** what is asked of the file system within a step; the real one when absent */
  readonly stepFiles?: StepFiles;
  /** signs the log's heads; default: the key in the data directory, made when there is none */
  readonly signer?: Signer;
  /** keeps the key that payload keys are wrapped by in a key service; default: in `vault/kek` */
  readonly keyWrapper?: KeyWrapper;
  /**
   * who brings the index up to the log, where the configuration does not say: a thread of this
   * guard (`live`), or whoever asks it; default `on-demand`
   */
  readonly index?: "live" | "on-demand";
  /** what the thread of a live index runs; see `LiveIndex` */
  readonly indexWorker?: URL;
  /** what the threads that compute facts run; default: the kinds of facts as they were built */
  readonly factWorker?: URL;
  /** told what an operator should hear of, a line each; never hinders deciding */
  readonly notice?: (text: string) => void;
}

/** Folding so many takes less than a second. */
const snapshotRecords = 4_096;

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
 * `bundle_store`; `vault_key`; `log_…` on a log that is damaged or in use; `payload_…` on lost evidence
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
  const clock = options.clock ?? systemClock;
  const directory = resolve(data);
  const ground: PolicyGround = {
    policies,
    configuration,
    environment: chooseEnvironment(options.environment, configuration, bundle),
    directory,
    stepFiles: options.stepFiles ?? nodeStepFiles,
    createEngine: options.createEngine ?? createEngine,
    protectedPaths: protectedOf(options, directory, policies),
  };
  const engine = ground.createEngine(bundle);
  const files = options.files ?? nodeFiles;
  const manifest = await readManifest(files, `${directory}/${snapshotFolder}`);
  const log = await openLog({
    directory,
    origin: logOrigin,
    now: () => Math.max(0, Math.floor(clock.wallMs())),
    files,
    ...(manifest?.log.place === undefined ? {} : { place: manifest.log.place }),
    ...(options.segmentBytes === undefined ? {} : { segmentBytes: options.segmentBytes }),
  });
  try {
    return await start(log, { options, ground, loaded, engine, clock });
  } catch (error) {
    await log.close();
    throw error;
  }
}

interface Parts {
  readonly options: GuardOptions;
  readonly ground: PolicyGround;
  readonly loaded: LoadedPolicies;
  readonly engine: Engine;
  readonly clock: Clock;
}

async function start(log: Log, parts: Parts): Promise<Guard> {
  const { options, ground, loaded, engine, clock } = parts;
  const files = options.files ?? nodeFiles;
  const { directory, stepFiles } = ground;
  const kept = await loadSnapshot(engine, {
    files,
    stepFiles,
    directory,
    size: log.size,
    proven: log.openedAt,
  });
  const archive = kept?.archive ?? new Archive();
  const memory: Memory = { engine, ...(kept ?? emptyMemory(engine, archive)) };
  const { standing } = memory;
  const random: Random = options.random ?? pooledRandom();
  const from = kept?.manifest.log.size ?? 0;
  const keys = await keysOf(log, parts, { random, known: { size: from, sealed: standing.sealed } });
  await restore(log, memory, { from, vault: keys.vault });
  keepBundleSource(directory, loaded.bundle, { ...loaded, disk: stepFiles });
  const checkpointing = await openCheckpointing(log, parts, { files, random });
  const indexing = liveIndexOf(log, options, ground);
  const journal = new Journal(log, keys.vault);
  const core = createGuardCore(
    {
      journal,
      clock,
      timekeeper: createTimekeeper(clock, standing.lastMs),
      random,
      sealing: { random, vault: keys.isSealing ? keys.vault : undefined },
      ...pointOf(options, ground),
      seen: standing.seen,
      indexing,
    },
    {
      engine,
      state: memory.state,
      admission: {
        configuration: ground.configuration,
        environment: ground.environment,
        tenant: options.tenant ?? defaultTenant,
        registry: memory.registry,
        agents: loaded.bundle.agents,
        sessions: memory.sessions,
        ledger: memory.ledger,
        protectedPaths: createProtectedPaths(ground.protectedPaths),
        resourcesOf: createResourceReader(loaded.bundle),
        workingDirectory: options.workingDirectory ?? process.cwd(),
        random,
        redactionKey: random(saltBytes),
      },
    },
  );
  const subject = () => ({ engine: core.engine, state: core.state, ...core.admission });
  const sign = () => checkpointing.sign();
  const everyRecords = options.snapshotRecords ?? snapshotRecords;
  const snapshots = new Snapshots(
    { files, stepFiles, directory, journal, archive, standing, subject, sign, everyRecords },
    kept?.manifest,
  );
  journal.follow((sequence, record) => {
    standing.note(sequence, record);
    snapshots.keepUp();
  });
  await announce(core, standing);
  checkpointing.start();
  indexing?.start();
  return new EmbeddedGuard(core, ground, { checkpointing, snapshots });
}

function keysOf(
  log: Log,
  { options: { keyWrapper: wrapper }, ground }: Parts,
  means: Pick<PayloadKeeping, "random" | "known">,
): Promise<PayloadKeys> {
  const { directory, stepFiles: files, configuration } = ground;
  const { payloads } = configuration.log;
  return openPayloadKeys(log, { directory, wrapper, files, payloads, ...means });
}

/** What the enforcement point can do and is told, and who computes the facts of its actions. */
function pointOf(options: GuardOptions, { configuration }: PolicyGround) {
  const { capabilities = plainCapabilities, explanations = false, factWorker, pep } = options;
  const worker = factWorker === undefined ? {} : { worker: factWorker };
  const { notice = () => undefined } = options;
  const facts = new FactPool({ deadlineMs: configuration.facts.deadline_ms, notice, ...worker });
  return { pep, capabilities, explanations, facts, turns: new Turns() };
}

function openCheckpointing(
  log: Log,
  { options, ground, clock }: Parts,
  means: { readonly files: LogFiles; readonly random: Random },
): Promise<Checkpointing> {
  return Checkpointing.open({
    log,
    ...means,
    directory: ground.directory,
    clock,
    notice: options.notice ?? (() => undefined),
    publish: ground.configuration.log.publish,
    ...(options.signer === undefined ? {} : { signer: options.signer }),
  });
}

/** Follows the log where this guard is to keep the index in step with it. */
function liveIndexOf(
  log: Log,
  { index, indexWorker, notice = () => undefined }: GuardOptions,
  { configuration, directory }: PolicyGround,
): LiveIndex | undefined {
  if ((configuration.log.index ?? index) !== "live") return undefined;
  const size = (): number => log.head.size;
  const worker = indexWorker === undefined ? {} : { worker: indexWorker };
  const live = new LiveIndex({ directory, size, notice, ...worker });
  log.follow(() => live.grown());
  return live;
}

/** Memory before the first record. */
function emptyMemory(engine: Engine, archive: Archive): Omit<Memory, "engine"> {
  return {
    state: engine.createState(),
    ledger: new ActionLedger(archive),
    sessions: new SessionTable(archive),
    registry: new Registry(engine.bundle.tools),
    standing: new Standing(),
  };
}

/** Writes down what this start changes: another bundle, and permits that nobody will end. */
async function announce({ journal, timekeeper, engine, admission }: GuardCore, standing: Standing) {
  const time = timekeeper.nowMs();
  const previousDigest = standing.bundle;
  for (const [decision, { id }] of standing.dangling) {
    journal.append({ v: 1, kind: "ambiguous", time, decision, action: { id }, found: "restart" });
    admission.ledger.noteAmbiguous({ sequence: decision, id, found: "restart", timeMs: time });
  }
  const { digest } = engine.bundle;
  if (previousDigest !== digest) {
    const previous = previousDigest === undefined ? {} : { previous: previousDigest };
    journal.append({ v: 1, kind: "policy", time, bundle: digest, ...previous });
  }
  await journal.drain();
  if (journal.failure !== undefined) throw journal.failure;
}

/** What governs the agents of this guard, the policies it was opened with among it. */
function protectedOf(
  options: GuardOptions,
  directory: string,
  policies: PolicyGround["policies"],
): string[] {
  return [
    directory,
    ...governingPaths(policies),
    ...(options.configuration === undefined ? [] : [options.configuration]),
    ...(options.protectedPaths ?? []),
  ];
}
