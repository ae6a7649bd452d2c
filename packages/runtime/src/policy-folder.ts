import { loadPolicySet } from "@holdfast/engine";
import type { Bundle } from "@holdfast/engine";
import type { Diagnostic } from "@holdfast/model";
import { DiagnosticsError } from "./diagnostics-error.ts";
import { readPolicyFolder } from "./policy-source.ts";
import type { PolicyFile } from "./policy-source.ts";

/** A compiled policy set with the text it came from. */
export interface LoadedPolicies {
  readonly bundle: Bundle;
  readonly warnings: readonly Diagnostic[];
  /** the policy folder as it begins the paths; empty when the files came from code */
  readonly root: string;
  readonly files: readonly PolicyFile[];
}

/**
 * Compiles a policy folder, or files given by code, whole or not at all.
 *
 * @throws DiagnosticsError `policy_invalid` with every error at once; HoldfastError `policy_folder`
 */
export function loadPolicyFolder(policies: string | readonly PolicyFile[]): LoadedPolicies {
  const files = typeof policies === "string" ? readPolicyFolder(policies) : policies;
  const root = typeof policies === "string" ? rootOf(policies) : "";
  const loaded = loadPolicySet(files, { root });
  if (loaded.ok) return { bundle: loaded.bundle, warnings: loaded.warnings, root, files };
  const errors = loaded.diagnostics.filter(({ severity }) => severity === "error").length;
  throw new DiagnosticsError("policy_invalid", {
    message: `the policies do not compile: ${errors} ${errors === 1 ? "error" : "errors"}`,
    diagnostics: loaded.diagnostics,
    sources: new Map(files.map(({ path, text }) => [path, text])),
  });
}

/** As `readPolicyFolder` begins its paths. */
function rootOf(folder: string): string {
  return folder.replaceAll("\\", "/").replace(/\/+$/u, "");
}
