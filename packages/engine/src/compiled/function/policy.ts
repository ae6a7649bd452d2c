import { isPlainText, lowerAscii } from "@holdfast/model";
import { dateOf, dayOfYear, weekday } from "../value/calendar-date.ts";
import { Failure } from "../value/failure.ts";
import { fieldOf, isMap, withheldBy } from "../value/map.ts";
import { equal, orderOf } from "../value/order.ts";
import { split } from "../value/time.ts";
import { Duration, Timestamp, intOf, isList } from "../value/value.ts";
import type { Result, Value } from "../value/value.ts";
import type { Zones } from "../value/zone.ts";
import { isAddress, isInBlock } from "./address.ts";
import { fail, one, refuse, two } from "./family.ts";
import type { Body, Family, Workbench } from "./family.ts";
import { fitsGlob } from "./glob.ts";
import { isOpenAt, readHours } from "./hours.ts";

/** The pure functions of the policy language, and parts of times. */
export const policy: Family = {
  global: new Map<string, Body>([
    two("under", (path, root, { budget }) => {
      if (!isMap(path) || typeof root !== "string") return undefined;
      const real = fieldOf(path, "real");
      if (typeof real !== "string") {
        const withheld = real === undefined ? withheldBy(path) : undefined;
        return withheld ?? fail("no_such_key", "the path has no field `real`");
      }
      budget.walk(real.length + root.length);
      return liesUnder(real, root);
    }),
    two("domain", (host, suffix, { budget }) => {
      if (typeof host !== "string" || typeof suffix !== "string") return undefined;
      budget.walk(host.length + suffix.length);
      return isWithin(host, suffix);
    }),
    two("in_net", (address, block, { budget }) => {
      if (typeof address !== "string" || typeof block !== "string") return undefined;
      budget.walk(address.length + block.length);
      const inside = isInBlock(address, block);
      if (typeof inside === "boolean") return inside;
      const words =
        inside === "embedded"
          ? `\`${address}\` carries an IPv4 address, so it cannot be judged by \`${block}\``
          : `\`${address}\` or \`${block}\` is no IP address or block`;
      return fail("invalid_argument", words);
    }),
    two("glob", (pattern, text, { budget }) => {
      if (typeof pattern !== "string" || typeof text !== "string") return undefined;
      budget.spend(Math.floor(((pattern.length + 1) * (text.length + 1)) / 256));
      return fitsGlob(pattern, text);
    }),
    one("plain_text", (text, { budget }) => {
      if (typeof text !== "string") return undefined;
      budget.walk(text.length * 4);
      return isPlainText(text);
    }),
    ["in_window", inWindow],
    furthest("min", (order) => order < 0),
    furthest("max", (order) => order > 0),
    two("overlap", (a, b, { budget }) => {
      if (!isList(a) || !isList(b)) return undefined;
      return a.some((item) => b.some((other) => equal(item, other, budget)));
    }),
  ]),
  member: new Map<string, Body>([
    clock("getFullYear", ({ days }) => dateOf(days).year),
    clock("getMonth", ({ days }) => dateOf(days).month - 1),
    clock("getDate", ({ days }) => dateOf(days).day),
    clock("getDayOfMonth", ({ days }) => dateOf(days).day - 1),
    clock("getDayOfWeek", ({ days }) => weekday(days)),
    clock("getDayOfYear", ({ days }) => dayOfYear(days)),
    clock("getHours", ({ second }) => Math.floor(second / 3_600), 3_600_000_000_000n),
    clock("getMinutes", ({ second }) => Math.floor(second / 60) % 60, 60_000_000_000n),
    clock("getSeconds", ({ second }) => second % 60, 1_000_000_000n),
    clock("getMilliseconds", ({ nanos }) => Math.floor(nanos / 1_000_000), 1_000_000n, 1_000n),
  ]),
};

/** What a clock shows: days since 1970, the second of the day, nanoseconds above it. */
interface Clock {
  readonly days: number;
  readonly second: number;
  readonly nanos: number;
}

function clockAt(at: Timestamp, zone: string, zones: Zones): Clock | Failure {
  const { seconds, rest } = split(at.nanos);
  const offset = zones.offsetAt(zone, seconds);
  if (offset === "unknown") {
    return fail("invalid_argument", `there is no time zone \`${zone}\``);
  }
  if (offset === "later") {
    return fail("invalid_argument", `nothing is known of \`${zone}\` after the year 2100`);
  }
  const days = Math.floor((seconds + offset) / 86_400);
  return { days, second: seconds + offset - days * 86_400, nanos: Number(rest) };
}

function clock(
  name: string,
  ofClock: (clock: Clock) => number,
  unit?: bigint,
  modulus?: bigint,
): [string, Body] {
  return [
    name,
    (args, { budget, zones }) => {
      const [value, zone = "UTC"] = args;
      if (value instanceof Duration && args.length === 1 && unit !== undefined) {
        const count = value.nanos / unit;
        return intOf(modulus === undefined ? count : count % modulus);
      }
      if (!(value instanceof Timestamp) || typeof zone !== "string" || args.length > 2) {
        return refuse(name, args);
      }
      if (args.length === 2) budget.walk(zone.length);
      const read = clockAt(value, zone, zones);
      return read instanceof Failure ? read : ofClock(read);
    },
  ];
}

function inWindow(args: readonly Value[], { budget, zones }: Workbench): Result {
  const [now, zone, text] = args;
  if (
    !(now instanceof Timestamp) ||
    typeof zone !== "string" ||
    typeof text !== "string" ||
    args.length !== 3
  ) {
    return refuse("in_window", args);
  }
  budget.walk(zone.length + text.length);
  const read = clockAt(now, zone, zones);
  if (read instanceof Failure) return read;
  const hours = readHours(text);
  if (hours !== undefined) {
    return isOpenAt(hours, weekday(read.days), Math.floor(read.second / 60));
  }
  const words = `\`${text}\` is not weekly hours such as \`mon-fri 09:00-17:00\``;
  return fail("invalid_argument", words);
}

function liesUnder(path: string, root: string): Result {
  for (const text of [path, root]) {
    const climbs = text.split("/").some((name) => name === "." || name === "..");
    if (!text.startsWith("/") || climbs || text.includes("\0")) {
      const words = `\`${text}\` is not an absolute path without \`..\``;
      return fail("invalid_argument", words);
    }
  }
  const names = (text: string): string[] => text.split("/").filter((name) => name !== "");
  const own = names(path);
  return names(root).every((name, index) => own[index] === name);
}

function isWithin(host: string, suffix: string): Result {
  const own = plainHost(host);
  const domain = plainHost(suffix);
  const bare = own.startsWith("[") && own.endsWith("]") && own.length > 1 ? own.slice(1, -1) : own;
  if (isAddress(bare)) return false;
  for (const name of [own, domain]) {
    if (!/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(name)) {
      return fail("invalid_argument", `\`${name}\` is not a host name`);
    }
  }
  return own === domain || own.endsWith(`.${domain}`);
}

function plainHost(name: string): string {
  const lower = lowerAscii(name);
  return lower.endsWith(".") ? lower.slice(0, -1) : lower;
}

function furthest(name: string, better: (order: number) => boolean): [string, Body] {
  return [
    name,
    (args, { budget }) => {
      const [only] = args;
      const values = args.length === 1 && isList(only) ? only : args;
      budget.spend(values.length);
      let best: Value | undefined;
      for (const value of values) {
        const kind = typeof value;
        if (kind === "string" || kind === "boolean" || value instanceof Uint8Array) {
          return refuse(name, args);
        }
        const order = orderOf(value, best ?? value);
        if (order === undefined) return refuse(name, args);
        if (Number.isNaN(order)) return fail("invalid_argument", `\`${name}\` of NaN`);
        if (best === undefined || better(order)) best = value;
      }
      return best ?? fail("invalid_argument", `\`${name}\` needs at least one value`);
    },
  ];
}
