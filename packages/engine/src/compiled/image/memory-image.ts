import { z } from "zod";
import type { StatePart } from "../../engine.ts";
import type { OriginEntry } from "../origin/origin-entry.ts";
import { OriginMemory, unitsOf } from "../origin/origin-memory.ts";
import type { MemoryMarks } from "../origin/origin-memory.ts";
import type { AsleepMemory, ShelvedMemory } from "../origin/origin-shelf.ts";

/** UTF-16 units of entries in one part; a longer text is a part of its own. */
const partUnits = 64 * 1024;

/** A memory as it was at a cut. */
export interface MemoryCut {
  readonly tenant: string;
  readonly root: string;
  readonly held: HeldMemory | SleepingMemory | undefined;
}

interface HeldMemory {
  readonly entries: readonly OriginEntry[];
  /** how many of them there were */
  readonly size: number;
  readonly units: number;
  readonly prompted: boolean;
  readonly marks: MemoryMarks;
}

/** Notes how far a memory is: entries are only ever added behind those it has. */
export function memoryCut({ tenant, root, memory }: ShelvedMemory): MemoryCut {
  if (memory === undefined) return { tenant, root, held: undefined };
  if (memory instanceof OriginMemory) {
    const { entries, units, prompted, marks } = memory;
    return { tenant, root, held: { entries, size: entries.length, units, prompted, marks } };
  }
  if (memory instanceof SleepingMemory) return { tenant, root, held: memory };
  throw new Error("a memory that this engine did not put to sleep");
}

/** Entries first, then the part that ends the memory. */
export function* partsOfMemory({ tenant, root, held }: MemoryCut): Generator<StatePart, void> {
  const nothing = new Uint8Array(0);
  if (held === undefined) {
    yield { head: { kind: "dropped", tenant, root }, body: nothing };
    return;
  }
  if (held instanceof SleepingMemory) {
    for (const body of held.bodies) yield { head: { kind: "entries" }, body };
  } else {
    let row: unknown[] = [];
    let units = 0;
    for (let at = 0; at < held.size; at += 1) {
      const entry = held.entries[at];
      if (entry === undefined) break;
      row.push(rowOf(entry));
      units += unitsOf(entry) + entry.source.length;
      if (units < partUnits && at < held.size - 1) continue;
      yield { head: { kind: "entries" }, body: new TextEncoder().encode(JSON.stringify(row)) };
      row = [];
      units = 0;
    }
  }
  const { units, prompted, marks } = held;
  yield {
    head: { kind: "memory", tenant, root, units, prompted, marks: { ...marks } },
    body: nothing,
  };
}

/** A memory as the parts it was written in. */
export class SleepingMemory implements AsleepMemory {
  readonly asleep = true;
  readonly units: number;
  readonly prompted: boolean;
  readonly marks: MemoryMarks;
  readonly bodies: readonly Uint8Array[];

  constructor(
    bodies: readonly Uint8Array[],
    { units, prompted, marks }: Pick<HeldMemory, "units" | "prompted" | "marks">,
  ) {
    this.bodies = bodies;
    this.units = units;
    this.prompted = prompted;
    this.marks = marks;
  }

  wake(memory: OriginMemory): void {
    for (const body of this.bodies) {
      const rows: unknown = JSON.parse(new TextDecoder().decode(body));
      for (const row of rowsSchema.parse(rows)) {
        const entry = entryOf(row);
        memory.add(entry, unitsOf(entry));
      }
    }
    memory.resume(this.marks);
  }
}

const strings = z.array(z.string());
const sentRow = z.tuple([z.literal("sent"), z.number(), z.string()]);
const seenRow = z.tuple([
  z.enum(["prompt", "text", "field"]),
  z.number(),
  z.string(),
  strings,
  z.string(),
  strings,
  z.boolean(),
  z.boolean(),
]);
const rowsSchema = z.array(z.union([sentRow, seenRow]));

type Row = z.output<typeof rowsSchema>[number];

function rowOf(entry: OriginEntry): Row {
  const { kind, sequence, text, labels, source, names, isText, fromResult } = entry;
  if (kind === "sent") return [kind, sequence, text];
  return [kind, sequence, text, [...labels], source, [...names], isText, fromResult];
}

/** Of every text that was sent: most entries are such. */
const nobody: readonly string[] = [];

function entryOf(row: Row): OriginEntry {
  if (row[0] === "sent") {
    const [kind, sequence, text] = row;
    const bare = { labels: nobody, source: "", names: nobody, isText: false, fromResult: false };
    return { sequence, kind, text, ...bare };
  }
  const [kind, sequence, text, labels, source, names, isText, fromResult] = row;
  return { sequence, kind, text, labels, source, names, isText, fromResult };
}
