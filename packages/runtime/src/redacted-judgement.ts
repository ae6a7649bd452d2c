import { factError } from "@holdfast/facts";
import { canonicalJson } from "@holdfast/model";
import type { ActionFacts } from "@holdfast/model";
import { decideMatter } from "./guard-core.ts";
import type { GuardCore, Judged } from "./guard-core.ts";
import { redactionOf } from "./redaction.ts";
import type { Redaction } from "./redaction.ts";

/** What a decision and its input are in records; whether deciding again on that gives the same. */
export type RedactedJudged = Judged & { readonly redacted?: "recomputes" | "unreadable" };

/**
 * What is recorded of a decision on an action with a redaction, and folded: history never knows what
 * no record keeps, so that it is the same after a restart. **Guarantees** that `redacted` tells whether
 * this engine decides the same, to the byte, on what is recorded.
 */
export function redactJudged(
  core: GuardCore,
  judged: Judged,
  { redaction, isFallback }: { readonly redaction: Redaction; readonly isFallback: boolean },
): RedactedJudged {
  const { request, secrets } = redaction.request(judged.input.request);
  const named = judged.decision.fallback?.tool;
  const decision = redaction.decision(judged.decision, secrets, otherOf(core, named));
  const isSame =
    request === judged.input.request &&
    canonicalJson({ ...decision }) === canonicalJson({ ...judged.decision });
  if (isSame) return judged;
  const { facts, ...rest } = judged.input;
  const input = { ...rest, request, ...(facts === undefined ? {} : { facts: leftOut(facts) }) };
  const veto = judged.veto === undefined ? {} : { veto: redaction.veto(judged.veto, secrets) };
  const again = decideMatter(core, { input, isFallback, ...veto });
  const recomputes = canonicalJson({ ...again.decision }) === canonicalJson({ ...decision });
  const { state, meters = null } = again;
  const redacted = recomputes ? "recomputes" : "unreadable";
  return { input, decision, state, meters, redacted, ...veto };
}

/** WHY all of it: facts are made of parts of values, which no search for the whole of one finds. */
function leftOut(facts: ActionFacts): ActionFacts {
  const reason = "it is left out, as values of the action are redacted";
  const emptied = Object.entries(facts).map(([stage, of]) => {
    const names = Object.keys(of ?? {});
    return [
      stage,
      Object.fromEntries(names.map((name) => [name, factError("unavailable", reason)])),
    ];
  });
  return Object.fromEntries(emptied) as ActionFacts;
}

/** What is redacted of the tool that is named, where it has a document. */
function otherOf({ admission }: GuardCore, named: string | undefined): Redaction | undefined {
  const dot = named?.indexOf(".") ?? -1;
  if (named === undefined || dot < 0) return undefined;
  const tool = { server: named.slice(0, dot), name: named.slice(dot + 1) };
  return redactionOf(admission.registry.document(tool)?.redact, admission.redactionKey);
}
