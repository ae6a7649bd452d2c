import type { Effect } from "@holdfast/model";

/** The command's exit codes; stable, documented in docs/cli.md. */
export const exitCode = {
  ok: 0,
  internal: 1,
  arguments: 2,
  policyDoesNotCompile: 3,
  policyTestsFailed: 4,
  notAllowed: 5,
  pending: 6,
  logVerificationFailed: 7,
  /** `print --check`: the folder is not what would be printed; `replay`: a decision came out otherwise */
  differs: 9,
  /** findings: `lint`: something as bad as `--level`; `fmt --check`: a file would change */
  findings: 10,
  /** `wrap`: Holdfast itself failed, as opposed to the wrapped command */
  wrapFailed: 125,
} as const;

/** The exit code of a command that decided exactly one request. */
export function exitCodeOfEffect(effect: Effect): number {
  switch (effect) {
    case "allow":
    case "modify":
    case "sandbox":
      return exitCode.ok;
    case "step_up":
    case "defer":
      return exitCode.pending;
    case "throttle":
    case "deny":
    case "contain":
      return exitCode.notAllowed;
  }
}
