import type { FoundCheckpoint } from "./checkpoint-chain.ts";
import type { KeyRing } from "./key-ring.ts";
import type { Problem, ProblemCode } from "./problem.ts";
import { judgeNote } from "./signed-note.ts";
import type { VerifierKey } from "./signed-note.ts";

/** What the log that was read has to say to a checkpoint. */
export interface LogBehind {
  readonly origin: string;
  /** number of records that are vouched for */
  readonly size: number;
  /** index of the first record that is there; roots of smaller trees cannot be computed */
  readonly begins: number;
  /** roots of trees by size, as far as they were asked for and passed */
  readonly roots: ReadonlyMap<number, string | undefined>;
}

/** A tree head; the root is in lower-case hex. */
export interface Head {
  readonly size: number;
  readonly root: string;
}

/** What there is to say of the notes that a log keeps. */
export interface KeptVerdict {
  readonly problems: readonly Problem[];
  /** size of the newest one with nothing wrong; 0 without any */
  readonly covered: number;
}

/** Where the newest note is shown. */
const copyPath = "checkpoint";
const signedCodes = { behind: "log_checkpoint_behind", root: "log_checkpoint_root" } as const;
const heldCodes = { behind: "log_behind_held", root: "log_fork" } as const;

type SignedBy = readonly VerifierKey[] | Pick<Problem, "code" | "message">;

/**
 * Holds a log to all notes it keeps: of this log, signed by a key of its name and across a change
 * of keys by both, each of more records than the one before, with the roots that its records have;
 * and the newest signed by a key that is believed.
 */
export function judgeKept(
  found: readonly FoundCheckpoint[],
  log: LogBehind,
  keys: { readonly known: readonly VerifierKey[]; readonly ring: KeyRing },
): KeptVerdict {
  const { known, ring } = keys;
  const problems: Problem[] = [];
  let before: Head | undefined;
  let newest: FoundCheckpoint | undefined;
  const last = found.findLast(({ file }) => file !== copyPath);
  const shown = found.find(({ file }) => file === copyPath)?.checkpoint.size ?? -1;
  for (const one of found) {
    const { file, offset, checkpoint } = one;
    const { size, root } = checkpoint;
    const isCopy = file === copyPath;
    const due = isCopy ? [] : ring.due(size, before?.size ?? -1);
    const mayBeTorn = one === last && shown < size;
    const orderCode = isCopy ? copyProblem(checkpoint, before) : orderProblem(size, before);
    const wrong = [
      ...(orderCode === undefined ? [] : [orderCode]),
      ...signatureProblems(one, log, [...known, ...due], { due, mayBeTorn }),
      ...headProblems({ size, root }, log, signedCodes),
    ];
    for (const { code, message } of wrong) problems.push({ code, file, offset, message });
    if (!isCopy) before = { size, root };
    if (wrong.length === 0) newest = one;
  }
  if (newest === undefined) return { problems, covered: 0 };
  const { file, offset, checkpoint } = newest;
  const covered = checkpoint.size;
  const by = signersOf(newest, log, [...known, ...ring.trusted]);
  if ("code" in by || by.some((key) => ring.trusts(key))) return { problems, covered };
  const message = `${checkpoint.size} records are signed by no key that is believed`;
  problems.push({ code: "log_checkpoint_key", file, offset, message });
  return { problems, covered };
}

/** Holds a log to a checkpoint that was kept elsewhere. */
export function heldProblem(
  held: FoundCheckpoint,
  log: LogBehind,
  keys: readonly VerifierKey[],
): Problem | undefined {
  const { file, offset, checkpoint } = held;
  const [wrong] = [
    ...signatureProblems(held, log, keys, { due: [], mayBeTorn: false }),
    ...headProblems(checkpoint, log, signedCodes),
  ];
  return wrong === undefined ? undefined : { ...wrong, file, offset };
}

/** Holds a log to a head that was kept elsewhere without a signature. */
export function headProblem(head: Head, log: LogBehind): Problem | undefined {
  const [wrong] = headProblems(head, log, heldCodes);
  return wrong === undefined ? undefined : { ...wrong, file: "held head", fromIndex: log.size };
}

/** Sizes only grow, so that a proof leads from each note to the next. */
function orderProblem(size: number, before: Head | undefined) {
  if (before === undefined || size > before.size) return undefined;
  const message = `a note of ${size} records behind one of ${before.size}`;
  return { code: "log_checkpoint_order" as const, message };
}

/** The note that is shown is one that is kept; it may be the one before the last. */
function copyProblem({ size, root }: Head, last: Head | undefined) {
  if (last?.size !== size || last.root === root) return undefined;
  const message = `two roots are signed for ${size} records`;
  return { code: "log_checkpoint_fork" as const, message };
}

function signersOf(
  { checkpoint }: FoundCheckpoint,
  log: LogBehind,
  known: readonly VerifierKey[],
): SignedBy {
  const { origin, note } = checkpoint;
  if (origin !== log.origin) {
    return { code: "log_checkpoint_key", message: `is of \`${origin}\`, another log` };
  }
  const own = known.filter(({ name }) => name === origin);
  const verdict = judgeNote(note, own);
  if (verdict.signed) return verdict.by;
  const code: ProblemCode = verdict.forged ? "log_checkpoint_signature" : "log_checkpoint_key";
  return { code, message: verdict.why };
}

/** A note that nobody was shown may end behind the first of two signatures: a crash tore it there. */
function signatureProblems(
  found: FoundCheckpoint,
  log: LogBehind,
  known: readonly VerifierKey[],
  { due, mayBeTorn }: { readonly due: readonly VerifierKey[]; readonly mayBeTorn: boolean },
): readonly Pick<Problem, "code" | "message">[] {
  const by = signersOf(found, log, known);
  if ("code" in by) return [by];
  const missing = due.find(({ text }) => !by.some((key) => key.text === text));
  if (missing === undefined) return [];
  if (mayBeTorn && missing !== due[0]) {
    const message = `a note that a crash left without the signature of the key ${missing.id}`;
    return [{ code: "log_torn_tail", message }];
  }
  return [{ code: "log_checkpoint_key", message: `the key ${missing.id} had to sign it` }];
}

function headProblems(
  { size, root }: Head,
  log: LogBehind,
  codes: Readonly<Record<"behind" | "root", ProblemCode>>,
): readonly Pick<Problem, "code" | "message">[] {
  if (size > log.size) {
    const message = `has ${size} records, the log vouches for ${log.size}`;
    return [{ code: codes.behind, message }];
  }
  if (size < log.begins || log.roots.get(size) === root) return [];
  return [{ code: codes.root, message: `the first ${size} records do not have its root` }];
}
