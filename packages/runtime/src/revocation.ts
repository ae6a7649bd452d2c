/** Whether a permit was revoked, and the signal that says so: made when it is asked for, which most never are. */
export class Revocation {
  #abort: AbortController | undefined;
  #reason: Error | undefined;

  /** The one signal of this permit. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#reason !== undefined) this.#abort.abort(this.#reason);
    }
    return this.#abort.signal;
  }

  get isRevoked(): boolean {
    return this.#reason !== undefined;
  }

  /** The first reason stands. */
  revoke(reason: Error): void {
    this.#reason ??= reason;
    this.#abort?.abort(this.#reason);
  }
}
