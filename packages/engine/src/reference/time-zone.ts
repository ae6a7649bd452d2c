import type { ZoneTable, ZoneTables } from "../document/zone-table.ts";

/** There is no such zone; or there is, and nothing is known of it at this instant. */
export type NoOffset = "unknown" | "later";

/**
 * How far a zone's clocks are ahead of UTC at an instant, in seconds.
 *
 * `±HH:MM` (the sign may be absent) and `UTC` are arithmetic and hold at every instant. Named zones
 * (`Europe/London`) are looked up in the tables of the bundle, which end with the year 2100.
 */
export function offsetSecondsAt(
  zone: string,
  epochSeconds: number,
  zones: ZoneTables,
): number | NoOffset {
  if (zone === "UTC" || zone === "Z" || zone === "") return 0;
  const fixed = /^([+-]?)(\d\d):(\d\d)$/.exec(zone);
  if (fixed !== null) {
    const [hours, minutes] = [Number(fixed[2]), Number(fixed[3])];
    if (hours > 23 || minutes > 59) return "unknown";
    return (fixed[1] === "-" ? -1 : 1) * (hours * 3_600 + minutes * 60);
  }
  const table = zones.byName.get(zone);
  if (table === undefined) return "unknown";
  return epochSeconds < zones.until ? tableOffset(table, epochSeconds) : "later";
}

/** What a zone's table says of an instant: the offset after the last transition before it. */
export function tableOffset({ startsAt, offsets }: ZoneTable, epochSeconds: number): number {
  const passed = startsAt.filter((start) => start <= epochSeconds).length;
  return offsets[passed] ?? 0;
}
