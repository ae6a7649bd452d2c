import { selectorText } from "@holdfast/engine";
import type { OriginTier } from "@holdfast/engine";
import { escapedJson } from "@holdfast/model";
import type { ArgumentRole } from "../tool/argument-role.ts";
import type { UnderstoodArgument, UnderstoodTool } from "../tool/understood-tool.ts";
import type { KnownPlaces } from "./known-place.ts";

/** What leads out of the place where a tool works: an address, an account, a URL; a bare name does not. */
export const leadingOut = "@|[0-9]{6}|://";

/** A path that leaves the folder that it begins in. */
const climbing = String.raw`(^|[/\\])[.][.]([/\\]|$)`;

/** A condition that never holds. */
export const never = "false";

/** The value of an argument, whatever its name: a name never ends the text that it stands in. */
export function valueOf({ name }: Pick<UnderstoodArgument, "name">): string {
  return isSelectable(name) ? `args.${selectorText(name)}` : `args[${JSON.stringify(name)}]`;
}

/** Whether an argument is given. */
export function isGiven({ name }: Pick<UnderstoodArgument, "name">): string {
  return isSelectable(name) ? `has(args.${selectorText(name)})` : `${JSON.stringify(name)} in args`;
}

/** What a condition can name between backticks. */
function isSelectable(name: string): boolean {
  return /^[A-Za-z0-9_.\-/ ]+$/u.test(name);
}

/** The condition on each argument of these roles that is given, joined by or; `never` for none. */
export function anyOf(
  { arguments: all }: UnderstoodTool,
  roles: readonly ArgumentRole[],
  condition: (argument: UnderstoodArgument) => string,
): string {
  const parts = all
    .filter(({ role }) => roles.includes(role))
    .map((argument) => `${isGiven(argument)} && ${condition(argument)}`);
  if (parts.length === 0) return never;
  return parts.length === 1 ? (parts[0] ?? never) : parts.map((part) => `(${part})`).join(" || ");
}

/** Whether a tool takes whom or where it reaches. */
export function reaches({ arguments: all }: UnderstoodTool): boolean {
  return all.some(({ role }) => role === "party" || role === "url" || role === "secret");
}

/** An argument that was first seen somewhere worse than this. */
export function isWorse(argument: UnderstoodArgument, tier: OriginTier): string {
  return `!no_worse(origin(${valueOf(argument)}), "${tier}")`;
}

/** An argument that was first seen in just one of these ways. */
export function isOf(argument: UnderstoodArgument, tiers: readonly OriginTier[]): string {
  const names = tiers.map((tier) => `"${tier}"`).join(", ");
  return `origin(${valueOf(argument)}).tier in [${names}]`;
}

/** An argument that leads out of the place, and to none of the known domains. */
export function leadsOut(argument: UnderstoodArgument, { domains }: KnownPlaces): string {
  const leadsText = (text: string): string =>
    domains.length === 0
      ? `string(${text}).matches("${leadingOut}")`
      : `string(${text}).matches("${leadingOut}") && !string(${text}).matches(${JSON.stringify(domainPattern(domains))})`;
  const value = valueOf(argument);
  const isPlain = (text: string): string => `type(${text}) in [string, int, double]`;
  // Whatever kind of value an agent gives: what is none of these may hold anything.
  const listed = inList(argument, `${isPlain("each")} ? ${leadsText("each")} : true`);
  return `${value} != null && (${isPlain(value)} ? ${leadsText(value)} : type(${value}) == list ? ${listed} : type(${value}) != bool)`;
}

/**
 * What holds of `each` of a list. Of an argument that takes none a list holds without a look: looking
 * is dear, and a list is not what the tool takes.
 */
function inList(argument: UnderstoodArgument, one: string): string {
  return argument.isList ? `${valueOf(argument)}.exists(each, ${one})` : "true";
}

/**
 * What holds of a text or number of four characters and more, or of one in a list: where shorter ones are
 * from nobody can tell (POLICY.md section 3). Of the texts in `but` nothing is asked.
 */
export function eachLong(
  argument: UnderstoodArgument,
  condition: (text: string) => string,
  but: readonly string[] = [],
): string {
  const value = valueOf(argument);
  const list = but.map((each) => escapedJson(JSON.stringify(each))).join(", ");
  const aside = (text: string): string =>
    but.length === 0 ? "" : ` && !(string(${text}) in [${list}])`;
  const one = (text: string): string =>
    `(type(${text}) in [string, int, double] && size(string(${text})) >= 4${aside(text)} && ${condition(text)})`;
  return `(type(${value}) == list ? ${inList(argument, one("each"))} : ${one(value)})`;
}

/** A path that climbs out of the folder that it begins in. */
export function leavesFolder(argument: UnderstoodArgument): string {
  const value = valueOf(argument);
  const climbs = (text: string): string =>
    `(type(${text}) == string && string(${text}).matches(${JSON.stringify(climbing)}))`;
  if (!argument.isList) return climbs(value);
  return `(type(${value}) == list ? ${inList(argument, climbs("each"))} : ${climbs(value)})`;
}

/** A URL on a site that the prompt names, or on a known one. */
export function isFamiliar(argument: UnderstoodArgument, { hosts }: KnownPlaces): string {
  const named = `no_worse(origin(${valueOf(argument)}), "prompt_host")`;
  return hosts.length === 0
    ? named
    : `(${named} || string(${valueOf(argument)}).matches(${JSON.stringify(hostPattern(hosts))}))`;
}

/** The expression that addresses in these domains match. */
function domainPattern(domains: readonly string[]): string {
  return `^[^@]+@(${domains.map((each) => each.replaceAll(".", "[.]")).join("|")})$`;
}

/** The expression that URLs on these hosts match. */
function hostPattern(hosts: readonly string[]): string {
  return `^(https?://)?(${hosts.map((each) => each.replaceAll(".", "[.]")).join("|")})([/?#].*)?$`;
}
