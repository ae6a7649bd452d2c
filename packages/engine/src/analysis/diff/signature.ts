import { canonicalJson, effects } from "@holdfast/model";
import type { Decision, Effect } from "@holdfast/model";
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

function textOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/** How one bundle decides a witness, before people have approved what they must, and after. */
export interface Judged {
  readonly decision: Decision;
  readonly approved: Decision;
  /** rules that held */
  readonly matched: readonly string[];
}

/** A witness decided by an engine; undefined when it is no request. */
export function judge(engine: Engine, witness: CaseWitness): Judged | undefined {
  const read = witnessInput(engine, witness);
  if ("problem" in read) return undefined;
  const { input } = read;
  const decision = engine.decide(input);
  const waits = decision.approvals?.map(({ rule }) => rule) ?? [];
  const approved = waits.length === 0 ? decision : engine.decide({ ...input, approved: waits });
  return { decision, approved, matched: engine.explain(input).matched };
}

/** What a change of policies does to an action. */
export const changeKinds = [
  "newly_allowed",
  "widened",
  "changed",
  "narrowed",
  "newly_denied",
  "reason",
] as const;
export type ChangeKind = (typeof changeKinds)[number];

/**
 * What differs between how the old set and the new one decide the same; undefined when nothing
 * does. `widened`: less narrow, or with fewer obligations, fewer approvals; `changed`: neither set
 * is the narrower; `reason`: both deny, for another kind of reason.
 */
export function changeBetween(before: Judged, after: Judged): ChangeKind | undefined {
  const same =
    signatureOf(before.decision) === signatureOf(after.decision) &&
    signatureOf(before.approved) === signatureOf(after.approved);
  if (same) return undefined;
  const [was, is] = [before.decision.effect, after.decision.effect];
  if (refuses(was) !== refuses(is)) return refuses(was) ? "newly_allowed" : "newly_denied";
  if (refuses(was) && was === is) return deniedChange(before.decision, after.decision);
  const steps = [
    rank(was) - rank(is),
    rank(before.approved.effect) - rank(after.approved.effect),
    ...demandSteps(before.decision, after.decision),
  ];
  const wider = steps.some((step) => step > 0);
  const narrower = steps.some((step) => step < 0);
  if (wider === narrower) return "changed";
  return wider ? "widened" : "narrowed";
}

function deniedChange(before: Decision, after: Decision): ChangeKind {
  const content = ({ obligations, restrict, fallback }: Decision): string =>
    JSON.stringify([obligations, textOf(restrict), textOf(fallback)]);
  return content(before) === content(after) ? "reason" : "changed";
}

function refuses(effect: Effect): boolean {
  return effect === "deny" || effect === "contain";
}

function rank(effect: Effect): number {
  return effects.indexOf(effect);
}

/** What one demands and the other does not, as steps: 1 for less, -1 for more, both for other. */
function demandSteps(before: Decision, after: Decision): readonly number[] {
  const demands = ({ obligations, approvals, sandbox }: Decision): ReadonlySet<string> =>
    new Set([
      ...obligations.map((one) => JSON.stringify(one)),
      ...(approvals ?? []).map(({ from, quorum, ttlMs }) => canonicalJson({ from, quorum, ttlMs })),
      ...(sandbox === undefined ? [] : [`sandbox ${sandbox}`]),
    ]);
  const [was, is] = [demands(before), demands(after)];
  const lost = [...was].some((one) => !is.has(one));
  const gained = [...is].some((one) => !was.has(one));
  const other =
    textOf(before.args) !== textOf(after.args) ||
    textOf(before.result) !== textOf(after.result) ||
    textOf(before.fallback) !== textOf(after.fallback);
  return [lost ? 1 : 0, gained ? -1 : 0, ...(other ? [1, -1] : [])];
}
