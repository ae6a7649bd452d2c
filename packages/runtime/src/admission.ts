import type { Bundle, Capabilities, ResourceReader } from "@holdfast/engine";
import { isReadLike } from "@holdfast/facts";
import { canonicalJson, CanonicalTexts, copyJson, readRequest } from "@holdfast/model";
import type { ActionFacts, Json, JsonObject, ReadRequest, Request } from "@holdfast/model";
import { bindingOf } from "./action-ledger.ts";
import type { ActionLedger } from "./action-ledger.ts";
import type { Configuration } from "./configuration.ts";
import { modeOf, unlabelled } from "./enforcement.ts";
import type { Random } from "./evidence.ts";
import type { Caller } from "./guard.ts";
import type { RecordedInput, Veto } from "./judgement.ts";
import type { ProtectedPaths } from "./protected-path.ts";
import { isMarked, markVeto, redactionOf } from "./redaction.ts";
import type { Redaction } from "./redaction.ts";
import type { Registry, ToolDocument } from "./registry.ts";
import { sessionPart } from "./session-table.ts";
import type { SessionTable } from "./session-table.ts";

/** The largest request, in bytes of canonical JSON; its record holds it, and once more if modified. */
const requestBytesMax = 8 * 1024 * 1024;

/** The most of an invalid request that is kept as evidence, in bytes of canonical JSON. */
const receivedBytesMax = 64 * 1024;

/** A request as the runtime takes it up, with all that the decision needs besides state and time. */
export interface Admitted {
  readonly request: Request & { readonly id: string };
  readonly registry: NonNullable<RecordedInput["registry"]>;
  readonly mode: "enforce" | "observe";
  readonly audit: "required" | "batched";
  readonly definition?: string;
  readonly credential: string;
  readonly binding: string;
  readonly isFallback: boolean;
  /** its id is one that the guard made of chance for this very request */
  readonly isMinted: boolean;
  readonly veto?: Veto;
  /** what was given instead of a valid request */
  readonly received?: Json;
  /** keeps values of the action out of its records */
  readonly redaction?: Redaction;
  /** what its arguments would really do, where the decision can depend on it */
  readonly facts?: ActionFacts;
  /** texts of parts of the request, which many places hold */
  readonly texts: CanonicalTexts;
}

/** What admission rests on; all of it belongs to one guard. */
export interface AdmissionContext {
  readonly configuration: Configuration;
  readonly environment: string;
  readonly tenant: string;
  readonly registry: Registry;
  /** Agent documents of the policy set */
  readonly agents: Bundle["agents"];
  readonly sessions: SessionTable;
  readonly ledger: ActionLedger;
  readonly protectedPaths: ProtectedPaths;
  readonly resourcesOf: ResourceReader;
  readonly workingDirectory: string;
  readonly random: Random;
  /** of marks for values that no record keeps; 32 bytes that are written nowhere */
  readonly redactionKey: Uint8Array;
}

/**
 * Checks a request and fills in what the runtime alone may say: environment, session, registry
 * status, mode. Never throws. Whatever is wrong becomes a veto, so that the attempt is decided
 * and recorded like any other.
 */
export function admit(value: unknown, caller: Caller, context: AdmissionContext): Admitted {
  const reading = readRequest(value);
  const texts = new CanonicalTexts();
  const problem = reading.ok
    ? requestProblem(reading, context.tenant, texts)
    : reading.problems.map(({ path, message }) => `\`${path}\` ${message}`).join("; ");
  if (!reading.ok || problem !== undefined) {
    const reason = `the request is not valid: ${(problem ?? "").slice(0, 1000)}`;
    const veto: Veto = { cause: "request", code: "invalid_request", reason };
    const received = receivedOf(value);
    const admitted = take(skeletonOf(value), caller, context, { veto, texts });
    // Of which tool it was nobody can be sure, so where any has something to redact nothing is kept.
    if (received === undefined || context.registry.redacts) return admitted;
    return { ...admitted, received };
  }
  return take(reading.request, caller, context, { texts });
}

/** The same action taken up anew, after time went by in which sessions, ids and documents may have changed. */
export function readmit(
  { request, texts, isMinted }: Admitted,
  caller: Caller,
  context: AdmissionContext,
): Admitted {
  return take(request, caller, context, { texts, isMinted });
}

function take(
  given: Request,
  { credential }: Caller,
  context: AdmissionContext,
  known: { readonly veto?: Veto; readonly texts: CanonicalTexts; readonly isMinted?: boolean },
): Admitted {
  const { registry, sessions, ledger, configuration } = context;
  const { texts, isMinted = given.id === undefined } = known;
  const id = given.id ?? `action-${Buffer.from(context.random(16)).toString("hex")}`;
  const session = given.session === undefined ? undefined : sessions.find(given.session.id);
  const { environment } = context;
  const request: Admitted["request"] = deepFreeze(
    session === undefined
      ? { ...given, id, environment }
      : { ...given, id, environment, session: sessionPart(session) },
  );
  const document = registry.document(request.tool);
  const labels = document?.labels ?? [unlabelled];
  const status = registry.status(request.tool);
  const redaction = redactionOf(document?.redact, context.redactionKey);
  const binding = bindingOf(recordedOf(request, redaction), credential, texts);
  const offered = ledger.offered({ id, isMinted });
  const definition = registry.definition(request.tool);
  const veto =
    known.veto ??
    (redaction !== undefined && isMarked(request) ? markVeto : undefined) ??
    sessionVeto(request, credential, sessions) ??
    idVeto(offered, binding) ??
    agentVeto(request.agent.id, context) ??
    registryVeto(configuration, status) ??
    protectedVeto(request, { document, context });
  return {
    request,
    registry: status,
    mode: modeOf(configuration, request, labels),
    audit: document?.audit ?? "required",
    credential,
    binding,
    isFallback: offered !== undefined,
    isMinted,
    texts,
    ...(definition === undefined ? {} : { definition }),
    ...(redaction === undefined ? {} : { redaction }),
    ...(veto === undefined ? {} : { veto }),
  };
}

/** An id is bound to what its record keeps: snapshots hold the digest, by which a value could be guessed. */
function recordedOf(request: Request, redaction: Redaction | undefined): Request {
  return redaction === undefined ? request : redaction.request(request).request;
}

/** The decision's input at `nowMs`. */
export function inputOf(
  { request, registry, mode, facts }: Admitted,
  nowMs: number,
  capabilities: Capabilities,
): RecordedInput {
  const input = { request, external: {}, nowMs, registry, mode, capabilities };
  return facts === undefined ? input : { ...input, facts };
}

/** All by which an action may reach a path. */
interface Reached {
  readonly args: JsonObject;
  readonly written?: readonly string[];
  /** why it is not known what commands would write */
  readonly untold?: string;
  readonly resources: readonly { readonly id: string }[];
}

/**
 * Denies what reaches Holdfast's own files: any string of the arguments, of an attested
 * resource's id, or of what commands would write (see `writtenPaths`) that leads below a protected
 * path (see `createProtectedPaths`), and commands of which that cannot be told, unless every label
 * of the tool is read-like. No policy lifts it.
 */
export function protectedVeto(
  { args, written = [], untold, resources }: Reached,
  { document, context }: { document: ToolDocument | undefined; context: AdmissionContext },
): Veto | undefined {
  if (document !== undefined && isReadLike(document.labels)) return undefined;
  if (untold !== undefined) {
    return protectedBy(
      `it cannot be told whether commands reach what governs the agent: ${untold}`,
    );
  }
  const bases = [context.workingDirectory];
  if (document?.root !== undefined) bases.push(document.root);
  const named = [args, written, resources.map(({ id }) => id)];
  const patterns = written.filter((path) => /[*?[]/u.test(path));
  if (!context.protectedPaths.reaches(named, bases, patterns)) return undefined;
  return protectedBy("the arguments reach what governs the agent, which it may not write");
}

function protectedBy(reason: string): Veto {
  return { cause: "protected", code: "rule", rule: "holdfast/protected-paths", reason };
}

function requestProblem(
  { request, bytesAtMost }: Pick<ReadRequest, "request" | "bytesAtMost">,
  tenant: string,
  texts: CanonicalTexts,
): string | undefined {
  if (request.action.phase !== "call") return "`action.phase` must be `call`";
  if (request.result !== undefined || request.outcome !== undefined) {
    return "`result` and `outcome` belong to phase `result`";
  }
  if (request.tenant !== tenant) return "`tenant` is not served here";
  // Of a copy that is ours, and frozen as soon as it is taken up.
  texts.keep(request.args);
  const fits =
    bytesAtMost <= requestBytesMax ||
    Buffer.byteLength(canonicalJson(request, texts)) <= requestBytesMax;
  return fits ? undefined : "it is too large to be recorded";
}

function sessionVeto(
  { session, tenant, agent }: Request,
  credential: string,
  sessions: SessionTable,
): Veto | undefined {
  if (session === undefined) return undefined;
  const problem = sessions.problem(session.id, { tenant, agent: agent.id, credential });
  if (problem === undefined) return undefined;
  return { cause: "session", code: "invalid_request", reason: problem };
}

/** An id offered for a fallback stands for that fallback alone. */
function idVeto(offered: string | undefined, binding: string): Veto | undefined {
  return offered === undefined || offered === binding ? undefined : actionIdVeto;
}

/** The denial of an action id that stands for something else. */
export const actionIdVeto: Veto = {
  cause: "action_id",
  code: "invalid_request",
  reason: "the action id is bound to another request or another caller",
};

/** An Agent document that names environments is for those alone. */
function agentVeto(id: string, { agents, environment }: AdmissionContext): Veto | undefined {
  const named = agents.find(({ name }) => name === id)?.environments;
  if (named === undefined || named.includes(environment)) return undefined;
  return {
    cause: "agent",
    code: "out_of_scope",
    reason: "the agent's document does not name this environment",
  };
}

function registryVeto({ registry }: Configuration, status: string): Veto | undefined {
  if (registry.unregistered !== "deny" || status !== "unregistered") return undefined;
  return {
    cause: "unregistered",
    code: "registry",
    reason: "the tool has no Tool document, and the configuration denies such tools",
  };
}

/** A request that holds what could be read of an invalid one, so that the attempt can be recorded. */
function skeletonOf(value: unknown): Request {
  const agent = nameAt(value, ["agent", "id"]) ?? "unknown";
  const tool = nameAt(value, ["tool", "name"]) ?? "unknown";
  const server = nameAt(value, ["tool", "server"]) ?? "local";
  const make = (alias: string) =>
    readRequest({ agent: { id: agent }, tool: { server: alias, name: tool } });
  const reading = make(server);
  if (reading.ok) return reading.request;
  const plain = make("local");
  if (plain.ok) return plain.request;
  throw new Error("a request of two names is valid");
}

function nameAt(value: unknown, path: readonly string[]): string | undefined {
  try {
    let current: unknown = value;
    for (const key of path) {
      if (typeof current !== "object" || current === null) return undefined;
      current = Reflect.get(current, key);
    }
    if (typeof current !== "string" || current === "" || /\p{Cs}/u.test(current)) return undefined;
    return current.slice(0, 256).replace(/\p{Cs}/gu, "");
  } catch {
    return undefined;
  }
}

function receivedOf(value: unknown): Json | undefined {
  try {
    const copy = copyJson(value);
    return Buffer.byteLength(canonicalJson(copy)) <= receivedBytesMax ? copy : undefined;
  } catch {
    return undefined;
  }
}

/** Freezes a copy that is ours, so that whoever is handed a part cannot change what was decided. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  if (Array.isArray(value)) for (const element of value) deepFreeze(element);
  else for (const key of Object.keys(value)) deepFreeze(Reflect.get(value, key));
  return value;
}
