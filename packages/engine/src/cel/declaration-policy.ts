import type { DeclarationTable } from "./signature.ts";
import { boolType, dynType, intType, stringType } from "./type.ts";
import type { CelType } from "./type.ts";
import { listOf, nameOf, objectOf } from "./type-builder.ts";

/** One entry of the fact `paths`. */
export const pathFactType: CelType = objectOf("path", {
  arg: stringType,
  mode: stringType,
  raw: stringType,
  real: stringType,
  exists: boolType,
  link: boolType,
  kind: stringType,
  links: intType,
  parts: listOf(stringType),
  odd: listOf(stringType),
  opaque: boolType,
});

/** What the variable `tool` is. */
export const toolType: CelType = objectOf("tool", {
  server: stringType,
  name: stringType,
  labels: listOf(nameOf("label")),
  classification: nameOf("classification"),
});

/** Object types that the signatures below name as `@name`. */
export const policyObjects: ReadonlyMap<string, CelType> = new Map([
  ["origin", objectOf("origin", { tier: nameOf("tier"), source: stringType })],
  ["path", pathFactType],
  [
    "requested",
    objectOf("requested", { mood: stringType, literals: intType, on_topic: boolType }, dynType),
  ],
  ["tool", toolType],
]);

const extreme = [
  "(int...) -> int",
  "(uint...) -> uint",
  "(double...) -> double",
  "(number...) -> dyn",
  "(timestamp...) -> timestamp",
  "(duration...) -> duration",
  "(list(int)) -> int",
  "(list(uint)) -> uint",
  "(list(double)) -> double",
  "(list(timestamp)) -> timestamp",
  "(list(duration)) -> duration",
] as const;

/**
 * Holdfast's own functions. Events and Meters are named by a literal, either as a string or as a
 * bare identifier: `happened(refund)` is `happened("refund")`, and the parser makes it so. A name
 * with a hyphen needs the string. Labels, classifications and tiers are strings.
 */
export const policyTable: DeclarationTable = {
  happened: [
    "Whether an Event has occurred for this key, ever or within a duration",
    "(string<event>) -> bool",
    "(string<event>, duration) -> bool",
  ],
  count: [
    "How often an Event occurred for this key within a duration",
    "(string<event>, duration) -> int",
  ],
  since: [
    "Whether the first Event occurred after the latest of the second, by sequence number",
    "(string<event>, string<event>) -> bool",
  ],
  meter: ["What a Meter holds for this key, this action not counted", "(string<meter>) -> double"],
  origin: ["Where a value was first seen: the worst tier of its leaves", "(dyn) -> @origin"],
  no_worse: ["Whether an origin is at least as good as a tier", "(@origin, string<tier>) -> bool"],
  from_only: [
    "Whether every leaf of a value was first seen in the prompt or a whole field with one of these labels",
    "(dyn, list(string<source>)) -> bool",
  ],
  touches: [
    "Whether a value may hold text that came with a label; only a hint, for narrowing",
    "(dyn, string<source>) -> bool",
  ],
  requested_by: [
    "Whether a result asks for this call, and in which mood; only for narrowing",
    "(dyn) -> @requested",
  ],
  names_act: [
    "Whether the prompt holds one of the tool's act words",
    "(@tool) -> bool",
    "(string<tool>) -> bool",
  ],
  under: ["Whether a path lies in a folder, links resolved", "(@path, string) -> bool"],
  domain: ["Whether a host is a domain or lies below it", "(string, string) -> bool"],
  in_net: [
    "Whether an IP address lies in a CIDR block. Of an IPv4 block, `::ffff:10.0.0.1` is judged as IPv4, and an IPv6 address that carries an IPv4 one in any other way (`::10.0.0.1`, NAT64, 6to4, Teredo, ISATAP) is an error",
    "(string, string) -> bool",
  ],
  glob: [
    "Whether a pattern matches the whole text: `*` stops at `/`, `**` does not",
    "(string, string) -> bool",
  ],
  plain_text: [
    "Whether a text is just what a reader sees of it: in Unicode's form NFC, without controls but tab, CR and LF, and without characters that are not shown",
    "(string) -> bool",
  ],
  in_window: [
    "Whether a moment lies in weekly hours, such as `mon-fri 09:00-17:00`, of a zone",
    "(timestamp, string<zone>, string) -> bool",
  ],
  at_least: [
    "Whether a classification is at least as sensitive as another",
    "(string<classification>, string<classification>) -> bool",
  ],
  min: ["The least value", ...extreme],
  max: ["The greatest value", ...extreme],
  overlap: ["Whether two lists share an element", "(list(A), list(A)) -> bool"],
};
