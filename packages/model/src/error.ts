import type { Span } from "./span.ts";

/**
 * Every error this project throws on purpose. `code` is stable and is what programs compare;
 * the message is for people: lower case, no final period, user input in backticks.
 * A refusal is not an error but a decision; a bug is a plain `Error`.
 */
export class HoldfastError extends Error {
  readonly code: string;
  /** where in a text it went wrong, when it was a text */
  readonly span?: Span;

  constructor(
    code: string,
    message: string,
    options: { readonly span?: Span; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "HoldfastError";
    this.code = code;
    if (options.span !== undefined) this.span = options.span;
  }
}
