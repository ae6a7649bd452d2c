import type { Guard } from "@holdfast/runtime";
import { diagnosticText } from "./diagnostic-text.ts";
import { describeFailure } from "./failure.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Reads the policies of a guard again and puts them in force, and says on stderr what came of
 * it. Policies that cannot be taken leave the ones in force as they are.
 */
export async function reloadPolicies(guard: Guard, terminal: Terminal): Promise<void> {
  try {
    const { bundle, previous, sources, warnings } = await guard.activate();
    for (const warning of warnings) {
      terminal.words(`${diagnosticText(warning, sources.get(warning.span.file))}\n`);
    }
    const rules = bundle.policies.reduce((sum, policy) => sum + policy.rules.length, 0);
    const digest = bundle.digest.slice(0, 19);
    terminal.words(
      bundle.digest === previous
        ? `holdfast: the policies say what they said (${digest})`
        : `holdfast: ${rules} rules in force (${digest}), before ${previous.slice(0, 19)}`,
    );
  } catch (error) {
    terminal.words(describeFailure(error).message);
    const digest = guard.bundle.digest.slice(0, 19);
    terminal.words(`holdfast: the policies in force stay as they are (${digest})`);
  }
}
