import { daysOf } from "./civil-date.ts";

/**
 * How far a zone's clocks are ahead of UTC at an instant, in seconds; undefined for no zone.
 *
 * `±HH:MM` (the sign may be absent) and `UTC` are arithmetic. Named zones (`Europe/London`) are
 * read from the IANA data that the JavaScript engine carries, through `Intl` with the zone named:
 * the zone and locale of the machine and the environment change nothing, but another version of
 * the engine may carry other transitions. This file is the one place that depends on it.
 */
export function offsetSecondsAt(zone: string, epochSeconds: number): number | undefined {
  if (zone === "UTC" || zone === "Z" || zone === "") return 0;
  const fixed = /^([+-]?)(\d\d):(\d\d)$/.exec(zone);
  if (fixed !== null) {
    const [hours, minutes] = [Number(fixed[2]), Number(fixed[3])];
    if (hours > 23 || minutes > 59) return undefined;
    return (fixed[1] === "-" ? -1 : 1) * (hours * 3_600 + minutes * 60);
  }
  return namedOffset(zone, epochSeconds);
}

function namedOffset(zone: string, epochSeconds: number): number | undefined {
  // WHY: only Area/City names; offsets in other notations would be `Intl`'s own invention.
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/.test(zone)) return undefined;
  const format = formatOf(zone);
  if (format === undefined) return undefined;
  const parts = new Map(
    format.formatToParts(epochSeconds * 1_000).map((part) => [part.type, part.value]),
  );
  const read = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const year = parts.get("era")?.startsWith("B") === true ? 1 - read("year") : read("year");
  const days = daysOf(year, read("month"), read("day"));
  const local = days * 86_400 + read("hour") * 3_600 + read("minute") * 60 + read("second");
  return local - epochSeconds;
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return undefined;
  }
}
