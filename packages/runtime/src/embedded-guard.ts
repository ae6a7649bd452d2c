import type { Explanation } from "@holdfast/engine";
import { copyJson, HoldfastError } from "@holdfast/model";
import type { Decision, Json, JsonLike, JsonObject, RequestInput } from "@holdfast/model";
import { activate } from "./activation.ts";
import type { Activation, PolicyGround, PolicyPlace } from "./activation.ts";
import { begin } from "./begin.ts";
import type { Checkpointing } from "./checkpointing.ts";
import { end } from "./end.ts";
import type { GuardCore } from "./guard-core.ts";
import type {
  AmbiguousAction,
  Caller,
  Guard,
  GuardStatus,
  Observation,
  RunOptions,
  SessionStart,
} from "./guard.ts";
import { observe, openSession, registerTools } from "./intake.ts";
import type { Ending, Execute, Permit, ResultDecision } from "./permit.ts";
import { couldAllow, explain, peek } from "./peek.ts";
import type { Refusal } from "./refusal.ts";
import { run } from "./run.ts";
import type { Session } from "./session-table.ts";
import type { Snapshots } from "./snapshot/snapshots.ts";

/** The caller when an application names none: the process itself. */
const process: Caller = { credential: "process" };

/** A guard in the process of the application or gateway that asks it. */
export class EmbeddedGuard implements Guard {
  readonly #core: GuardCore;
  readonly #ground: PolicyGround;
  readonly #checkpointing: Checkpointing;
  readonly #snapshots: Snapshots;
  /** the last activation asked for, however it ended */
  #activated: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(
    core: GuardCore,
    ground: PolicyGround,
    followers: { readonly checkpointing: Checkpointing; readonly snapshots: Snapshots },
  ) {
    this.#core = core;
    this.#ground = ground;
    this.#checkpointing = followers.checkpointing;
    this.#snapshots = followers.snapshots;
  }

  get directory(): string {
    return this.#ground.directory;
  }

  get bundle(): Guard["bundle"] {
    return this.#core.engine.bundle;
  }

  get environment(): string {
    return this.#core.admission.environment;
  }

  async decide(request: RequestInput, caller: Caller = process): Promise<Decision> {
    return peek(this.#core, request, caller);
  }

  async begin(request: RequestInput, caller: Caller = process): Promise<Permit | Refusal> {
    return begin(this.#core, request, caller);
  }

  async end(permit: Permit, ending: Ending): Promise<ResultDecision> {
    return end(this.#core, permit, ending);
  }

  async observe(session: string, seen: Observation, caller: Caller = process): Promise<void> {
    return observe(this.#core, session, seen, caller);
  }

  async run<T extends JsonLike | void>(
    request: RequestInput,
    execute: Execute<T>,
    options: RunOptions<T> = {},
  ): Promise<T | Json | Refusal> {
    return run(this, request, execute, options);
  }

  async openSession(start: SessionStart, caller: Caller = process): Promise<Session> {
    return openSession(this.#core, start, caller);
  }

  async registerTools(server: string, definitions: readonly JsonLike[]): Promise<void> {
    return registerTools(this.#core, server, definitions.map(objectOf));
  }

  /** One after the other: each compares itself with the bundle that is in force when its turn comes. */
  activate(policies: PolicyPlace = this.#ground.policies): Promise<Activation> {
    const activation = this.#activated.then(() => activate(this.#core, this.#ground, policies));
    this.#activated = activation.catch(() => undefined);
    return activation;
  }

  couldAllow(request: RequestInput, caller: Caller = process): boolean {
    return couldAllow(this.#core, request, caller);
  }

  async explain(request: RequestInput, caller: Caller = process): Promise<Explanation> {
    return explain(this.#core, request, caller);
  }

  ambiguous(): readonly AmbiguousAction[] {
    return this.#core.admission.ledger.ambiguous();
  }

  status(): GuardStatus {
    const { indexing, journal } = this.#core;
    return { records: journal.size, index: indexing?.status() ?? { state: "on-demand" } };
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { journal, timekeeper, admission } = this.#core;
    const timeMs = timekeeper.nowMs();
    for (const { permit } of admission.ledger.openPermits()) {
      if (journal.failure !== undefined) break;
      const { sequence, id } = permit;
      const action = { id };
      journal.append({
        v: 1,
        kind: "ambiguous",
        time: timeMs,
        decision: sequence,
        action,
        found: "close",
      });
      admission.ledger.take(permit);
      admission.ledger.noteAmbiguous({ sequence, id, found: "close", timeMs });
    }
    journal.stop();
    await journal.drain();
    await this.#snapshots.close();
    await this.#checkpointing.close();
    await this.#core.facts.close();
    await this.#core.indexing?.close();
    await journal.close();
  }
}

function objectOf(value: JsonLike): JsonObject {
  const copy = copyJson(value);
  if (typeof copy === "object" && copy !== null && !isList(copy)) return copy;
  throw new HoldfastError("tool_definition", "tool definition that is not an object");
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
