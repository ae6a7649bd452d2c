/** A place in a queue. */
export interface Turn {
  /** resolves when all that came before have left; undefined when nobody did */
  readonly before: Promise<void> | undefined;
  readonly leave: () => void;
}

/** Queues by key: whoever enters goes on only after all that entered before it have left. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  get isEmpty(): boolean {
    return this.#last.size === 0;
  }

  /** Whether anybody is in the queue. */
  isTaken(key: string): boolean {
    return this.#last.has(key);
  }

  enter(key: string): Turn {
    const before = this.#last.get(key);
    let leave = (): void => undefined;
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const last = before === undefined ? left : before.then(() => left);
    this.#last.set(key, last);
    return {
      before,
      leave: () => {
        leave();
        if (this.#last.get(key) === last) this.#last.delete(key);
      },
    };
  }
}
