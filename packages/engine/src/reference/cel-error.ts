import type { Range } from "../cel/syntax.ts";

/**
 * The codes evaluation itself produces. Host functions may use codes of their own.
 * `limit` ends the whole evaluation and is never absorbed; every other code is absorbed by
 * `&&`, `||`, `all` and `exists` as the specification says.
 */
export type CelErrorCode =
  | "unknown_name"
  | "unknown_function"
  | "no_such_overload"
  | "no_such_key"
  | "index_out_of_range"
  | "overflow"
  | "divide_by_zero"
  | "invalid_argument"
  | "duplicate_key"
  | "unsupported_key"
  | "no_value"
  | "limit"
  | "internal";

/**
 * An evaluation error, which in CEL is a value that operators may absorb (cel-spec, langdef.md,
 * "Evaluation"). `range` is the smallest expression that failed, once evaluation has passed it.
 * It is data, not an exception: it carries no stack, so equal failures are equal.
 */
export class CelError {
  readonly code: string;
  readonly message: string;
  readonly range: Range | undefined;

  constructor(code: string, message: string, range?: Range) {
    this.code = code;
    this.message = message;
    this.range = range;
  }

  /** The same error, standing at `range` unless it already stands at a smaller place. */
  at(range: Range): CelError {
    return this.range === undefined ? new CelError(this.code, this.message, range) : this;
  }
}

/** An error of evaluation itself, with a code of the closed set. */
export function celError(code: CelErrorCode, message: string): CelError {
  return new CelError(code, message);
}
