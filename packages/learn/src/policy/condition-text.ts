import type { ArgumentRole } from "../tool/argument-role.ts";
import type { UnderstoodArgument, UnderstoodTool } from "../tool/understood-tool.ts";
import type { KnownPlaces } from "./known-place.ts";

/** How good an origin is, the best first (POLICY.md section 3). */
export type Tier =
  | "prompt"
  | "own"
  | "prompt_host"
  | "field"
  | "named"
  | "named_text"
  | "text"
  | "nowhere";

/** What leads out of the place where a tool works: an address, an account, a URL; a bare name does not. */
const leadingOut = "@|[0-9]{6}|://";

/** A condition that never holds. */
export const never = "false";

/** The condition on each argument of these roles that is given, joined by or; `never` for none. */
export function anyOf(
  { arguments: all }: UnderstoodTool,
  roles: readonly ArgumentRole[],
  condition: (argument: UnderstoodArgument) => string,
): string {
  const parts = all
    .filter(({ role }) => roles.includes(role))
    .map((argument) => `has(args.${argument.name}) && ${condition(argument)}`);
  if (parts.length === 0) return never;
  return parts.length === 1 ? (parts[0] ?? never) : parts.map((part) => `(${part})`).join(" || ");
}

/** An argument that was first seen somewhere worse than this. */
export function isWorse({ name }: UnderstoodArgument, tier: Tier): string {
  return `!no_worse(origin(args.${name}), "${tier}")`;
}

/** An argument that was first seen in just one of these ways. */
export function isOf({ name }: UnderstoodArgument, tiers: readonly Tier[]): string {
  const names = tiers.map((tier) => `"${tier}"`).join(", ");
  return `origin(args.${name}).tier in [${names}]`;
}

/** An argument that leads out of the place, and to none of the known domains. */
export function leadsOut({ name, isList }: UnderstoodArgument, { domains }: KnownPlaces): string {
  const known =
    domains.length === 0
      ? ""
      : ` && !string(TEXT).matches(${JSON.stringify(domainPattern(domains))})`;
  const leads = `string(TEXT).matches("${leadingOut}")${known}`;
  const shown = `args.${name} != null`;
  return isList
    ? `${shown} && args.${name}.exists(text, ${leads.replaceAll("TEXT", "text")})`
    : `${shown} && ${leads.replaceAll("TEXT", `args.${name}`)}`;
}

/** A URL on a site that the prompt names, or on a known one. */
export function isFamiliar({ name }: UnderstoodArgument, { hosts }: KnownPlaces): string {
  const named = `no_worse(origin(args.${name}), "prompt_host")`;
  return hosts.length === 0
    ? named
    : `(${named} || string(args.${name}).matches(${JSON.stringify(hostPattern(hosts))}))`;
}

/** The expression that addresses in these domains match. */
function domainPattern(domains: readonly string[]): string {
  return `^[^@]+@(${domains.map((each) => each.replaceAll(".", "[.]")).join("|")})$`;
}

/** The expression that URLs on these hosts match. */
function hostPattern(hosts: readonly string[]): string {
  return `^(https?://)?(${hosts.map((each) => each.replaceAll(".", "[.]")).join("|")})([/?#].*)?$`;
}
