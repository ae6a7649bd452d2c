import type { ZoneTable, ZoneTables } from "../../document/zone-table.ts";

/** Why an offset is not known: there is no such zone, or its table ends before the instant. */
export type Unknown = "unknown" | "later";

/** The offsets of time zones: those of a bundle by name, and the ones that name their offset. */
export class Zones {
  readonly #tables: ZoneTables;

  constructor(tables: ZoneTables) {
    this.#tables = tables;
  }

  /** Seconds that a zone's clocks are ahead of UTC. */
  offsetAt(zone: string, epochSeconds: number): number | Unknown {
    if (zone === "UTC" || zone === "Z" || zone === "") return 0;
    const sign = zone.startsWith("-") ? -1 : 1;
    const body = zone.startsWith("-") || zone.startsWith("+") ? zone.slice(1) : zone;
    if (/^\d\d:\d\d$/.test(body)) {
      const hours = Number(body.slice(0, 2));
      const minutes = Number(body.slice(3));
      return hours > 23 || minutes > 59 ? "unknown" : sign * (hours * 60 + minutes) * 60;
    }
    const table = this.#tables.byName.get(zone);
    if (table === undefined) return "unknown";
    return epochSeconds >= this.#tables.until ? "later" : offsetIn(table, epochSeconds);
  }
}

/** The offset that a zone's table has for an instant, found by halving. */
export function offsetIn({ startsAt, offsets }: ZoneTable, epochSeconds: number): number {
  let from = 0;
  let to = startsAt.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((startsAt[middle] ?? 0) <= epochSeconds) from = middle + 1;
    else to = middle;
  }
  return offsets[from] ?? 0;
}
