import type { Bundle } from "@holdfast/engine";
import { loadPolicyFolder } from "@holdfast/runtime";
import type { LoadedPolicies } from "@holdfast/runtime";
import { diagnosticText } from "./diagnostic-text.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Compiles a policy folder and shows its warnings on stderr.
 *
 * @throws DiagnosticsError with every error at once; HoldfastError `policy_folder`
 */
export function loadPolicies(folder: string, terminal: Terminal): Bundle {
  return loadPolicySource(folder, terminal).bundle;
}

/**
 * The same with the texts that were compiled.
 *
 * @throws as `loadPolicies`
 */
export function loadPolicySource(folder: string, terminal: Terminal): LoadedPolicies {
  const loaded = loadPolicyFolder(folder);
  const texts = new Map(loaded.files.map(({ path, text }) => [path, text]));
  for (const warning of loaded.warnings) {
    terminal.words(`${diagnosticText(warning, texts.get(warning.span.file))}\n`);
  }
  return loaded;
}
