import type { Facts, Json, JsonObject } from "@holdfast/model";
import type { Chance } from "../engine-fuzz/chance.ts";
import { mutated } from "./mutation.ts";
import type { FuzzTarget, Law, StatedTool } from "./target.ts";
import { isObject, valueOf } from "./target.ts";
import { urlPieces, urlSeeds } from "./url-seed.ts";

const tool: StatedTool = { arguments: { url: "url" } };

function entryOf(facts: Facts): JsonObject | undefined {
  const value = valueOf(facts.urls);
  const first: Json | undefined = Array.isArray(value) ? value[0] : undefined;
  return isObject(first) ? first : undefined;
}

const placeFields = ["scheme", "host", "port", "path", "query", "ip_literal"] as const;

/** Where two URLs lead, when neither entry is opaque. */
function place(entry: JsonObject): string {
  return JSON.stringify(placeFields.map((field) => entry[field]));
}

/**
 * The canonical text of a URL leads where the URL leads, and is private only when that is (a zero
 * in front, which may mean octal, is private by more readings than what is left of it).
 */
const canonical: Law = (facts, varied) => {
  const [one, other] = [entryOf(facts), entryOf(varied)];
  if (one === undefined || one["opaque"] === true) return undefined;
  if (other === undefined) return `canonical text has no fact: ${JSON.stringify(varied.urls)}`;
  if (other["opaque"] === true) return "canonical text is opaque";
  // The standard takes the name away that says a file is here.
  const here = one["scheme"] === "file" && one["host"] === "localhost";
  if (!here && place(one) !== place(other)) return `${place(one)} but ${place(other)}`;
  const widened = other["private"] === true && one["private"] !== true;
  return widened ? "private only once canonical" : undefined;
};

/** Another way to write the same URL leads to the same place. */
const rewritten: Law = (facts, varied) => {
  const [one, other] = [entryOf(facts), entryOf(varied)];
  if (one === undefined || other === undefined) return "no fact";
  if (one["opaque"] === true || other["opaque"] === true) return "opaque";
  if (place(one) !== place(other)) return `${place(one)} but ${place(other)}`;
  return one["private"] === other["private"] ? undefined : "only one is private";
};

/** What holds of every entry: a host of an entry that is not opaque is one, and text is read back. */
function entryProblem(facts: Facts): string | undefined {
  const entry = entryOf(facts);
  if (entry === undefined || entry["opaque"] === true) return undefined;
  const { scheme, host, port } = entry;
  if (typeof host !== "string" || typeof port !== "number") return "no host or port";
  if (port < 0 || port > 65_535) return `the port is ${port}`;
  if (host === "") {
    return scheme === "file" || scheme === "data"
      ? undefined
      : "no host in a fact that is not opaque";
  }
  if (!/^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|[0-9a-f:]+)$/u.test(host)) return `host \`${host}\``;
  if (/^[\d.]+$/u.test(host) && entry["ip_literal"] !== true) return "a number that is a name";
  return undefined;
}

/** Texts that are nearly URLs. */
export const urlText: FuzzTarget = {
  name: "url-text",
  names: ["urls"],
  laws: { canonical },
  make: (chance) => {
    const url = mutated(urlSeeds, urlPieces, chance);
    const variants = URL.canParse(url)
      ? [{ law: "canonical", args: { url: new URL(url).href } }]
      : [];
    return { tool, args: { url }, variants };
  },
  check: (_, facts) => entryProblem(facts),
};

interface MadeHost {
  readonly host: string;
  readonly forms: readonly string[];
  readonly literal: boolean;
  readonly near: boolean;
}

/** Addresses as numbers: whether each is one of the public Internet was looked up by hand. */
const fourHosts: readonly (readonly [string, boolean])[] = [
  ["8.8.8.8", false],
  ["93.184.216.34", false],
  ["127.0.0.1", true],
  ["10.1.2.3", true],
  ["169.254.169.254", true],
  ["172.31.255.255", true],
  ["172.32.0.1", false],
  ["192.168.0.10", true],
  ["100.64.0.1", true],
  ["0.0.0.0", true],
  ["224.0.0.1", true],
  ["255.255.255.255", true],
  ["1.1.1.1", false],
];

/** IPv6 in the form that facts have, then other ways to write it. */
const sixHosts: readonly (readonly [string, readonly string[], boolean])[] = [
  ["::1", ["0:0:0:0:0:0:0:1", "::0001", "0::0:1"], true],
  ["2606:4700::1111", ["2606:4700:0:0:0:0:0:1111", "2606:4700::0:1111"], false],
  ["::ffff:7f00:1", ["::ffff:127.0.0.1", "0:0:0:0:0:FFFF:7F00:0001"], true],
  ["fe80::1", ["FE80:0::1"], true],
  ["fc00::1", ["fc00:0000::0001"], true],
  ["2002:7f00:1::", ["2002:7F00:0001::0"], true],
  ["64:ff9b::a00:1", ["64:ff9b::10.0.0.1"], true],
];

const nameHosts: readonly (readonly [string, boolean])[] = [
  ["example.com", false],
  ["api.example.com", false],
  ["near.example.com", true],
  ["unknown.example.org", true],
  ["localhost", true],
  ["db.internal", true],
  ["a-b_c.example.com", true],
];

function madeHost(chance: Chance): MadeHost {
  const kind = chance.below(3);
  if (kind === 0) {
    const [host, near] = chance.of(nameHosts);
    return { host, forms: [host, host.toUpperCase(), `${host}.`], literal: false, near };
  }
  if (kind === 1) {
    const [host, near] = chance.of(fourHosts);
    return { host, forms: fourForms(host), literal: true, near };
  }
  const [host, forms, near] = chance.of(sixHosts);
  return { host, forms: [host, ...forms].map((form) => `[${form}]`), literal: true, near };
}

/** Ways to write an IPv4 address in which no zero in front has two meanings. */
function fourForms(host: string): readonly string[] {
  const [a = 0, b = 0, c = 0, d = 0] = host.split(".").map(Number);
  const whole = ((a * 256 + b) * 256 + c) * 256 + d;
  const hex = (value: number): string => `0x${value.toString(16)}`;
  return [
    host,
    String(whole),
    hex(whole),
    hex(whole).toUpperCase().replace("0X", "0x"),
    `${a}.${(b * 256 + c) * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    [a, b, c, d].map(hex).join("."),
  ];
}

const ports: Readonly<Record<string, number>> = { http: 80, https: 443, ftp: 21, ws: 80, wss: 443 };

/** URLs of which it is known where they lead, each written in two ways. */
export const urlMade: FuzzTarget = {
  name: "url-made",
  names: ["urls"],
  laws: { rewritten },
  make: (chance) => {
    const scheme = chance.of(Object.keys(ports));
    const { host, forms, literal, near } = madeHost(chance);
    const port = chance.once(2) ? (ports[scheme] ?? 0) : 1 + chance.below(65_535);
    const path = chance.of(["/", "/v1/x", "/a%20b", "/v1/%2e"]);
    const query = chance.of(["", "?a=b&c", "?//x@y"]);
    const written = (form: string, user: string, folder: string): string => {
      const shown = port === ports[scheme] && chance.once(2) ? "" : `:${port}`;
      const start = chance.once(2) ? scheme : scheme.toUpperCase();
      return `${start}://${user}${form}${shown}${folder}${path}${query}`;
    };
    const user = chance.of(["", "user@", "u:p@", "example.com:x@"]);
    const folder = chance.of(["", "/b/..", "/.", "/b/%2E%2e"]);
    return {
      tool,
      args: { url: written(chance.of(forms.slice(0, 1)), "", "") },
      variants: [{ law: "rewritten", args: { url: written(chance.of(forms), user, folder) } }],
      known: { scheme, host, port, ip_literal: literal, private: near },
    };
  },
  check: ({ known }, facts) => {
    const entry = entryOf(facts);
    if (entry === undefined) return `no fact: ${JSON.stringify(facts.urls)}`;
    for (const [field, value] of Object.entries(isObject(known) ? known : {})) {
      if (entry[field] !== value) {
        return `${field} is ${JSON.stringify(value)}, shown ${JSON.stringify(entry[field])}`;
      }
    }
    return entryProblem(facts);
  },
};
