import { encodeNote, signNote, verifierKeyText } from "@holdfast/log";
import type { Signer } from "@holdfast/log";
import { splitNotes } from "@holdfast/verify";
import { fileOf, segmentsOf, withFiles } from "./attack.ts";
import type { Attack } from "./attack.ts";
import { baseOrigin, ownSigner, strangeSigner } from "./base-log.ts";
import type { LogContents } from "./base-log.ts";

const keysPath = "keys/log.vkey";

/** Attacks on what was signed, and on the records below it. */
export const checkpointAttacks: readonly Attack[] = [
  {
    name: "a signed log is written anew by somebody without the key",
    codes: ["log_checkpoint_root"],
    *forgeries({ signed, other }) {
      const paths = ["checkpoint", "checkpoints", keysPath];
      const kept = Object.fromEntries(paths.map((path) => [path, fileOf(signed.files, path)]));
      yield { what: "notes as they were", files: withFiles(other.files, kept), held: {} };
    },
  },
  {
    name: "a log is written anew and signed with another key",
    codes: ["log_checkpoint_key"],
    async *forgeries({ other: { files } }) {
      const held = { vkey: verifierKeyText(ownSigner) };
      const text = Buffer.from(`${verifierKeyText(strangeSigner)}\n`);
      const resigned = await signedAnew(files, strangeSigner);
      yield { what: "its own key", files: resigned, held };
      yield { what: "and its name", files: withFiles(resigned, { [keysPath]: text }), held };
    },
  },
  {
    name: "a log is written anew with its key, and nobody but the auditor remembers",
    codes: ["log_fork", "log_checkpoint_root"],
    *forgeries({ signed, other }) {
      const checkpoint = fileOf(signed.files, "checkpoint");
      const vkey = verifierKeyText(ownSigner);
      yield { what: "a held checkpoint", files: other.files, held: { checkpoint, vkey } };
      yield { what: "a held head", files: other.files, held: { head: signed.head } };
    },
  },
  {
    name: "what a note says is changed",
    codes: ["log_checkpoint_signature"],
    *forgeries({ signed: { files } }) {
      const [first = Buffer.alloc(0)] = notesOf(files);
      const lines = first.toString("utf8").split("\n");
      const changes: readonly (readonly [number, string])[] = [
        [1, "1"],
        [2, Buffer.alloc(32, 1).toString("base64")],
      ];
      for (const [line, text] of changes) {
        const changed = Buffer.from(lines.with(line, text).join("\n"));
        const notes = Buffer.concat([changed, ...notesOf(files).slice(1)]);
        yield { what: text, files: withFiles(files, { checkpoints: notes }), held: {} };
      }
    },
  },
  {
    name: "notes change their order, or one is there twice",
    codes: ["log_checkpoint_order"],
    *forgeries({ signed: { files } }) {
      const notes = notesOf(files);
      const orders = [notes.toReversed(), [...notes.slice(0, 2), ...notes.slice(1)]];
      for (const order of orders) {
        const checkpoints = Buffer.concat(order);
        yield { what: `${order.length} notes`, files: withFiles(files, { checkpoints }), held: {} };
      }
    },
  },
  {
    name: "the end is cut off below what was signed",
    codes: ["log_checkpoint_behind"],
    *forgeries({ signed: { files } }) {
      const last = segmentsOf(files).at(-1) ?? "";
      yield { what: last, files: withFiles(files, { [last]: undefined }), held: {} };
    },
  },
  {
    name: "the last note is taken out of those that are kept",
    codes: ["log_checkpoint_missing"],
    *forgeries({ signed: { files } }) {
      const checkpoints = Buffer.concat(notesOf(files).slice(0, -1));
      yield { what: "the last", files: withFiles(files, { checkpoints }), held: {} };
      yield { what: "all", files: withFiles(files, { checkpoints: undefined }), held: {} };
    },
  },
  {
    name: "the owner of the key shows others another root",
    codes: ["log_checkpoint_fork"],
    async *forgeries({ signed: { files, head } }) {
      const root = Buffer.alloc(32, 5).toString("base64");
      const note = await signNote(`${baseOrigin}\n${head.size}\n${root}\n`, [ownSigner]);
      const checkpoint = encodeNote(note);
      yield { what: "checkpoint", files: withFiles(files, { checkpoint }), held: {} };
    },
  },
  {
    name: "a note of another log stands among those of this one",
    codes: ["log_checkpoint_key"],
    async *forgeries({ signed: { files } }) {
      const [, ...lines] = fileOf(files, "checkpoint").toString("utf8").split("\n");
      const text = `example.org/another\n${lines.slice(0, 2).join("\n")}\n`;
      const checkpoint = encodeNote(await signNote(text, [ownSigner]));
      yield { what: "checkpoint", files: withFiles(files, { checkpoint }), held: {} };
    },
  },
  {
    name: "segments are removed as if they had been pruned",
    codes: ["log_missing_segment"],
    *forgeries({ signed: { files, head } }) {
      const gone = segmentsOf(files).slice(0, 3);
      const changes = Object.fromEntries(gone.map((path) => [path, undefined]));
      yield { what: `${gone.length} segments`, files: withFiles(files, changes), held: { head } };
    },
  },
];

function notesOf(files: LogContents): readonly Buffer[] {
  return splitNotes(fileOf(files, "checkpoints")).map(({ bytes }) => bytes);
}

/** The log with every note signed by somebody else. */
async function signedAnew(files: LogContents, signer: Signer): Promise<LogContents> {
  const notes: Buffer[] = [];
  for (const note of notesOf(files)) {
    const text = note.toString("utf8").split("\n\n")[0] ?? "";
    notes.push(encodeNote(await signNote(`${text}\n`, [signer])));
  }
  const checkpoint = notes.at(-1);
  return withFiles(files, { checkpoints: Buffer.concat(notes), checkpoint });
}
