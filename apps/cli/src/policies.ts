import type { Bundle } from "@holdfast/engine";
import { renderDiagnostic } from "@holdfast/model";
import { loadPolicyFolder } from "@holdfast/runtime";
import type { Terminal } from "./terminal.ts";

/**
 * Compiles a policy folder and shows its warnings on stderr.
 *
 * @throws DiagnosticsError with every error at once; HoldfastError `policy_folder`
 */
export function loadPolicies(folder: string, terminal: Terminal): Bundle {
  const { bundle, files, warnings } = loadPolicyFolder(folder);
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  for (const warning of warnings) {
    terminal.words(`${renderDiagnostic(warning, texts.get(warning.span.file))}\n`);
  }
  return bundle;
}
