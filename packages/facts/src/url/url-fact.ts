import type { FactAnswer, Json } from "@holdfast/model";
import type { AnnotatedArgument } from "../annotated-argument.ts";
import { factError, isTexts, textsOf } from "../fact-error.ts";
import { factLimits } from "../fact-limit.ts";
import { hasLoneSurrogate, utf8Bytes } from "../text-bytes.ts";
import { hasNearReading } from "./ip-form.ts";
import { isGlobalAddress, isNearName } from "./special-address.ts";
import { odditiesOf } from "./url-oddity.ts";
import { splitUrl } from "./url-text.ts";
import type { UrlText } from "./url-text.ts";

/** What an enforcement point says of the hosts that it will connect to. */
export interface UrlSettings {
  /**
   * Every address that was looked up for a host, as the fact writes it, of which the enforcement
   * point will connect to one and to no other. Without it every name counts as private.
   */
  readonly addresses?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** The port of a scheme when none is written. */
const defaultPorts: Readonly<Record<string, number>> = {
  ftp: 21,
  http: 80,
  https: 443,
  ws: 80,
  wss: 443,
};

/**
 * The fact `urls` (POLICY.md section 1): one entry for each argument annotated `url`, in their
 * order. An entry is opaque when parsers do not agree on the host, or when something is reached that
 * no host names.
 *
 * Errors: `unannotated`, `invalid` (not a text, or not an absolute URL), `limit` (more than 8,192
 * bytes, or more than 1,000 URLs).
 */
export function urlFact(
  annotated: readonly AnnotatedArgument[],
  settings: UrlSettings = {},
): FactAnswer {
  const texts = textsOf(annotated, "url", factLimits.entriesMax);
  if (!isTexts(texts)) return texts;
  const entries: Json[] = [];
  for (const { arg, text } of texts) {
    if (text.length > factLimits.urlBytesMax || utf8Bytes(text) > factLimits.urlBytesMax) {
      return factError("limit", `\`${arg}\` is longer than ${factLimits.urlBytesMax} bytes`);
    }
    const parsed = hasLoneSurrogate(text) ? undefined : parseUrl(text);
    if (parsed === undefined) return factError("invalid", `\`${arg}\` is not an absolute URL`);
    const parts = splitUrl(text);
    const found = targetOf(parsed, parts, settings) ?? { ...nowhere, opaque: true };
    entries.push({ arg, ...found, odd: [...odditiesOf(text, parts)] });
  }
  return { value: entries };
}

/** What a URL leads to: the fields of an entry but its argument and oddities. */
interface UrlTarget {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly query: string;
  readonly ip_literal: boolean;
  readonly private: boolean;
  readonly userinfo: boolean;
  readonly opaque: boolean;
}

const nowhere: UrlTarget = {
  scheme: "",
  host: "",
  port: 0,
  path: "",
  query: "",
  ip_literal: false,
  private: true,
  userinfo: false,
  opaque: false,
};

function parseUrl(text: string): URL | undefined {
  // WHY not `URL.canParse`: of Node 20 it takes `https://b\u00fccher.example` for no URL once it runs hot.
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function targetOf(url: URL, parts: UrlText, settings: UrlSettings): UrlTarget | undefined {
  const scheme = url.protocol.slice(0, -1);
  const { pathname: path, search } = url;
  const plain = { ...nowhere, scheme, path, query: search.slice(1) };
  // WHY: neither leads to a host; what `javascript:`, `jar:` or `mailto:` reach, no host says.
  // A host that is only there once controls are taken out is one to the standard.
  const named = parts.authority !== "" || url.hostname !== "";
  const hostless = scheme === "data" || (scheme === "file" && !named);
  if (hostless && parts.scheme === scheme) return plain;
  if (!parts.formed || parts.scheme !== scheme || !isPlainAuthority(parts)) return undefined;
  // WHY: only the standard's own schemes have their hosts made canonical; `gopher://0x7f.1/` has not.
  const address = parseUrl(`http://${parts.authority}/`);
  if (address === undefined) return undefined;
  const host = address.hostname.replace(/^\[(.*)\]$/u, "$1").replace(/\.$/u, "");
  const ipLiteral = address.hostname.startsWith("[") || /^\d+(?:\.\d+){3}$/u.test(host);
  // WHY: to the standard `file://c:/x` is a file of a drive, to others one of the host `c`.
  if (scheme === "file" && url.hostname === "" && host !== "localhost") return undefined;
  // WHY: `127.0.0.1.` is an address to some, and to curl a name that a resolver is asked for.
  if (ipLiteral ? parts.host.endsWith(".") : !isName(host)) return undefined;
  return {
    ...plain,
    host,
    port: url.port === "" ? (defaultPorts[scheme] ?? 0) : Number(url.port),
    ip_literal: ipLiteral,
    private: isPrivate(host, { ...parts, ipLiteral }, settings),
    userinfo: parts.authority.includes("@"),
  };
}

/**
 * Whether all parsers agree where the host is, and read it alike: ASCII without white space,
 * controls and escapes in the host, at most one `@`, and no backslash that ends it.
 */
function isPlainAuthority({ authority, host, path }: UrlText): boolean {
  const ascii = /^[!-~]*$/u.test(authority);
  return ascii && !host.includes("%") && authority.split("@").length <= 2 && !path.startsWith("\\");
}

function isName(host: string): boolean {
  return /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/u.test(host);
}

function isPrivate(
  host: string,
  written: { readonly host: string; readonly ipLiteral: boolean },
  { addresses = {} }: UrlSettings,
): boolean {
  const pinned = Object.hasOwn(addresses, host) ? (addresses[host] ?? []) : [];
  if (!pinned.every(isGlobalAddress)) return true;
  if (written.ipLiteral) return !isGlobalAddress(host) || hasNearReading(written.host);
  return pinned.length === 0 || isNearName(host);
}
