import { canonicalJson, effects } from "@holdfast/model";
import type { Decision, Effect, JsonLike, Request } from "@holdfast/model";
import type { Engine } from "../../engine.ts";
import { witnessInput } from "../witness/witness.ts";
import type { CaseWitness } from "../witness/witness.ts";

/**
 * What a decision means for whoever asked, without names of rules, words of reasons, waiting times
 * and the digest of the bundle: two decisions with one text are the same.
 */
export function signatureOf(decision: Decision): string {
  const { effect, code, args, result, sandbox, approvals, obligations, restrict, fallback } =
    decision;
  const people = approvals?.map(({ from, quorum, ttlMs }) =>
    canonicalJson({ from, quorum, ttlMs }),
  );
  return JSON.stringify([
    effect,
    code,
    textOf(args),
    textOf(result),
    sandbox ?? null,
    people === undefined ? null : [...new Set(people)].sort(),
    obligations.map((one) => JSON.stringify(one)).sort(),
    textOf(restrict),
    textOf(fallback),
  ]);
}

function textOf(value: JsonLike | undefined): string | null {
  return value === undefined ? null : canonicalJson(value);
}

/** How one bundle decides a witness, before people have approved what they must, and after. */
export interface Judged {
  readonly decision: Decision;
  readonly approved: Decision;
  /** arguments and result of the request, as JSON texts: a change to just these is none */
  readonly asked?: { readonly args: string | null; readonly result: string | null };
}

/** A request after the history that is given, decided by an engine. */
export function judgeRequest(
  engine: Engine,
  given: CaseWitness["given"],
  request: Request,
): Judged {
  const input = witnessInput(engine, given, request);
  const decision = engine.decide(input);
  const waits = decision.approvals?.map(({ rule }) => rule) ?? [];
  const approved = waits.length === 0 ? decision : engine.decide({ ...input, approved: waits });
  const asked = { args: textOf(request.args), result: textOf(request.result) };
  return { decision, approved, asked };
}

/** What a change of policies does to an action. */
export const changeKinds = [
  "newly_allowed",
  "widened",
  "changed",
  "narrowed",
  "newly_denied",
  "consequences",
  "reason",
] as const;
export type ChangeKind = (typeof changeKinds)[number];

/**
 * What differs between how the old set and the new one decide the same; undefined when nothing
 * does. `widened`: less narrow, or with fewer obligations, fewer approvals; `changed`: neither set
 * is the narrower; `consequences`: both deny, with other obligations, restrictions or fallback;
 * `reason`: both deny alike, for another kind of reason.
 */
export function changeBetween(before: Judged, after: Judged): ChangeKind | undefined {
  const same =
    before.decision === after.decision ||
    (signatureOf(before.decision) === signatureOf(after.decision) &&
      signatureOf(before.approved) === signatureOf(after.approved));
  if (same) return undefined;
  const [was, is] = [before.decision.effect, after.decision.effect];
  if (refuses(was) !== refuses(is)) return refuses(was) ? "newly_allowed" : "newly_denied";
  if (refuses(was)) {
    if (was === is) return deniedChange(before.decision, after.decision);
    return was === "contain" ? "widened" : "narrowed";
  }
  // What waits runs nothing yet, so that what would go with it cannot be compared.
  const comparable = runs(was) === runs(is);
  const steps = [
    rank(was) - rank(is),
    rank(before.approved.effect) - rank(after.approved.effect),
    ...(comparable ? demandSteps(before, after) : []),
  ];
  const wider = steps.some((step) => step > 0);
  const narrower = steps.some((step) => step < 0);
  if (wider === narrower) return "changed";
  return wider ? "widened" : "narrowed";
}

function runs(effect: Effect): boolean {
  return effect !== "throttle" && effect !== "defer";
}

function deniedChange(before: Decision, after: Decision): ChangeKind {
  const content = ({ obligations, restrict, fallback }: Decision): string =>
    JSON.stringify([obligations, textOf(restrict), textOf(fallback)]);
  return content(before) === content(after) ? "reason" : "consequences";
}

function refuses(effect: Effect): boolean {
  return effect === "deny" || effect === "contain";
}

function rank(effect: Effect): number {
  return effects.indexOf(effect);
}

/** What one demands and the other does not, as steps: 1 for less, -1 for more, both for other. */
function demandSteps(before: Judged, after: Judged): readonly number[] {
  const demands = ({ decision }: Judged): ReadonlySet<string> => {
    const { obligations, approvals, sandbox } = decision;
    return new Set([
      ...obligations.map((one) => JSON.stringify(one)),
      ...(approvals ?? []).map(({ from, quorum, ttlMs }) => canonicalJson({ from, quorum, ttlMs })),
      ...(sandbox === undefined ? [] : [`sandbox ${sandbox}`]),
    ]);
  };
  const [was, is] = [demands(before), demands(after)];
  const lost = [...was].some((one) => !is.has(one));
  const gained = [...is].some((one) => !was.has(one));
  const other =
    changedText(before) !== changedText(after) ||
    textOf(before.decision.fallback) !== textOf(after.decision.fallback);
  return [lost ? 1 : 0, gained ? -1 : 0, ...(other ? [1, -1] : [])];
}

/** The arguments that run and the result that is shown, as far as they are not as asked. */
function changedText({ decision, asked }: Judged): string {
  const [args, result] = [textOf(decision.args), textOf(decision.result)];
  return JSON.stringify([
    args === asked?.args ? null : args,
    result === asked?.result ? null : result,
  ]);
}
