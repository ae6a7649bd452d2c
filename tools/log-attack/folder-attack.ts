import { fileOf, segmentsOf, withFiles } from "./attack.ts";
import type { Attack } from "./attack.ts";
import { framesOf } from "./frame-edit.ts";

const commit = 0x43;

/** Attacks on files as a whole. */
export const folderAttacks: readonly Attack[] = [
  {
    name: "a segment is deleted",
    codes: ["log_missing_segment"],
    *forgeries({ signed: { files, head } }) {
      for (const path of segmentsOf(files).slice(0, -1)) {
        yield { what: path, files: withFiles(files, { [path]: undefined }), held: { head } };
      }
    },
  },
  {
    name: "the last segment is deleted, with its payloads and what was signed of it",
    codes: ["log_behind_held"],
    *forgeries({ signed: { files, head } }) {
      const last = segmentsOf(files).at(-1) ?? "";
      const changes = { [last]: undefined, checkpoint: undefined, checkpoints: undefined };
      yield { what: last, files: withFiles(files, changes), held: { head } };
    },
  },
  {
    name: "rival: capfence-tail-delete: the end is cut off below a held head",
    codes: ["log_behind_held"],
    *forgeries({ bare: { files, head } }) {
      const [path = ""] = segmentsOf(files);
      const commits = framesOf(fileOf(files, path)).filter(({ type }) => type === commit);
      for (const { end } of commits.slice(0, -1)) {
        const bytes = Buffer.from(fileOf(files, path)).fill(0, end);
        const what = `cut behind byte ${end}`;
        yield { what, files: withFiles(files, { [path]: bytes }), held: { head } };
      }
    },
  },
  {
    name: "the whole log is put back to an older copy",
    codes: ["log_behind_held"],
    *forgeries({ signed, bare }) {
      for (const { earlier, head } of [signed, bare]) {
        yield { what: `${earlier.head.size} records`, files: earlier.files, held: { head } };
      }
    },
  },
  {
    name: "segments change their names",
    codes: ["log_header", "log_missing_segment"],
    *forgeries({ signed: { files } }) {
      const [first = "", second = ""] = segmentsOf(files);
      const changes = { [first]: fileOf(files, second), [second]: fileOf(files, first) };
      yield { what: `${first} and ${second}`, files: withFiles(files, changes), held: {} };
    },
  },
  {
    name: "another file lies among the segments",
    codes: ["log_extra_file"],
    *forgeries({ signed: { files } }) {
      for (const path of ["seg/notes.txt", "payload/1.pay", "seg/0000000000000000001.seg"]) {
        const added = withFiles(files, { [path]: Buffer.alloc(4096) });
        yield { what: path, files: added, held: {} };
      }
    },
  },
  {
    name: "log.json says who wrote the log otherwise",
    codes: ["log_header"],
    *forgeries({ bare: { files } }) {
      const text = fileOf(files, "log.json").toString("utf8");
      for (const other of [text.replace("attacked", "forged"), text.replace("17", "18")]) {
        yield {
          what: other,
          files: withFiles(files, { "log.json": Buffer.from(other) }),
          held: {},
        };
      }
    },
  },
  {
    name: "log.json is gone",
    codes: ["log_description"],
    *forgeries({ signed: { files } }) {
      yield { what: "gone", files: withFiles(files, { "log.json": undefined }), held: {} };
    },
  },
];
