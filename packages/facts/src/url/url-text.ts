import { lowerAscii } from "@holdfast/model";

/** A URL as it is written, before any parser changes it. */
export interface UrlText {
  /** in small letters; empty when none is written */
  readonly scheme: string;
  /** whether `scheme://` and at least one character of a host or user follow */
  readonly formed: boolean;
  /** what stands between `//` and the path, the query, the fragment or a backslash */
  readonly authority: string;
  /** the part of the authority behind the last `@`, without the port */
  readonly host: string;
  /** what stands behind the authority, up to the query or the fragment */
  readonly path: string;
}

/** Takes the text of a URL apart as RFC 3986 does, except that a backslash ends the authority too. */
export function splitUrl(text: string): UrlText {
  const [, scheme = "", rest = ""] = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/su.exec(text) ?? [];
  const [, authority, path = ""] = /^\/\/([^/?#\\]*)([^?#]*)/su.exec(rest) ?? [];
  const address = authority?.slice(authority.lastIndexOf("@") + 1) ?? "";
  return {
    scheme: lowerAscii(scheme),
    formed: authority !== undefined && authority !== "",
    authority: authority ?? "",
    host: address.replace(/:[^:\]]*$/u, ""),
    path: authority === undefined ? (/^[^?#]*/su.exec(rest)?.[0] ?? "") : path,
  };
}
