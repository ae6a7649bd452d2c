import type { RecordPlace, TailPlace } from "@holdfast/log";
import type { AuditIndex, IndexBatch, IndexFilter, IndexHit, IndexPage } from "./audit-index.ts";
import type { IndexRow, SessionName } from "./index-row.ts";
import { endedSubject, subjectTest } from "./subject.ts";
import type { Subject } from "./subject.ts";

interface Entry {
  readonly place: RecordPlace;
  readonly timeMs: number;
  readonly session: SessionName | undefined;
  readonly subject: Subject;
  end?: RecordPlace;
  ended?: Subject;
}

/** An index that is gone with its process: for logs that nobody may write beside, and for tests. */
export class MemoryIndex implements AuditIndex {
  readonly #decisions = new Map<number, Entry>();
  #sessions: { readonly place: RecordPlace; readonly session: SessionName }[] = [];
  #place: TailPlace | undefined;

  async place(): Promise<TailPlace | undefined> {
    return this.#place;
  }

  async apply({ from, rows, place }: IndexBatch): Promise<boolean> {
    if ((this.#place?.size ?? from) !== from) return false;
    for (const row of rows) this.#take(row);
    this.#place = place;
    return true;
  }

  async find(filter: IndexFilter, page: IndexPage): Promise<readonly IndexHit[]> {
    const { newestFirst, limit, beyond } = page;
    const fits = subjectTest(filter);
    const entries = [...this.#decisions.values()];
    const hits: IndexHit[] = [];
    for (const entry of newestFirst ? entries.reverse() : entries) {
      if (hits.length >= limit) break;
      const { place, end, subject, ended } = entry;
      const passed = newestFirst
        ? place.index >= (beyond ?? Infinity)
        : place.index <= (beyond ?? -1);
      if (passed || !isWithin(entry, filter)) continue;
      if (!fits(subject) && (ended === undefined || !fits(ended))) continue;
      hits.push(end === undefined ? { decision: place } : { decision: place, end });
    }
    return hits;
  }

  async trail(session: string): Promise<readonly RecordPlace[]> {
    const places = this.#sessions
      .filter((row) => belongs(row.session, session))
      .map(({ place }) => place);
    for (const { place, end, session: own } of this.#decisions.values()) {
      if (own === undefined || !belongs(own, session)) continue;
      places.push(place, ...(end === undefined ? [] : [end]));
    }
    return places.sort((a, b) => a.index - b.index);
  }

  async clear(): Promise<void> {
    this.#decisions.clear();
    this.#sessions = [];
    this.#place = undefined;
  }

  async close(): Promise<void> {
    await this.clear();
  }

  #take(row: IndexRow): void {
    const { index, segment, offset } = row;
    const place = { index, segment, offset };
    switch (row.kind) {
      case "decision": {
        const { timeMs, session, subject } = row;
        this.#decisions.set(index, { place, timeMs, session, subject });
        return;
      }
      case "outcome":
      case "ambiguous": {
        const entry = this.#decisions.get(row.decision);
        if (entry === undefined) return;
        entry.end = place;
        if (row.kind === "outcome") entry.ended = endedSubject(entry.subject, row.verdict);
        return;
      }
      case "session":
        this.#sessions.push({ place, session: row.session });
        return;
      case "pruned":
        for (const before of this.#decisions.keys()) {
          if (before < row.minimum) this.#decisions.delete(before);
        }
        this.#sessions = this.#sessions.filter(({ place }) => place.index >= row.minimum);
    }
  }
}

function isWithin({ session, timeMs }: Entry, filter: IndexFilter): boolean {
  const { sinceMs = 0, untilMs = Infinity } = filter;
  if (timeMs < sinceMs || timeMs >= untilMs) return false;
  return (
    filter.session === undefined || (session !== undefined && belongs(session, filter.session))
  );
}

function belongs({ id, root }: SessionName, session: string): boolean {
  return id === session || root === session;
}
