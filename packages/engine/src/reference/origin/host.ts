import { lowerAscii } from "@holdfast/model";
import { originSpace } from "../../document/origin-vocabulary.ts";

/** Units besides white space at which a prompt is cut into tokens. */
const cuts = "<>\"'()[]{},;`";
/** Units that end a sentence rather than a token. */
const trailing = ".!?:";

/**
 * The host of an http(s) URL without userinfo; `undefined` for any other text, and for a host that
 * only tables of Unicode can read: with letters beyond ASCII, in `%` or `xn--` too.
 */
function hostOfUrl(text: string): string | undefined {
  if (!/^https?:\/\//u.test(lowerAscii(text))) return undefined;
  for (const unit of text) if (unit === "\\" || originSpace.includes(unit)) return undefined;
  if (!isPlainHost(text)) return undefined;
  const url = parsedUrl(text);
  if (url === undefined || url.username !== "" || url.password !== "") return undefined;
  return url.hostname === "" ? undefined : url.hostname;
}

/** The host of a text that is a URL, or one without its scheme, as people write it: `shop.example/cart`. */
export function hostOfLeaf(text: string): string | undefined {
  const named = hostOfUrl(text);
  if (named !== undefined || text.includes("://")) return named;
  for (const unit of text) if (unit === "\\" || originSpace.includes(unit)) return undefined;
  return bareHost(text);
}

/** Whether all that may be a host is ASCII, without `%` and labels that begin with `xn--`. */
function isPlainHost(text: string): boolean {
  const [host = ""] = text
    .slice(text.indexOf(":") + 1)
    .replace(/^\/+/u, "")
    .split(/[/?#]/u);
  const units = /^[\u0021-\u0024\u0026-\u007e]*$/u.test(host);
  return (
    units &&
    !lowerAscii(host)
      .split(/[.@:]/u)
      .some((label) => label.startsWith("xn--"))
  );
}

function parsedUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** The hosts that a prompt names, by a URL or bare (`shop.example`), paths left aside. */
export function hostsNamed(prompt: string): ReadonlySet<string> {
  const hosts = new Set<string>();
  for (const token of tokensOf(prompt)) {
    const host = token.includes("://") ? hostOfUrl(token) : bareHost(token);
    if (host !== undefined) hosts.add(host);
  }
  return hosts;
}

function tokensOf(prompt: string): readonly string[] {
  const tokens: string[] = [];
  let token = "";
  for (const unit of `${prompt} `) {
    if (!cuts.includes(unit) && !originSpace.includes(unit)) {
      token += unit;
      continue;
    }
    while (token !== "" && trailing.includes(token.slice(-1))) token = token.slice(0, -1);
    if (token !== "") tokens.push(token);
    token = "";
  }
  return tokens;
}

function bareHost(token: string): string | undefined {
  const [part = ""] = token.split(/[/?#]/u);
  const last = part.slice(part.lastIndexOf(".") + 1);
  const isHost = part.includes(".") && /^[0-9A-Za-z._-]+$/u.test(part);
  return isHost && /^[A-Za-z]{2,}$/u.test(last) ? lowerAscii(part) : undefined;
}
