import { HoldfastError } from "@holdfast/model";
import type { Diagnostic } from "@holdfast/model";

/** A text that cannot be used: everything that is wrong with it at once. */
export class DiagnosticsError extends HoldfastError {
  readonly diagnostics: readonly Diagnostic[];
  /** text of each file a diagnostic points into, by the path its spans name */
  readonly sources: ReadonlyMap<string, string>;

  constructor(
    code: "policy_invalid" | "configuration_invalid",
    options: {
      readonly message: string;
      readonly diagnostics: readonly Diagnostic[];
      readonly sources: ReadonlyMap<string, string>;
    },
  ) {
    super(code, options.message);
    this.name = "DiagnosticsError";
    this.diagnostics = options.diagnostics;
    this.sources = options.sources;
  }
}
