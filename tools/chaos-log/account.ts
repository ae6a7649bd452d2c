import { readOpened } from "@holdfast/runtime";
import { decodeRecord } from "@holdfast/model";
import type { Promised } from "./side-file.ts";

/** What a log holds of what workers are promised. */
export class Account {
  readonly #decisions = new Map<string, { sequence: number; granted: boolean }>();
  readonly #ended = new Set<number>();
  readonly #sessions = new Set<string>();
  readonly #observed = new Set<string>();
  /** records read so far */
  size = 0;
  recoveries = 0;

  /** Reads what came since it was last read. */
  async read(directory: string): Promise<void> {
    for await (const { index, body, payload } of readOpened(directory, { from: this.size })) {
      const record = decodeRecord(body);
      this.size = index + 1;
      if (record.kind === "recovery") this.recoveries += 1;
      if (record.kind === "session") this.#sessions.add(record.id);
      if (record.kind === "outcome") this.#ended.add(record.decision);
      if (record.kind === "observation" && payload instanceof Uint8Array) {
        const { text } = JSON.parse(Buffer.from(payload).toString()) as { text: string };
        this.#observed.add(`${record.session.id} ${text}`);
      }
      if (record.kind === "decision") {
        const { action, granted } = record;
        this.#decisions.set(action.id, { sequence: index, granted });
      }
    }
  }

  /** Acknowledged records that are not there. */
  lost(promised: Promised): string[] {
    const { sessions, observed, executed, ended, refused } = promised;
    const isEnded = (id: string): boolean =>
      this.#ended.has(this.#decisions.get(id)?.sequence ?? -1);
    return [
      ...sessions.filter((id) => !this.#sessions.has(id)).map((id) => `session ${id}`),
      ...observed.filter((text) => !this.#observed.has(text)).map((text) => `observation ${text}`),
      ...[...refused.keys()].filter((id) => !this.#decisions.has(id)).map((id) => `refusal ${id}`),
      ...[...executed.keys()].filter((id) => !this.#decisions.has(id)).map((id) => `permit ${id}`),
      ...ended.filter((id) => !isEnded(id)).map((id) => `outcome ${id}`),
    ];
  }

  /** Actions that were carried out without a record that permits them. */
  unrecorded({ executed }: Promised): string[] {
    return [...executed.keys()].filter((id) => this.#decisions.get(id)?.granted !== true);
  }

  /** Actions that were carried out and have no outcome. */
  open({ executed }: Promised): string[] {
    return [...executed.keys()].filter(
      (id) => !this.#ended.has(this.#decisions.get(id)?.sequence ?? -1),
    );
  }
}
