import { canonicalBytes, parseJson } from "@holdfast/model";
import type { Request } from "@holdfast/model";
import { z } from "zod";
import { Archive } from "./snapshot/archive.ts";
import { KeptMap } from "./snapshot/kept-map.ts";
import type { Leaving } from "./snapshot/run-merge.ts";

/** A session as the runtime minted it. */
export interface Session {
  readonly id: string;
  /** the first session of the run; session-keyed state lives there */
  readonly root: string;
  readonly tenant: string;
  readonly agent: string;
  /** name of the credential it is bound to; no one else can use it */
  readonly credential: string;
  readonly task?: string;
  readonly startedMs: number;
}

const sessionSchema: z.ZodType<Session> = z.strictObject({
  id: z.string(),
  root: z.string(),
  tenant: z.string(),
  agent: z.string(),
  credential: z.string(),
  task: z.string().exactOptional(),
  startedMs: z.number(),
});

/** The sessions of a guard. Kept for the life of the log, so that an id is never given twice. */
export class SessionTable {
  readonly #sessions = new KeptMap<Session>();

  constructor(archive: Archive = new Archive()) {
    this.#sessions.readPast((id) => {
      const value = archive.find("session", id);
      return value && sessionSchema.parse(parseJson(value));
    });
  }

  add(session: Session): void {
    this.#sessions.set(session.id, session);
  }

  find(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  /** Sessions that are to leave memory for the archive, until `left` settles it. */
  leave(): Iterable<Leaving> {
    return leavingOf(this.#sessions.leave());
  }

  left(isKept: boolean): void {
    this.#sessions.left(isKept);
  }

  /**
   * What is wrong with the use of a session, or undefined. The answer is the same for an id
   * that nobody has and for one that someone else has, so that ids cannot be probed.
   */
  problem(
    id: string,
    use: { tenant: string; agent: string; credential: string },
  ): string | undefined {
    const session = this.#sessions.get(id);
    const isOwn =
      session !== undefined &&
      session.tenant === use.tenant &&
      session.agent === use.agent &&
      session.credential === use.credential;
    return isOwn ? undefined : "the session was not opened by this caller for this agent";
  }
}

function* leavingOf(sessions: ReadonlyMap<string, Session>): Generator<Leaving, void> {
  for (const [id, session] of sessions) {
    yield { kind: "session", id, value: canonicalBytes({ ...session }) };
  }
}

/** The session part of a request, from the table and never from the request. */
export function sessionPart(session: Session): NonNullable<Request["session"]> {
  return {
    id: session.id,
    root: session.root,
    ...(session.task === undefined ? {} : { task: session.task }),
    started: new Date(session.startedMs).toISOString(),
  };
}
