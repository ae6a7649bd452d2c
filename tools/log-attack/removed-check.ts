import type { Mutation } from "./mutant.ts";

type Change = Omit<Mutation, "room">;

/** An attack and the check that finds it, in each of the two verifiers: without it, it is missed. */
export interface RemovedCheck {
  /** name of the attack */
  readonly attack: string;
  readonly log: Change;
  readonly verify: Change;
}

const reader = "record-reader.ts";
const payloads = "payload-reader.ts";
const signed = "checkpoint-checks.ts";
const scan = "segment-scan.ts";
const cursor = "payload-cursor.ts";
const check = "checkpoint/checkpoint-check.ts";
const kept = "checkpoint/kept-checkpoint.ts";

const rootOfLog: Change = {
  file: scan,
  find: "if (!encodeCommit(batch, headOf(frontier)).equals(bytes.subarray(commit.start, commit.end))) {",
  put: "if (false) {",
};
const rootOfVerify: Change = {
  file: reader,
  find: "if (frame.content.equals(Buffer.from(right))) {",
  put: "if (true) {",
};
const heldOfLog: Change = {
  file: "verify.ts",
  find: "if (held.size > head.size) {",
  put: "if (false) {",
};
const behindOfVerify: Change = {
  file: signed,
  find: "if (size > log.size) {",
  put: "if (false) {",
};
const rootsOfVerify: Change = {
  file: signed,
  find: "if (size < log.begins || log.roots.get(size) === root)",
  put: "if (true)",
};
const headerOfVerify: Change = {
  file: reader,
  find: "if (frame.content.equals(right) && frame.batch === batchOf(place.group + 1)) {",
  put: "if (true) {",
};
const headerOfLog: Change = {
  file: scan,
  find: "if (encodeHeader(right).equals(stored))",
  put: "if (true)",
};

/** For every attack that is no sample, the one check of each verifier that names it. */
export const removedChecks: readonly RemovedCheck[] = [
  { attack: "two records change places", log: rootOfLog, verify: rootOfVerify },
  { attack: "a record is there twice", log: rootOfLog, verify: rootOfVerify },
  { attack: "a record is taken out", log: rootOfLog, verify: rootOfVerify },
  {
    attack: "a field of a record is changed, one after the other",
    log: rootOfLog,
    verify: rootOfVerify,
  },
  {
    attack: "a field of a record is changed and all commits behind it are made right",
    log: {
      file: "verify.ts",
      find: "else if (this.#watch.rootAt(held.size) !== held.root) {",
      put: "else if (false) {",
    },
    verify: rootsOfVerify,
  },
  {
    attack: "rival: capfence-blank-hash: roots are blanked for the next opening to make anew",
    log: rootOfLog,
    verify: rootOfVerify,
  },
  {
    attack: "a group is taken out, and the numbers behind it are left",
    log: { file: scan, find: "if (frame.batch !== wrapBatch(batch)) {", put: "if (false) {" },
    verify: { file: reader, find: "if (frame.batch !== batchOf(group)) {", put: "if (false) {" },
  },
  {
    attack: "something is written behind the last group",
    log: {
      file: scan,
      find: "if (tail && endOfContent(bytes, at, zerosFrom) === at)",
      put: "if (tail)",
    },
    verify: {
      file: reader,
      find: "while (start === 0 || contentEnd(bytes, at) > at) {",
      put: "while (start === 0 || frameAt(bytes, at, segmentLengthMax) !== undefined) {",
    },
  },
  {
    attack: "a segment is deleted",
    log: {
      file: "walk.ts",
      find: "if (size !== file.first) {",
      put: "if (false) {",
    },
    verify: {
      file: reader,
      find: "if (!isFirst && file.first !== place.tree.size) {",
      put: "if (false) {",
    },
  },
  {
    attack: "the last segment is deleted, with its payloads and what was signed of it",
    log: heldOfLog,
    verify: behindOfVerify,
  },
  {
    attack: "rival: capfence-tail-delete: the end is cut off below a held head",
    log: heldOfLog,
    verify: behindOfVerify,
  },
  {
    attack: "the whole log is put back to an older copy",
    log: heldOfLog,
    verify: behindOfVerify,
  },
  {
    attack: "another file lies among the segments",
    log: { file: "survey.ts", find: "extra.push(path);", put: "void path;" },
    verify: { file: "series.ts", find: "extra.push(path);", put: "void path;" },
  },
  {
    attack: "log.json says who wrote the log otherwise",
    log: headerOfLog,
    verify: headerOfVerify,
  },
  {
    attack: "segments change their names",
    log: headerOfLog,
    verify: headerOfVerify,
  },
  {
    attack: "a log is written anew with its key, and nobody but the auditor remembers",
    log: {
      file: "verify.ts",
      find: "else if (this.#watch.rootAt(held.size) !== held.root) {",
      put: "else if (false) {",
    },
    verify: rootsOfVerify,
  },
  {
    attack: "a note of another log stands among those of this one",
    log: {
      file: "note/checkpoint.ts",
      find: "if (signers.some(({ name }) => name === checkpoint.origin)) return checkpoint;",
      put: "return checkpoint;",
    },
    verify: {
      file: signed,
      find: "if (origin !== log.origin) {",
      put: "const bare = judgeNote(note, known);\n  if (bare.signed) return bare.by;\n  if (false) {",
    },
  },
  {
    attack: "log.json is gone",
    log: {
      file: "survey.ts",
      find: "if (content === undefined || endOfContent(content, 0) === 0)",
      put: "if (true)",
    },
    verify: {
      file: "verify-log.ts",
      find: "if (description === undefined)",
      put: "if (description === undefined) return { ...undescribed(folder, stored), problems: [] };\n    if (description === undefined)",
    },
  },
  {
    attack: "a payload is exchanged",
    log: {
      file: "payload-reading.ts",
      find: "if (digestName(bytes) === reference.digest)",
      put: "if (true)",
    },
    verify: { file: payloads, find: "if (digestText(payload) === name.digest)", put: "if (true)" },
  },
  {
    attack: "a payload is taken out",
    log: {
      file: "verify.ts",
      find: 'this.#problems.push({ code: "log_payload_missing", file: payload.file, message });',
      put: "",
    },
    verify: {
      file: payloads,
      find: 'this.problems.push({ code: "log_payload_missing", file, message });',
      put: "",
    },
  },
  {
    attack: "a payload is blanked, and no record says why",
    log: {
      file: "erasure-check.ts",
      find: "if (index <= (index < covered ? reachCovered : reach)) continue;",
      put: "continue;",
    },
    verify: { file: "record-checks.ts", find: 'if (state === "erased")', put: "if (false)" },
  },
  {
    attack: "a payload is there that no record names",
    log: {
      file: cursor,
      find: "this.damages.push(place(open, at, index, `payload of record ${index}, which names none`));",
      put: "",
    },
    verify: { file: payloads, find: "if (index >= this.#from)", put: "if (false)" },
  },
  {
    attack: "a signed log is written anew by somebody without the key",
    log: { file: kept, find: "if (head.root === log.root)", put: "if (true)" },
    verify: rootsOfVerify,
  },
  {
    attack: "a log is written anew and signed with another key",
    log: {
      file: check,
      find: "if (newest.signers.some((key) => trusted.some((each) => isSameKey(each, key))))",
      put: "if (true)",
    },
    verify: {
      file: signed,
      find: 'if ("code" in by || by.some((key) => ring.trusts(key)))',
      put: "if (true)",
    },
  },
  {
    attack: "what a note says is changed",
    log: {
      file: "note/signed-note.ts",
      find: "if (!(await verifySignature({ publicKey, message, signature }))) {",
      put: "if (false) {",
    },
    verify: {
      file: "signed-note.ts",
      find: "if (signature.length !== 64 || !verify(null, text, key.key, signature)) {",
      put: "if (false) {",
    },
  },
  {
    attack: "notes change their order, or one is there twice",
    log: {
      file: check,
      find: "if (size <= before) {",
      put: "if (false) {",
    },
    verify: {
      file: signed,
      find: "if (before === undefined || size > before.size)",
      put: "if (true)",
    },
  },
  {
    attack: "the end is cut off below what was signed",
    log: { file: kept, find: "if (head.size > log.size) {", put: "if (false) {" },
    verify: behindOfVerify,
  },
  {
    attack: "the last note is taken out of those that are kept",
    log: {
      file: kept,
      find: "if (kept === undefined || shown.head.size > size) {",
      put: "if (kept === undefined) return undefined;\n  if (false) {",
    },
    verify: {
      file: "checkpoint-chain.ts",
      find: "if (last === undefined || last.size < checkpoint.size) {",
      put: "if (false) {",
    },
  },
  {
    attack: "the owner of the key shows others another root",
    log: {
      file: kept,
      find: "if (shown.head.size < size || shown.head.root === kept.head.root)",
      put: "if (true)",
    },
    verify: {
      file: signed,
      find: "if (last?.size !== size || last.root === root)",
      put: "if (true)",
    },
  },
  {
    attack: "segments are removed as if they had been pruned",
    log: {
      file: "pruning-check.ts",
      find: "if (pruned === undefined || pruned.size < first) {",
      put: "if (pruned === undefined) return [];\n    if (false) {",
    },
    verify: {
      file: "verify-log.ts",
      find: "if (pruning === undefined || pruning.minimum < begins) {",
      put: "if (pruning === undefined) return [];\n    if (false) {",
    },
  },
  {
    attack: "a payload is blanked, and a record that nobody signed says that it was erased",
    log: {
      file: "erasure-check.ts",
      find: "if (index <= (index < covered ? reachCovered : reach)) continue;",
      put: "if (index <= reach) continue;",
    },
    verify: {
      file: "record-checks.ts",
      find: "if (index <= (index < covered ? reach.covered : reach.any)) continue;",
      put: "if (index <= reach.any) continue;",
    },
  },
  {
    attack: "segments are removed, and a record that nobody signed says that they were pruned",
    log: {
      file: "pruning-check.ts",
      find: "covered === 0 || teller < covered",
      put: "covered >= 0 || teller < covered",
    },
    verify: {
      file: "record-checks.ts",
      find: "covered === 0 || teller < covered",
      put: "covered >= 0 || teller < covered",
    },
  },
  {
    attack: "who has the key prunes a log of which a hold was to keep everything",
    log: { file: "verify.ts", find: "if (unlawful !== undefined) {", put: "if (false) {" },
    verify: {
      file: "record-checks.ts",
      find: "if (unlawful !== undefined) {",
      put: "if (false) {",
    },
  },
  {
    attack: "who has the key erases payloads of which a hold was to keep everything",
    log: { file: "verify.ts", find: "if (unlawful !== undefined) {", put: "if (false) {" },
    verify: {
      file: "record-checks.ts",
      find: "if (unlawful !== undefined) {",
      put: "if (false) {",
    },
  },
];

/** Changes of the writer that break a promise, by the attack that shows it. */
export const brokenWriters: readonly { readonly attack: string; readonly log: Change }[] = [
  {
    attack: "rival: agt-append-cap: the 10,002nd append, and what comes after it",
    log: {
      file: "log.ts",
      find: "const index = this.#nextIndex;",
      put: 'if (this.#nextIndex > 10000) throw new Error("full");\n        const index = this.#nextIndex;',
    },
  },
  {
    attack: "rival: agt-lost-appends: twenty appends at once",
    log: { file: "log.ts", find: "this.#nextIndex += 1;", put: "" },
  },
  {
    attack: "rival: capfence-blank-hash: opening a log whose roots were blanked",
    log: rootOfLog,
  },
  {
    attack: "two writers want one log",
    log: {
      file: "node-files.ts",
      find: "lock: (directory) => takeWriterLock(directory),",
      put: "lock: async () => async () => undefined,",
    },
  },
];
