import { canonicalBytes, parseJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { fileOf, segmentsOf, withFiles } from "./attack.ts";
import type { Attack, AttackedLogs, Forgery } from "./attack.ts";
import { frameBytes, framesOf, rechained, reframed, refilled } from "./frame-edit.ts";

const entry = 0x00;
const commit = 0x43;

/** The one segment of the bare log with its frames changed. */
function refilledBare(
  { bare }: AttackedLogs,
  what: string,
  change: (frames: readonly Buffer[]) => readonly Buffer[],
): Forgery {
  const [path = ""] = segmentsOf(bare.files);
  const file = fileOf(bare.files, path);
  const files = withFiles(bare.files, { [path]: refilled(file, change(frameBytes(file))) });
  return { what, files, held: {} };
}

/** Places of neighbours that are both records. */
function pairsOf({ bare }: AttackedLogs): readonly number[] {
  const [path = ""] = segmentsOf(bare.files);
  const types = framesOf(fileOf(bare.files, path)).map(({ type }) => type);
  return types.flatMap((type, place) =>
    type === entry && types[place + 1] === entry ? [place] : [],
  );
}

/** Attacks on records by somebody who knows the format and sets every checksum right. */
export const recordAttacks: readonly Attack[] = [
  {
    name: "two records change places",
    codes: ["log_root"],
    *forgeries(logs) {
      for (const place of pairsOf(logs)) {
        yield refilledBare(logs, `records of frames ${place} and ${place + 1}`, (frames) => {
          const [one, other] = [frames[place + 1], frames[place]];
          return frames.map((frame, at) => {
            if (at === place) return one ?? frame;
            return at === place + 1 ? (other ?? frame) : frame;
          });
        });
      }
    },
  },
  {
    name: "a record is there twice",
    codes: ["log_root"],
    *forgeries(logs) {
      for (const place of pairsOf(logs)) {
        yield refilledBare(logs, `record of frame ${place} doubled`, (frames) =>
          frames.flatMap((frame, at) => (at === place ? [frame, frame] : [frame])),
        );
      }
    },
  },
  {
    name: "a record is taken out",
    codes: ["log_root"],
    *forgeries(logs) {
      for (const place of pairsOf(logs)) {
        yield refilledBare(logs, `record of frame ${place} taken out`, (frames) =>
          frames.filter((_, at) => at !== place),
        );
      }
    },
  },
  {
    name: "a field of a record is changed, one after the other",
    codes: ["log_root"],
    *forgeries(logs) {
      for (const { what, place, content } of changedFields(logs)) {
        yield refilledBare(logs, what, (frames) =>
          frames.map((frame, at) => (at === place ? reframed(frame, content) : frame)),
        );
      }
    },
  },
  {
    name: "a field of a record is changed and all commits behind it are made right",
    codes: ["log_fork"],
    *forgeries(logs) {
      const { bare } = logs;
      const [path = ""] = segmentsOf(bare.files);
      for (const { what, place, content } of changedFields(logs)) {
        const file = rechained(fileOf(bare.files, path), place, content);
        const files = withFiles(bare.files, { [path]: file });
        yield { what, files, held: { head: bare.head } };
      }
    },
  },
  {
    name: "rival: capfence-blank-hash: roots are blanked for the next opening to make anew",
    codes: ["log_root"],
    *forgeries(logs) {
      for (const root of ["", "0".repeat(64)]) {
        yield refilledBare(logs, `root \`${root}\``, (frames) =>
          frames.map((frame) => {
            if (frame[12] !== commit) return frame;
            const text = frame.subarray(13).toString("utf8");
            return reframed(
              frame,
              Buffer.from(text.replace(/"root":"[^"]*"/u, `"root":"${root}"`)),
            );
          }),
        );
      }
    },
  },
  {
    name: "a group is taken out, and the numbers behind it are left",
    codes: ["log_batch"],
    *forgeries(logs) {
      yield refilledBare(logs, "the second group", (frames) => {
        const ends = frames.flatMap((frame, at) => (frame[12] === commit ? [at] : []));
        const [first = 0, second = 0] = ends;
        return [...frames.slice(0, first + 1), ...frames.slice(second + 1)];
      });
    },
  },
  {
    name: "something is written behind the last group",
    codes: ["log_zero_tail", "log_frame"],
    *forgeries({ bare }) {
      const [path = ""] = segmentsOf(bare.files);
      for (const behind of [100, 3000]) {
        const file = Buffer.from(fileOf(bare.files, path));
        const end = framesOf(file).at(-1)?.end ?? 0;
        file.fill(7, end + behind, end + behind + 1);
        const what = `${behind} bytes behind`;
        yield { what, files: withFiles(bare.files, { [path]: file }), held: {} };
      }
    },
  },
];

interface ChangedField {
  readonly what: string;
  readonly place: number;
  readonly content: Uint8Array;
}

/** The first record of the bare log with one of its fields changed, for each field. */
function changedFields({ bare }: AttackedLogs): readonly ChangedField[] {
  const [path = ""] = segmentsOf(bare.files);
  const frames = frameBytes(fileOf(bare.files, path));
  const place = frames.findIndex((frame) => frame[12] === entry);
  const record = parseJson(frames[place]?.subarray(13) ?? Buffer.alloc(0));
  return variantsOf(record).map(({ at, value }) => ({
    what: `field ${at}`,
    place,
    content: canonicalBytes(value),
  }));
}

/** The value with one leaf of it changed or one member taken out, for each. */
function variantsOf(value: Json): readonly { readonly at: string; readonly value: Json }[] {
  if (typeof value === "string") return [{ at: "", value: `${value}x` }];
  if (typeof value === "number") return [{ at: "", value: value + 1 }];
  if (typeof value === "boolean") return [{ at: "", value: !value }];
  if (Array.isArray(value)) {
    return value.flatMap((item, place) =>
      variantsOf(item).map((variant) => ({
        at: `[${place}]${variant.at}`,
        value: value.map((other, at) => (at === place ? variant.value : other)),
      })),
    );
  }
  if (value === null) return [];
  const variants: { at: string; value: Json }[] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const others = Object.fromEntries(Object.entries(value).filter(([each]) => each !== name));
    for (const variant of variantsOf(member)) {
      const changed = { ...others, [name]: variant.value };
      variants.push({ at: `.${name}${variant.at}`, value: changed });
    }
    variants.push({ at: `.${name} (gone)`, value: others });
  }
  return variants;
}
