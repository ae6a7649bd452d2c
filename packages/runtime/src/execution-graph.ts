import type { TrailEvent } from "./session-trail.ts";

/** A decision, how its action ended, and what it led to. */
export interface ActionNode {
  readonly kind: "action";
  readonly decision: Extract<TrailEvent, { readonly kind: "decision" }>;
  readonly end?: Extract<TrailEvent, { readonly kind: "outcome" | "ambiguous" }>;
  readonly children: readonly ActionNode[];
}

/** A session with the actions that no other action led to. */
export interface SessionNode {
  readonly kind: "session";
  readonly session: string;
  /** agent it was minted for; absent when that lies before the log */
  readonly agent?: string;
  readonly actions: readonly ActionNode[];
  /** for a root: the sessions below it */
  readonly sessions: readonly SessionNode[];
}

type Growing = { -readonly [K in keyof ActionNode]: ActionNode[K] } & { children: Growing[] };
type GrowingSession = { -readonly [K in keyof SessionNode]: SessionNode[K] } & {
  actions: Growing[];
  sessions: GrowingSession[];
};

/**
 * What led to what: sessions under their root, actions under the earlier action they name as their
 * parent, else under their session. An action can name none that is not before it, so there are no
 * circles.
 */
export function executionGraph(events: readonly TrailEvent[]): readonly SessionNode[] {
  const sessions = new Map<string, GrowingSession>();
  const roots = new Set<GrowingSession>();
  const actions = new Map<string, Growing>();
  const decisions = new Map<number, Growing>();
  const sessionOf = (session: string): GrowingSession => {
    const known = sessions.get(session);
    if (known !== undefined) return known;
    const made: GrowingSession = { kind: "session", session, actions: [], sessions: [] };
    sessions.set(session, made);
    roots.add(made);
    return made;
  };
  for (const event of events) {
    if (event.kind === "session") {
      const own = sessionOf(event.session);
      own.agent = event.agent;
      if (event.root === event.session) continue;
      sessionOf(event.root).sessions.push(own);
      roots.delete(own);
    } else if (event.kind === "decision") {
      const node: Growing = { kind: "action", decision: event, children: [] };
      const parent = event.parent === undefined ? undefined : actions.get(event.parent);
      (parent?.children ?? sessionOf(event.session).actions).push(node);
      actions.set(event.action, node);
      decisions.set(event.sequence, node);
    } else if (event.kind === "outcome" || event.kind === "ambiguous") {
      const node = decisions.get(event.decision);
      if (node !== undefined) node.end = event;
    }
  }
  return [...roots];
}
