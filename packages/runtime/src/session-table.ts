import type { Request } from "@holdfast/model";

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

/** The sessions of a guard. Kept for the life of the log, so that an id is never given twice. */
export class SessionTable {
  readonly #sessions = new Map<string, Session>();

  add(session: Session): void {
    this.#sessions.set(session.id, session);
  }

  find(id: string): Session | undefined {
    return this.#sessions.get(id);
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

/** The session part of a request, from the table and never from the request. */
export function sessionPart(session: Session): NonNullable<Request["session"]> {
  return {
    id: session.id,
    root: session.root,
    ...(session.task === undefined ? {} : { task: session.task }),
    started: new Date(session.startedMs).toISOString(),
  };
}
