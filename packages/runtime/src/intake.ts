import { HoldfastError, readRequest } from "@holdfast/model";
import type { JsonObject, RecordOf } from "@holdfast/model";
import { deepFreeze } from "./admission.ts";
import { sealEvidence } from "./evidence.ts";
import type { GuardCore } from "./guard-core.ts";
import type { Caller, Observation, SessionStart } from "./guard.ts";
import { observationOccurrence } from "./occurrence.ts";
import type { Session } from "./session-table.ts";
import { payloadIdentity } from "./vault/sealed-payload.ts";

/** The longest text of one observation, in UTF-16 units. */
const textSizeMax = 4 * 1024 * 1024;

/** The longest name of where a text came from, in UTF-16 units. */
const sourceSizeMax = 1024;

/** The label of text that a person typed. */
const userLabel = "user";

/** The label that the language itself knows (POLICY.md section 3), whatever Settings declares. */
const untrustedLabel = "untrusted";

/** `Guard.openSession`; see there. */
export async function openSession(
  core: GuardCore,
  { agent, task, parent }: SessionStart,
  { credential }: Caller,
): Promise<Session> {
  const { sessions, tenant } = core.admission;
  const startedMs = core.timekeeper.nowMs();
  const id = `session-${Buffer.from(core.random(16)).toString("hex")}`;
  const root = parent === undefined ? id : ownSession(core, parent, credential).root;
  const session: Session = deepFreeze({
    id,
    root,
    tenant,
    agent,
    credential,
    startedMs,
    ...(task === undefined ? {} : { task }),
  });
  const probe = readRequest({
    tenant,
    agent: { id: agent },
    tool: { name: "session" },
    session: { id, ...(task === undefined ? {} : { task }) },
  });
  if (!probe.ok || credential === "") {
    throw new HoldfastError("session_invalid", "session needs a usable agent, task and credential");
  }
  const evidence = sealEvidence(
    { credential, task },
    { credential, task },
    {
      owner: { subject: `session:${id}`, identity: payloadIdentity("session", id) },
      sealing: core.sealing,
    },
  );
  const { commit, payload } = evidence;
  const { durable } = core.journal.append(
    {
      v: 1,
      kind: "session",
      time: startedMs,
      id,
      root,
      tenant,
      agent,
      started: startedMs,
      commit,
      payload,
    },
    evidence,
  );
  sessions.add(session);
  await settled(core, durable);
  return session;
}

/**
 * `Guard.observe`; see there. Record and fold are one synchronous step, like that of `begin`: an
 * action that is decided after the call, awaited or not, is decided on what was observed.
 */
export async function observe(
  core: GuardCore,
  id: string,
  observation: Observation,
  { credential }: Caller,
): Promise<void> {
  const session = ownSession(core, id, credential);
  checkObservation(observation, core.engine.bundle.settings.labels);
  const { kind, text, source, labels } = observation;
  const evidence = sealEvidence(
    { text, source },
    { text, source },
    {
      owner: {
        subject: `session:${session.root}`,
        identity: payloadIdentity("observation", session.id),
      },
      sealing: core.sealing,
    },
  );
  const record: RecordOf<"observation"> = {
    v: 1,
    kind: "observation",
    time: core.timekeeper.nowMs(),
    tenant: session.tenant,
    session: { id: session.id, root: session.root },
    seen: kind,
    labels: [...new Set(labels)].sort(),
    commit: evidence.commit,
    payload: evidence.payload,
  };
  const { sequence, durable } = core.journal.append(record, evidence);
  try {
    core.engine.fold(core.state, observationOccurrence(sequence, record, { text, source }));
  } catch (cause) {
    // A fold that stopped half way leaves a state nobody can vouch for.
    core.journal.fail(cause);
  }
  await settled(core, durable);
}

/** What is wrong is refused before anything is recorded: a record that cannot be folded again would close the log. */
function checkObservation(
  { kind, text, source, labels }: Observation,
  known: readonly string[],
): void {
  if (typeof text !== "string" || typeof source !== "string") {
    throw new HoldfastError("observation_text", "an observation needs a text and a source");
  }
  const settled = new Set([...known, userLabel, untrustedLabel]);
  const unknown = labels.find((label) => !settled.has(label));
  if (unknown !== undefined) {
    throw new HoldfastError(
      "label_unknown",
      `unknown label \`${unknown}\`; declare it in Settings`,
    );
  }
  if (labels.includes(userLabel) && kind !== "prompt") {
    throw new HoldfastError("observation_label", `a ${kind} cannot carry the label \`user\``);
  }
  if (text.length > textSizeMax) {
    throw new HoldfastError("observation_size", `text of ${text.length} units; give it in parts`);
  }
  if (source.length > sourceSizeMax) {
    const message = `source of ${source.length} units; give its name alone`;
    throw new HoldfastError("observation_size", message);
  }
}

/** `Guard.registerTools`; see there. */
export async function registerTools(
  core: GuardCore,
  server: string,
  definitions: readonly JsonObject[],
): Promise<void> {
  const { registry } = core.admission;
  const pending: Promise<boolean>[] = [];
  for (const change of registry.compare(server, definitions)) {
    const { tool, definition, change: kind } = change;
    const time = core.timekeeper.nowMs();
    const { durable } = core.journal.append({
      v: 1,
      kind: "registry",
      time,
      tool,
      definition,
      change: kind,
    });
    registry.apply(change);
    pending.push(durable);
  }
  await settled(core, Promise.all(pending));
}

function ownSession(core: GuardCore, id: string, credential: string): Session {
  const session = core.admission.sessions.find(id);
  if (session === undefined || session.credential !== credential) {
    throw new HoldfastError("session_unknown", `session \`${id}\` is not one of this caller`);
  }
  return session;
}

async function settled(core: GuardCore, durable: Promise<unknown>): Promise<void> {
  await durable;
  if (core.journal.failure !== undefined) throw core.journal.failure;
}
