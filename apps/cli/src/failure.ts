import { HoldfastError } from "@holdfast/model";
import { DiagnosticsError } from "@holdfast/runtime";
import { diagnosticText } from "./diagnostic-text.ts";
import { exitCode } from "./exit-code.ts";

/** A command that ends early: what the person reads on stderr, and the exit code. */
export class CommandFailure extends Error {
  readonly exitCode: number;

  constructor(message: string, code: number) {
    super(message);
    this.name = "CommandFailure";
    this.exitCode = code;
  }
}

/** Bad arguments: says what was wrong and what to do; exit 2. */
export function badArguments(message: string): CommandFailure {
  return new CommandFailure(message, exitCode.arguments);
}

/** What to print for anything thrown, and which code to exit with. */
export interface Failure {
  readonly message: string;
  readonly exitCode: number;
}

/**
 * Describes anything thrown. Texts that do not compile are shown whole, every error with its
 * source line; coded errors keep their code; anything else is an internal error, said as such.
 */
export function describeFailure(error: unknown): Failure {
  if (error instanceof CommandFailure) return error;
  if (error instanceof DiagnosticsError) {
    const shown = error.diagnostics.map((diagnostic) =>
      diagnosticText(diagnostic, error.sources.get(diagnostic.span.file)),
    );
    return { message: [...shown, error.message].join("\n\n"), exitCode: codeOf(error.code) };
  }
  if (error instanceof HoldfastError) {
    return { message: `${error.code} ${error.message}`, exitCode: codeOf(error.code) };
  }
  if (isSystemError(error)) {
    const of = error.path === undefined ? "" : ` \`${error.path}\``;
    if (error.syscall === "mkdir") {
      const message = `cannot make the folder${of}: ${error.code}; name one where you may write`;
      return { message, exitCode: exitCode.arguments };
    }
    return { message: `cannot ${error.syscall}${of}: ${error.code}`, exitCode: exitCode.arguments };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message: `internal error: ${text}`, exitCode: exitCode.internal };
}

/** What the system refused: a path that is a file, a folder without permission, a full disk. */
function isSystemError(
  error: unknown,
): error is Error & { readonly code: string; readonly syscall: string; readonly path?: string } {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    "syscall" in error &&
    typeof error.syscall === "string"
  );
}

/** Errors whose cause is in what the person gave, or that the person can take away. */
const argumentErrors: ReadonlySet<string> = new Set([
  "policy_folder",
  "configuration_unreadable",
  "configuration_invalid",
  "guard_options",
  "demo_folder",
  "run_invalid",
  "export_cursor",
  "log_locked",
  "log_vkey",
  "log_proof_index",
  "log_proof_record",
  "hold_exists",
  "hold_unknown",
  "prune_held",
  "prune_snapshot",
  "erasure_held",
  "erasure_subject",
  "erasure_unknown",
]);

function codeOf(code: string): number {
  if (code === "policy_invalid" || code === "definition_invalid")
    return exitCode.policyDoesNotCompile;
  if (argumentErrors.has(code) || code.startsWith("environment_")) return exitCode.arguments;
  if (code.startsWith("log_") || code.startsWith("payload_")) return exitCode.logVerificationFailed;
  return exitCode.internal;
}
