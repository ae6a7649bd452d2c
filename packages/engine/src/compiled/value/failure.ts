import type { Range } from "../../cel/syntax.ts";

/** An evaluation error: a value that operators may absorb, standing where it was met. */
export class Failure {
  readonly code: string;
  readonly message: string;
  readonly range: Range | undefined;

  constructor(code: string, message: string, range?: Range) {
    this.code = code;
    this.message = message;
    this.range = range;
  }

  /** The same error at `range`, unless it already stands at a smaller place. */
  at(range: Range): Failure {
    return this.range === undefined ? new Failure(this.code, this.message, range) : this;
  }
}

/** Thrown inside one evaluation alone: a spent limit ends it whole and is absorbed by nothing. */
export class LimitReached extends Error {
  readonly failure: Failure;

  constructor(message: string) {
    super(message);
    this.failure = new Failure("limit", message);
  }
}

/** The error of arguments whose types nothing takes. */
export function noOverload(name: string, types: readonly string[]): Failure {
  return new Failure("no_such_overload", `\`${name}\` does not take (${types.join(", ")})`);
}
