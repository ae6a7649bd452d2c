import { lowerAscii } from "@holdfast/model";
import { RE2JS, RE2JSSyntaxException } from "re2js";
import { reject } from "./checking.ts";
import type { Checking } from "./checking.ts";
import type { Expr } from "./syntax.ts";

/** Says what is wrong with a literal argument; undefined when it is right. */
type LiteralRule = (value: string) => readonly [code: string, message: string] | undefined;

const zonePattern = /^(?:UTC|[+-]?\d\d:\d\d|[A-Za-z][A-Za-z_]*(?:\/[A-Za-z0-9_+-]+)*)$/u;
const timestampPattern =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:[Zz]|[+-](\d\d):(\d\d))$/u;
const durationPattern = /^[+-]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:h|ms|m|s|us|µs|ns))+)$/u;

const day = "(?:mon|tue|wed|thu|fri|sat|sun)";
const time = "(?:[01]\\d|2[0-3]):[0-5]\\d";
const hours = `${time}-(?:${time}|24:00)`;
const entry = `(?:${day}(?:-${day})?(?:,${day}(?:-${day})?)* +)?${hours}(?:,${hours})*`;
const windowPattern = new RegExp(`^ *${entry} *(?:; *${entry} *)*$`, "u");

const zoneGetters = [
  "getDate",
  "getDayOfMonth",
  "getDayOfWeek",
  "getDayOfYear",
  "getFullYear",
  "getHours",
  "getMilliseconds",
  "getMinutes",
  "getMonth",
  "getSeconds",
] as const;

/** Which operands (the receiver first) of which function are checked, where they are literals. */
const rules: ReadonlyMap<string, readonly (LiteralRule | undefined)[]> = new Map([
  ["matches", [undefined, patternRule]],
  ["timestamp", [timestampRule]],
  ["duration", [durationRule]],
  ["in_window", [undefined, zoneRule, windowRule]],
  ["in_net", [undefined, netRule]],
  ...zoneGetters.map((name): [string, (LiteralRule | undefined)[]] => [
    name,
    [undefined, zoneRule],
  ]),
]);

/** Checks literals whose value decides whether the call can work at all: patterns, times, zones. */
export function checkLiterals(name: string, operands: readonly Expr[], checking: Checking): void {
  rules.get(name)?.forEach((rule, index) => {
    const operand = operands[index];
    if (operand?.kind === "constant" && operand.constant.type === "string") {
      const found = rule?.(operand.constant.value);
      // Where all zones are known by name, one that is not is told as such, and need not be told twice.
      const told = rule === zoneRule && checking.environment.names.has("zone");
      if (found !== undefined && !told) {
        reject(checking, found[0], found[1], operand.range);
      }
    }
  });
}

/** RE2 has no back-references and no look-around, which is what makes it linear in time. */
function patternRule(pattern: string): readonly [string, string] | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) {
      throw error;
    }
    const part = String(error.input);
    const advice = /^\(\?(?:=|!|<=|<!)/u.test(part)
      ? "look-around is not in RE2; test for the other text with a second condition"
      : /^\\[1-9]/u.test(part)
        ? "back-references are not in RE2; compare the parts with `==`"
        : error.error;
    return ["cel_pattern", `\`${part}\` cannot stand in an RE2 pattern: ${advice}`];
  }
}

function timestampRule(text: string): readonly [string, string] | undefined {
  const parts = timestampPattern.exec(text);
  if (parts !== null) {
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ahead = 0, past = 0] =
      parts.slice(1).map((part) => Number(part ?? 0));
    const daysOfMonth = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    const lastDay = daysOfMonth[month - 1] ?? 0;
    const dateFits = year >= 1 && day >= 1 && day <= lastDay;
    if (dateFits && hour < 24 && minute < 60 && second < 60 && ahead < 24 && past < 60) {
      return undefined;
    }
  }
  return ["cel_time", `\`${text}\` is not a timestamp; write it like \`2026-11-21T10:00:00Z\``];
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function durationRule(text: string): readonly [string, string] | undefined {
  return durationPattern.test(text)
    ? undefined
    : ["cel_time", `\`${text}\` is not a duration; write it like \`90s\` or \`1h30m\``];
}

function zoneRule(text: string): readonly [string, string] | undefined {
  return zonePattern.test(text)
    ? undefined
    : ["cel_zone", `\`${text}\` is not a zone; write it like \`Europe/London\` or \`+02:00\``];
}

function windowRule(text: string): readonly [string, string] | undefined {
  return windowPattern.test(lowerAscii(text))
    ? undefined
    : ["cel_window", `\`${text}\` is not weekly hours; write them like \`mon-fri 09:00-17:00\``];
}

function netRule(text: string): readonly [string, string] | undefined {
  const [address = "", bits = "", ...rest] = text.split("/");
  const octets = address.split(".");
  const isV4 =
    octets.length === 4 &&
    octets.every((octet) => /^(?:0|[1-9]\d{0,2})$/u.test(octet) && Number(octet) < 256);
  const isV6 = /^[0-9a-fA-F:]*:[0-9a-fA-F:.]*$/u.test(address);
  const bitsMax = isV4 ? 32 : 128;
  const fits = /^\d{1,3}$/u.test(bits) && Number(bits) <= bitsMax && rest.length === 0;
  return (isV4 || isV6) && fits
    ? undefined
    : ["cel_net", `\`${text}\` is not a CIDR block; write it like \`10.0.0.0/8\``];
}
