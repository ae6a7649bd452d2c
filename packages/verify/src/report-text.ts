import { printable } from "./printable.ts";
import { problemText } from "./problem.ts";
import type { ReceiptVerdict } from "./tlog-proof.ts";
import type { Verdict } from "./verify-log.ts";

/** A verdict in lines for people. */
export function verdictLines(verdict: Verdict): readonly string[] {
  const { state, origin, size, root, begins, groups, segments, problems } = verdict;
  const lines = [
    `${state}  ${counted(size, "record")} in ${counted(segments, "segment")}, ${counted(groups, "group")}`,
  ];
  if (origin !== undefined) lines.push(`origin    ${origin}`, `head      ${size}:${root}`);
  if (begins > 0) lines.push(`pruned    records before ${begins} are gone; their hashes are not`);
  const { named, present, erased, missing } = verdict.payloads;
  lines.push(`payloads  ${present} of ${named} there, ${erased} erased, ${missing} missing`);
  lines.push(`signed    ${signedText(verdict)}`, `held      ${heldText(verdict)}`);
  lines.push(...problems.map((problem) => `problem   ${problemText(problem)}`));
  return lines.map(printable);
}

/** What a receipt proves, in lines for people. */
export function receiptLines(verdict: ReceiptVerdict): readonly string[] {
  if (!verdict.proven) return [printable(`not proven  ${verdict.why}`)];
  const { index, checkpoint, by } = verdict;
  return [
    `proven    record ${index} of ${checkpoint.origin}, which then had ${counted(checkpoint.size, "record")}`,
    ...by.map(({ text }) => `signed    ${text}`),
  ].map(printable);
}

function signedText({ checkpoints, size }: Verdict): string {
  const { kept, newest, keys } = checkpoints;
  if (kept === 0) return "no checkpoint is kept: whoever can write these files can write others";
  const whose = {
    given: "keys you gave",
    own: "the log's own keys, which its owner can exchange: give --vkey",
    none: "no key: give --vkey",
  };
  const behind =
    newest === undefined || newest >= size ? "" : `, ${counted(size - newest, "record")} newer`;
  return `${counted(kept, "checkpoint")}, newest of ${counted(newest ?? 0, "record")}${behind}; held to ${whose[keys]}`;
}

function heldText({ contains }: Verdict): string {
  if (contains.length === 0) {
    return "nothing kept elsewhere was shown to be contained: a cut of the end would not show";
  }
  const newest = Math.max(...contains);
  return `contains what you kept; below record ${newest} nothing was changed, removed or added since`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
