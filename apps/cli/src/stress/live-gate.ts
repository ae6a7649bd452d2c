import { fileURLToPath } from "node:url";
import { printable } from "@holdfast/model";
import type { JsonObject } from "@holdfast/model";
import { openGuard } from "@holdfast/runtime";
import type { CommandContext } from "../command-context.ts";
import { exitCode } from "../exit-code.ts";
import { describeFailure } from "../failure.ts";
import { version } from "../version.ts";
import { note } from "./live-plan.ts";
import type { LivePlan } from "./live-plan.ts";

/** The command itself, as it is started. */
export const program: string = fileURLToPath(new URL("../../bin/holdfast.js", import.meta.url));

/**
 * The gate of a live run, which a client starts as its server: the gateway of `holdfast wrap mcp`, with
 * enforcement as ever, before a server whose answers are poisoned. Notes each call and what was decided.
 */
export async function runLiveGate(
  context: CommandContext,
  plan: LivePlan,
  planPath: string,
): Promise<number> {
  const { runStdioGateway } = await import("@holdfast/gateway-mcp");
  const { stdin, stdout, stderr, env } = context.host;
  try {
    const guard = await openGuard({
      policies: plan.policy,
      data: plan.data,
      pep: { type: "mcp-stdio", id: plan.alias, version },
      notice: (text) => context.terminal().words(`holdfast: ${printable(text)}`),
      environment: plan.environment,
    });
    try {
      return await runStdioGateway({
        guard: {
          get bundle() {
            return guard.bundle;
          },
          begin: async (request, caller) => {
            const verdict = await guard.begin(request, caller);
            const { effect, code, rules } = verdict.decision;
            const args = (request.args ?? {}) as JsonObject;
            const { tool } = request;
            note(plan, {
              kind: "call",
              tool: tool.name,
              args,
              granted: verdict.granted,
              effect,
              code,
              rules,
            });
            return verdict;
          },
          end: (permit, ending) => guard.end(permit, ending),
          registerTools: (server, definitions) => guard.registerTools(server, definitions),
          couldAllow: (request, caller) => guard.couldAllow(request, caller),
          openSession: (start, caller) => guard.openSession(start, caller),
          observe: (session, seen, caller) => guard.observe(session, seen, caller),
        },
        serverAlias: plan.alias,
        command: process.execPath,
        args: [program, "stress", "poison", planPath],
        env,
        stdin,
        stdout,
        stderr,
        agent: plan.agent,
        ...(plan.prompt === undefined ? {} : { prompt: plan.prompt }),
      });
    } finally {
      await guard.close();
    }
  } catch (error) {
    context.terminal().words(describeFailure(error).message);
    return exitCode.wrapFailed;
  }
}
