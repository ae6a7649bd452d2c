import { urlFact } from "@holdfast/facts";

/** A URL that the fact leads to one host, and curl to another, or to none. */
export interface UrlDifference {
  readonly kind: "another host" | "curl asks nobody";
  readonly fact: string;
  readonly curl: string;
}

interface UrlEntry {
  readonly host: string;
  readonly port: number;
  readonly opaque: boolean;
  readonly odd: readonly string[];
}

/** Oddities that the pack for requests refuses, so that nothing with one of them is asked for. */
const refused = new Set(
  "form control whitespace backslash non_ascii encoded_slash encoded_backslash encoded_nul encoded_percent dot_parameter trailing_dot".split(
    " ",
  ),
);

/** The host and port that a URL leads to by the fact; `undefined` where it is denied. */
export function factHost(url: string): string | undefined {
  const answer = urlFact([{ arg: "url", use: "url", value: url }]);
  if ("error" in answer) return undefined;
  const [entry] = answer.value as unknown as readonly UrlEntry[];
  if (entry === undefined || entry.opaque) return undefined;
  if (entry.odd.some((name) => refused.has(name))) return undefined;
  return `${entry.host}:${entry.port}`;
}

/** Compares a host that the fact says with the header that curl sends. */
export function urlDifference(fact: string, curl: string | undefined): UrlDifference | undefined {
  if (curl === undefined) return { kind: "curl asks nobody", fact, curl: "" };
  const [, six, port = "80"] = /^(\[.*\])(?::(\d+))?$/u.exec(curl) ?? [];
  // Only IPv6 has several ways to write it that everybody reads alike.
  const whole =
    six === undefined
      ? `${curl}${/:\d+$/u.test(curl) ? "" : ":80"}`.toLowerCase()
      : `${new URL(`http://${six}/`).hostname.slice(1, -1)}:${port}`;
  return whole === fact ? undefined : { kind: "another host", fact, curl };
}
