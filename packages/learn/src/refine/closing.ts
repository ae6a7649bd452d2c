/** A rule that was found to stop attacks that survived, as a policy document. */
export interface ClosingProposal {
  /** what it is called, for whoever reads of it */
  readonly name: string;
  /** YAML of its documents */
  readonly policy: string;
  /** ids of the attacks that it stops */
  readonly kills: readonly string[];
}

/**
 * The fewest proposals, as far as taking the one that stops most of what is left finds them, that stop
 * every attack that any of them stops. Of equals the shorter text, then the first by its text. Pure,
 * whatever the order.
 */
export function closingProposals(
  proposals: readonly ClosingProposal[],
): readonly ClosingProposal[] {
  const left = new Set(proposals.flatMap(({ kills }) => kills));
  const taken: ClosingProposal[] = [];
  const gain = ({ kills }: ClosingProposal): number =>
    new Set(kills.filter((id) => left.has(id))).size;
  while (left.size > 0) {
    const best = proposals.toSorted(
      (a, b) =>
        gain(b) - gain(a) ||
        a.policy.length - b.policy.length ||
        (a.policy < b.policy ? -1 : a.policy > b.policy ? 1 : 0),
    )[0];
    if (best === undefined || gain(best) === 0) break;
    taken.push(best);
    for (const id of best.kills) left.delete(id);
  }
  return taken;
}
