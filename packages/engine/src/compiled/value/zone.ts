import { dayNumber } from "./calendar-date.ts";

/** Offsets are looked for this far apart: no zone changes its clocks there and back within it. */
const strideSeconds = 5 * 86_400;
const chunkSeconds = 73 * strideSeconds;
const chunksMax = 512;

/** One stretch of time with one offset; `until` is exclusive. */
interface Stretch {
  readonly until: number;
  readonly offset: number;
}

/**
 * The transitions of named time zones, read from the zone data of the JavaScript engine, each
 * stretch of about a year once. What it answers depends on zone and instant alone.
 */
export class Zones {
  readonly #chunks = new Map<string, readonly Stretch[]>();
  readonly #formats = new Map<string, Intl.DateTimeFormat | undefined>();

  /** Seconds that a zone's clocks are ahead of UTC; `undefined`: there is no such zone. */
  offsetAt(zone: string, epochSeconds: number): number | undefined {
    if (zone === "UTC" || zone === "Z" || zone === "") return 0;
    const sign = zone.startsWith("-") ? -1 : 1;
    const body = zone.startsWith("-") || zone.startsWith("+") ? zone.slice(1) : zone;
    if (/^\d\d:\d\d$/.test(body)) {
      const hours = Number(body.slice(0, 2));
      const minutes = Number(body.slice(3));
      return hours > 23 || minutes > 59 ? undefined : sign * (hours * 60 + minutes) * 60;
    }
    const format = this.#formatOf(zone);
    if (format === undefined) return undefined;
    const chunk = Math.floor(epochSeconds / chunkSeconds);
    const key = `${chunk} ${zone}`;
    let stretches = this.#chunks.get(key);
    if (stretches === undefined) {
      stretches = stretchesOf(format, chunk * chunkSeconds);
      // Tables can be made anew at any time; a request that names many zones must not keep them.
      if (this.#chunks.size >= chunksMax) this.#chunks.clear();
      this.#chunks.set(key, stretches);
    }
    return stretches.find((stretch) => epochSeconds < stretch.until)?.offset;
  }

  #formatOf(zone: string): Intl.DateTimeFormat | undefined {
    if (this.#formats.has(zone)) return this.#formats.get(zone);
    const format = /^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/.test(zone) ? tryFormat(zone) : undefined;
    if (this.#formats.size >= chunksMax) this.#formats.clear();
    this.#formats.set(zone, format);
    return format;
  }
}

function tryFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
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

function stretchesOf(format: Intl.DateTimeFormat, from: number): readonly Stretch[] {
  const stretches: Stretch[] = [];
  const end = from + chunkSeconds;
  let offset = readOffset(format, from);
  for (let at = from; at < end; at += strideSeconds) {
    const next = readOffset(format, at + strideSeconds);
    if (next === offset) continue;
    let before = at;
    let after = at + strideSeconds;
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (readOffset(format, middle) === offset) before = middle;
      else after = middle;
    }
    stretches.push({ until: after, offset });
    offset = next;
  }
  stretches.push({ until: end, offset });
  return stretches;
}

function readOffset(format: Intl.DateTimeFormat, epochSeconds: number): number {
  const read = new Map<string, string>();
  for (const { type, value } of format.formatToParts(epochSeconds * 1_000)) read.set(type, value);
  const number = (type: string): number => Number(read.get(type));
  const before = read.get("era")?.startsWith("B") === true;
  const year = before ? 1 - number("year") : number("year");
  const days = dayNumber(year, number("month"), number("day"));
  const clock = number("hour") * 3_600 + number("minute") * 60 + number("second");
  return days * 86_400 + clock - epochSeconds;
}
