import { isWordUnit } from "./finding.ts";
import type { Finding, Scanned } from "./finding.ts";

/** Longest local part and domain (RFC 5321, section 4.5.3.1). */
const localMax = 64;
const local = /[^\s"(),:;<>@[\\\]\0-\x20]/;
const domain =
  /(?:[0-9A-Za-z\u00a1-\uffff](?:[0-9A-Za-z\u00a1-\uffff-]{0,62})\.){1,8}[A-Za-z\u00a1-\uffff][0-9A-Za-z\u00a1-\uffff-]{1,23}/y;

/** Endings that are kinds of files rather than domains. */
const files =
  /\.(?:png|jpe?g|gif|svg|webp|avif|ico|css|js|mjs|cjs|ts|tsx|jsx|json|md|txt|html?|xml|ya?ml|map|woff2?|ttf|zip|gz|tgz|pdf|lock|so|dll|exe)$/;

/** Addresses of e-mail: those that the web takes, also with letters of other scripts. */
export function emailsIn({ text, lower }: Scanned): readonly Finding[] {
  const found: Finding[] = [];
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    domain.lastIndex = at + 1;
    const host = domain.exec(text)?.[0].replace(/-+$/u, "");
    if (host === undefined || files.test(host)) continue;
    let start = at;
    while (start > 0 && at - start < localMax && local.test(text.charAt(start - 1))) start -= 1;
    start = trimmed(text, start, at);
    const end = at + 1 + host.length;
    if (start === at || isRemote(lower, start, at, end)) continue;
    found.push({ type: "email", start, end });
  }
  return found;
}

/** Without quotes, brackets and what else stands before a word, and without the names of parameters. */
function trimmed(text: string, start: number, at: number): number {
  const written = text.slice(start, at);
  const set = Math.max(...["=", "|", "&", "/"].map((mark) => written.lastIndexOf(mark)));
  let from = start + set + 1;
  while (from < at && !isWordUnit(text, from) && text.charCodeAt(from) < 0xa1) from += 1;
  return from;
}

/** What only looks like an address: `git@host:path`, and users of a URL's host. */
function isRemote(lower: string, start: number, at: number, end: number): boolean {
  const isPath = lower.charAt(end) === ":" && !/[\s]/u.test(lower.charAt(end + 1) || " ");
  if (isPath && (lower.slice(start, at) === "git" || /[a-z~/]/u.test(lower.charAt(end + 1))))
    return true;
  const before = lower.slice(Math.max(0, start - 96), start);
  return /:\/\/[^\s/]*$/u.test(before);
}
