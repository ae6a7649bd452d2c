import { originSpace } from "../../document/origin-vocabulary.ts";
import { foldCase } from "./word.ts";

const spaces: ReadonlySet<string> = new Set(originSpace);
const delimiters: ReadonlySet<string> = new Set(`${originSpace}<>"'()[]{},;\``);

/**
 * The host of an http(s) URL, as the platform's parser has it; `undefined` for anything else. WHY
 * not hosts in other letters, `%` or `xn--`: the platform reads them by its own tables of Unicode,
 * and another release of it would read them differently.
 */
function hostOf(text: string): string | undefined {
  const [, authority] = /^[Hh][Tt]{2}[Pp][Ss]?:\/\/+([^/?#]*)/.exec(text) ?? [];
  if (authority === undefined || text.includes("\\")) return undefined;
  if (!/^[\x21-\x24\x26-\x7e]*$/.test(authority)) return undefined;
  for (const unit of text) if (spaces.has(unit)) return undefined;
  if (!URL.canParse(text)) return undefined;
  const { username, password, hostname } = new URL(text);
  if (username !== "" || password !== "" || hostname === "") return undefined;
  return hostname.split(".").some((label) => label.startsWith("xn--")) ? undefined : hostname;
}

/** The host of a text that is a URL with or without its scheme: `shop.example/cart`. */
export function hostOfAny(text: string): string | undefined {
  if (text.includes("://")) return hostOf(text);
  if (!text.includes(".") || text.includes("\\")) return undefined;
  for (const unit of spaces) if (text.includes(unit)) return undefined;
  return hostNamedBy(text);
}

/** The hosts that a prompt names, by URL or bare. */
export function hostsNamedIn(text: string): ReadonlySet<string> {
  const hosts = new Set<string>();
  for (const token of tokensOf(text)) {
    // Most words name none.
    if (!token.includes(".") && !token.includes("://")) continue;
    const host = hostNamedBy(token.replace(/[.!?:]+$/, ""));
    if (host !== undefined) hosts.add(host);
  }
  return hosts;
}

function hostNamedBy(token: string): string | undefined {
  if (token.includes("://")) return hostOf(token);
  const host = foldCase(token.replace(/[/?#].*$/s, ""));
  return /^[a-z0-9._-]*\.[a-z]{2,}$/.test(host) ? host : undefined;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  let start = 0;
  for (let at = 0; at <= text.length; at += 1) {
    if (at < text.length && !delimiters.has(text.charAt(at))) continue;
    if (at > start) tokens.push(text.slice(start, at));
    start = at + 1;
  }
  return tokens;
}
