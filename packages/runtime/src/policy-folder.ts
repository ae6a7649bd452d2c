import { setImmediate } from "node:timers/promises";
import { loadPolicySet, policySetLoading } from "@holdfast/engine";
import type { Bundle, LoadResult } from "@holdfast/engine";
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
  const texts = textsOf(policies);
  return compiled(texts, loadPolicySet(texts.files, texts));
}

/**
 * As `loadPolicyFolder`, giving others their turn after each file and each check.
 *
 * @throws as `loadPolicyFolder`
 */
export async function loadPolicyFolderInTurns(
  policies: string | readonly PolicyFile[],
): Promise<LoadedPolicies> {
  const texts = textsOf(policies);
  const steps = policySetLoading(texts.files, texts);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return compiled(texts, step.value);
    await setImmediate();
  }
}

type Texts = Pick<LoadedPolicies, "root" | "files">;

function textsOf(policies: string | readonly PolicyFile[]): Texts {
  if (typeof policies !== "string") {
    // A copy: what is compiled in turns must be what is kept afterwards.
    return { files: policies.map(({ path, text }) => ({ path, text })), root: "" };
  }
  return { files: readPolicyFolder(policies), root: rootOf(policies) };
}

function compiled({ files, root }: Texts, loaded: LoadResult): LoadedPolicies {
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
