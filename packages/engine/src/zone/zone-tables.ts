import type { ZoneTable, ZoneTables } from "../document/zone-table.ts";
import { zoneData, zoneDataUntil } from "./zone-data.ts";

/** Every name of the pinned time zone data, old ones included, with the line that says the rest. */
const lines: ReadonlyMap<string, string> = new Map(
  zoneData
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [names = ""] = line.split("|", 1);
      return names.split(",").map((name) => [name, line.slice(names.length + 1)] as const);
    }),
);

/** Every named time zone there is, as the IANA time zone database writes it. */
export const zoneNames: ReadonlySet<string> = new Set(lines.keys());

/**
 * The tables of these zones, out of the data pinned with this package and nothing else. A name
 * that is no zone has none.
 */
export function zoneTablesOf(names: Iterable<string>): ZoneTables {
  const byName = new Map<string, ZoneTable>();
  for (const name of [...new Set(names)].sort()) {
    if (zoneNames.has(name)) byName.set(name, zoneTable(name));
  }
  return { until: zoneDataUntil, byName };
}

/** The table of one zone; of a name that is no zone, that of UTC. */
export function zoneTable(name: string): ZoneTable {
  const line = lines.get(name);
  return line === undefined ? { startsAt: [], offsets: [0] } : unpackZone(line);
}

/** The tables of every named zone, for expressions that only then say which they mean. */
export function allZoneTables(): ZoneTables {
  return zoneTablesOf(zoneNames);
}

/** What `zoneData` says after the names of a zone. */
function unpackZone(line: string): ZoneTable {
  const [offsets = "", order = "", times = ""] = line.split("|");
  const known = offsets.split(" ").map(Number);
  const startsAt: number[] = [];
  let before = 0;
  for (const time of times === "" ? [] : times.split(" ")) {
    const [quarters = "", rest = "0"] = time.split(".");
    before += Number.parseInt(quarters, 36) * 900 + Number.parseInt(rest, 36);
    startsAt.push(before);
  }
  const held = Array.from(order, (digit) => known[Number.parseInt(digit, 36)] ?? 0);
  return { startsAt, offsets: held };
}
