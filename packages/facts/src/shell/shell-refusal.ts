import type { FactErrorCode } from "@holdfast/model";

/** Thrown while a command is read, and caught by {@link shellFact}: there will be no fact. */
export class ShellRefusal extends Error {
  readonly code: FactErrorCode;

  constructor(code: FactErrorCode, reason: string) {
    super(reason);
    this.name = "ShellRefusal";
    this.code = code;
  }
}
