import { createEngine, loadPolicySet } from "@holdfast/engine";
import type { Bundle, PolicyFileText } from "@holdfast/engine";
import { closingProposals, editedFiles, refine, withDocument } from "@holdfast/learn";
import type {
  ClosingProposal,
  PolicyEdit,
  RecordedCase,
  RefusedCall,
  Unresolved,
} from "@holdfast/learn";
import { reviewLog } from "@holdfast/runtime";
import type { LoadedPolicies, ReviewedDecision } from "@holdfast/runtime";
import type { Reviews } from "./review-file.ts";

/** What a refinement rests on. */
export interface RefinementInput {
  readonly policies: LoadedPolicies;
  readonly data: string;
  /** Unix ms */
  readonly sinceMs: number;
  readonly reviews: Reviews;
  readonly proposals: readonly ClosingProposal[];
  readonly progress: (records: number) => void;
}

/** A refined policy set, and what became of what was reviewed. */
export interface RefinedSet {
  readonly files: readonly PolicyFileText[];
  readonly bundle: Bundle;
  readonly edits: readonly PolicyEdit[];
  readonly unresolved: readonly Unresolved[];
  readonly closed: readonly ClosingProposal[];
  /** proposals that would refuse work, with the records of it */
  readonly tooNarrow: readonly {
    readonly proposal: ClosingProposal;
    readonly records: readonly number[];
  }[];
  /** reviewed calls as the refined set decides them */
  readonly approved: readonly RecordedCase[];
  readonly denied: readonly RecordedCase[];
  readonly redacted: number;
}

/** An approved call may be refused by one rule after the other; more than so many and it stays refused. */
const roundsMax = 8;

/** Refines a policy set by a log: first what is missing from it, then what people approved. */
export async function refined(input: RefinementInput): Promise<RefinedSet> {
  const { policies, proposals } = input;
  const { root } = policies;
  let { files, bundle } = policies as { files: readonly PolicyFileText[]; bundle: Bundle };
  const { closed, tooNarrow } = await closing(input, proposals);
  for (const { policy } of closed) files = withDocument(files, policy, root);
  bundle = compiled(files, root) ?? bundle;
  const edits: PolicyEdit[] = [];
  const unresolved = new Map<number, string>();
  let review = await reviewed(input, bundle);
  for (let round = 0; round < roundsMax; round += 1) {
    const open = review.refused.filter(({ sequence }) => !unresolved.has(sequence));
    const proposal = refine(open, bundle);
    for (const { sequence, because } of proposal.unresolved) unresolved.set(sequence, because);
    let isChanged = false;
    for (const edit of proposal.edits) {
      const next = editedFiles(files, [edit], root);
      const compiles = compiled(next, root);
      if (compiles === undefined) {
        const because = `its tools' schemas do not let \`${edit.condition}\` be asked; change the rule by hand`;
        for (const sequence of edit.calls) unresolved.set(sequence, because);
      } else {
        [files, bundle, isChanged] = [next, compiles, true];
        edits.push(edit);
      }
    }
    if (!isChanged) break;
    review = await reviewed(input, bundle);
  }
  for (const { sequence, review: said } of review.refused) {
    if (said !== "approved" || unresolved.has(sequence)) continue;
    unresolved.set(sequence, "it is refused all the same");
  }
  return {
    files,
    bundle,
    edits,
    unresolved: [...unresolved].map(([sequence, because]) => ({ sequence, because })),
    closed,
    tooNarrow,
    approved: review.approved,
    denied: review.denied,
    redacted: review.redacted,
  };
}

/** The proposals to take; those that would refuse calls that ran, or were approved, are left out. */
async function closing(
  input: RefinementInput,
  proposals: readonly ClosingProposal[],
): Promise<Pick<RefinedSet, "closed" | "tooNarrow">> {
  const { files, root } = input.policies;
  const tooNarrow: { proposal: ClosingProposal; records: readonly number[] }[] = [];
  const left = new Set(proposals);
  if (left.size === 0) return { closed: [], tooNarrow };
  const before = await ranNow(input, input.policies.bundle);
  for (;;) {
    const chosen = closingProposals([...left]);
    const refusing = await firstRefusing(chosen, async ({ policy }) => {
      const bundle = compiled(withDocument(files, policy, root), root);
      const after = bundle === undefined ? new Set<number>() : await ranNow(input, bundle);
      return [...before].filter((sequence) => !after.has(sequence));
    });
    if (refusing === undefined) return { closed: chosen, tooNarrow };
    left.delete(refusing.proposal);
    tooNarrow.push(refusing);
  }
}

async function firstRefusing(
  proposals: readonly ClosingProposal[],
  refusedBy: (proposal: ClosingProposal) => Promise<readonly number[]>,
): Promise<RefinedSet["tooNarrow"][number] | undefined> {
  for (const proposal of proposals) {
    const records = await refusedBy(proposal);
    if (records.length > 0) return { proposal, records };
  }
  return undefined;
}

/** Calls that a bundle lets run: those that ran, and those that people approved. */
async function ranNow(input: RefinementInput, bundle: Bundle): Promise<ReadonlySet<number>> {
  const records = new Set<number>();
  for await (const each of decisionsOf(input, bundle)) {
    if (!runs(each)) continue;
    const review = reviewOf(input.reviews, each);
    if (review === "approved" || (each.granted && review !== "denied")) records.add(each.sequence);
  }
  return records;
}

interface LogReview {
  readonly refused: readonly RefusedCall[];
  readonly approved: readonly RecordedCase[];
  readonly denied: readonly RecordedCase[];
  readonly redacted: number;
}

async function reviewed(input: RefinementInput, bundle: Bundle): Promise<LogReview> {
  const refused: RefusedCall[] = [];
  const cases = { approved: [] as RecordedCase[], denied: [] as RecordedCase[] };
  let redacted = 0;
  for await (const each of decisionsOf(input, bundle, () => void (redacted += 1))) {
    const { sequence, decision } = each;
    const { request, external, nowMs } = each.input;
    const review = reviewOf(input.reviews, each);
    if (!runs(each)) {
      refused.push({
        sequence,
        server: request.tool.server,
        tool: request.tool.name,
        agent: request.agent.id,
        args: request.args,
        review,
        code: decision.code,
        rules: decision.rules,
      });
    }
    if (review === "open") continue;
    const { effect, rules } = decision;
    const name = `record ${sequence}, ${review} by a person`;
    const seen = each.seen();
    cases[review].push({ name, nowMs, request, external, seen, expect: { effect, rules } });
  }
  return { refused, ...cases, redacted };
}

function decisionsOf(
  { data, sinceMs, progress }: RefinementInput,
  bundle: Bundle,
  redacted: () => void = () => undefined,
): AsyncGenerator<ReviewedDecision, void> {
  return reviewLog(data, createEngine(bundle), { sinceMs, progress, redacted });
}

function reviewOf(reviews: Reviews, { action, sequence, approved }: ReviewedDecision) {
  const said = reviews.of(action, sequence);
  return said === "open" && approved ? "approved" : said;
}

function runs({ decision: { effect } }: ReviewedDecision): boolean {
  return effect === "allow" || effect === "modify" || effect === "sandbox";
}

function compiled(files: readonly PolicyFileText[], root: string): Bundle | undefined {
  const loaded = loadPolicySet(files, { root });
  return loaded.ok ? loaded.bundle : undefined;
}
