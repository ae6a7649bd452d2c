import { digestOf, requestDigest } from "@holdfast/model";
import type { CanonicalTexts, Decision, Facts, Request } from "@holdfast/model";
import type { AmbiguousAction } from "./guard.ts";
import type { Permit } from "./permit.ts";
import type { Revocation } from "./revocation.ts";
import { Archive } from "./snapshot/archive.ts";
import { KeptMap } from "./snapshot/kept-map.ts";
import type { Leaving } from "./snapshot/run-merge.ts";

/** How an action id was used. */
export interface ActionEntry {
  /** index of the decision record */
  readonly sequence: number;
  /** what the id is bound to; see `bindingOf` */
  readonly binding: string;
}

/** An action id, and whether this guard has just made it of chance: then no archive can hold it. */
export interface ActionId {
  readonly id: string;
  readonly isMinted: boolean;
}

function entryIn<T>(map: KeptMap<T>, { id, isMinted }: ActionId): T | undefined {
  return isMinted ? map.held(id) : map.get(id);
}

/** What was answered under an action id, as long as it is kept at hand. */
export interface GivenAnswer {
  readonly decision: Decision;
  readonly durable: Promise<boolean>;
}

/** A permit that was given and has not ended. */
export interface OpenPermit {
  readonly permit: Permit;
  readonly mode: "enforce" | "observe";
  readonly audit: "required" | "batched";
  /** paths that were redacted at the decision */
  readonly redact: readonly string[];
  /** of the arguments that run, as they were judged */
  readonly facts?: Facts;
  /** monotonic, at the decision */
  readonly startedTickMs: number;
  readonly revocation: Revocation;
}

function* leavingOf(
  entries: ReadonlyMap<string, ActionEntry>,
  offered: ReadonlyMap<string, string>,
): Generator<Leaving, void> {
  for (const [id, { sequence, binding }] of entries) {
    const place = Buffer.alloc(6);
    place.writeUIntLE(sequence, 0, 6);
    yield { kind: "action", id, value: Buffer.concat([place, bytesOfBinding(binding)]) };
  }
  for (const [id, binding] of offered) {
    yield { kind: "offered", id, value: bytesOfBinding(binding) };
  }
}

const bindingPrefix = "sha256:";

function bytesOfBinding(binding: string): Buffer {
  return Buffer.from(binding.slice(bindingPrefix.length), "hex");
}

function bindingIn(value: Buffer): string {
  return `${bindingPrefix}${value.toString("hex")}`;
}

/** So many answers are kept at hand for repeats, and as many again at most; older ones are read from the log. */
const answersMin = 5_000;

/** The most ambiguous actions kept in memory; the log has them all. */
const ambiguousMax = 10_000;

/** Names what an action id stands for: the request and whose it is, and nothing of how it came. */
export function bindingOf(request: Request, credential: string, texts?: CanonicalTexts): string {
  return digestOf([credential, requestDigest(request, texts)]);
}

/**
 * The action a refusal offers instead: its own request, with an id that follows from the
 * refused one, so that it too runs at most once.
 */
export function fallbackRequest(request: Request, decision: Decision): Request | undefined {
  const { fallback } = decision;
  if (fallback === undefined || request.id === undefined) return undefined;
  const dot = fallback.tool.indexOf(".");
  const id = `${request.id}/fallback`;
  return {
    ...request,
    id: id.length <= 256 ? id : digestOf(id),
    parent: request.id,
    tool: { server: fallback.tool.slice(0, dot), name: fallback.tool.slice(dot + 1) },
    args: fallback.args,
    resources: [],
  };
}

/**
 * Which action ids are used, and what became of the permits. Entries stay for the life of the
 * log: forgetting an id would let it run twice. Older ones are in the archive.
 */
export class ActionLedger {
  readonly #entries = new KeptMap<ActionEntry>();
  /** binding of an offered fallback, by its action id */
  readonly #offered = new KeptMap<string>();
  /** by index of the decision record; those before are dropped all at once */
  #answers = new Map<number, GivenAnswer>();
  #answersBefore = new Map<number, GivenAnswer>();
  readonly #open = new Map<number, OpenPermit>();
  #ambiguous: AmbiguousAction[] = [];

  constructor(archive: Archive = new Archive()) {
    this.#entries.readPast((id) => {
      const value = archive.find("action", id);
      return value && { sequence: value.readUIntLE(0, 6), binding: bindingIn(value.subarray(6)) };
    });
    this.#offered.readPast((id) => {
      const value = archive.find("offered", id);
      return value && bindingIn(value);
    });
  }

  find(id: ActionId): ActionEntry | undefined {
    return entryIn(this.#entries, id);
  }

  /** The first use of an id stands. */
  claim(id: ActionId, entry: ActionEntry): void {
    if (this.find(id) === undefined) this.#entries.set(id.id, entry);
  }

  /** Ids that are to leave memory for the archive, until `left` settles it. */
  leave(): Iterable<Leaving> {
    return leavingOf(this.#entries.leave(), this.#offered.leave());
  }

  left(isKept: boolean): void {
    this.#entries.left(isKept);
    this.#offered.left(isKept);
  }

  remember(sequence: number, given: GivenAnswer): void {
    if (this.#answers.size >= answersMin) {
      this.#answersBefore = this.#answers;
      this.#answers = new Map();
    }
    this.#answers.set(sequence, given);
  }

  answer(sequence: number): GivenAnswer | undefined {
    return this.#answers.get(sequence) ?? this.#answersBefore.get(sequence);
  }

  offer(fallback: Request, credential: string): void {
    if (fallback.id !== undefined) this.#offered.set(fallback.id, bindingOf(fallback, credential));
  }

  /** What an id was offered for as a fallback. */
  offered(id: ActionId): string | undefined {
    return entryIn(this.#offered, id);
  }

  open(entry: OpenPermit): void {
    this.#open.set(entry.permit.sequence, entry);
  }

  /** Takes a permit out, once; undefined for one that has ended or that this ledger never held. */
  take(permit: Permit): OpenPermit | undefined {
    const entry = this.#open.get(permit.sequence);
    if (entry === undefined || entry.permit !== permit) return undefined;
    this.#open.delete(permit.sequence);
    return entry;
  }

  /** How many permits have not ended. */
  get openCount(): number {
    return this.#open.size;
  }

  openPermits(): readonly OpenPermit[] {
    return [...this.#open.values()];
  }

  /**
   * Revokes what a restriction by `cause` would refuse anew, but for the permit `except`
   * (POLICY.md section 7): whatever its agent has a part in, delegated actions too, in the same
   * session root. As in the engine, an action without a session falls under those of all.
   */
  revoke({ tenant, agent, session }: Request, except: number): void {
    const root = session?.root;
    for (const { permit, revocation } of this.#open.values()) {
      const { request, sequence } = permit;
      if (sequence === except || request.tenant !== tenant) continue;
      const chain = [request.agent, ...request.delegation.map((hop) => hop.agent)];
      if (!chain.some(({ id }) => id === agent.id)) continue;
      const held = request.session?.root;
      if (root !== undefined && held !== undefined && held !== root) continue;
      revocation.revoke(new Error("the permit was revoked by a restriction"));
    }
  }

  noteAmbiguous(action: AmbiguousAction): void {
    this.#ambiguous.push(action);
    if (this.#ambiguous.length > 2 * ambiguousMax) {
      this.#ambiguous = this.#ambiguous.slice(-ambiguousMax);
    }
  }

  ambiguous(): readonly AmbiguousAction[] {
    return this.#ambiguous.slice(-ambiguousMax);
  }
}
