import type { FactName } from "@holdfast/model";
import type { ArgumentUse } from "./kinds.ts";

/** The fact that arguments of each annotation are computed into (POLICY.md section 5). */
export const factOfUse: Readonly<Record<ArgumentUse, FactName>> = {
  shell: "shell",
  sql: "sql",
  path: "paths",
  url: "urls",
  content: "content",
  k8s: "k8s",
};

/** Labels that facts can add to an action (POLICY.md section 1). */
export const derivableLabels = [
  "destructive",
  "egress",
  "exec",
  "internal",
  "read",
  "write",
] as const;

export type DerivableLabel = (typeof derivableLabels)[number];

/** What an opaque fact derives: it may do anything, wherever it can reach. */
export const opaqueLabels: readonly DerivableLabel[] = [
  "destructive",
  "egress",
  "exec",
  "read",
  "write",
];

/** Commands, by the last part of their name, whose work is to destroy. */
export const destructiveCommands: ReadonlySet<string> = new Set([
  "blkdiscard",
  "mkfs",
  "rm",
  "rmdir",
  "shred",
  "unlink",
  "wipefs",
]);

/** Beginnings of the kinds of statements that destroy with or without a condition. */
export const destructiveStatements: readonly string[] = ["drop", "truncate"];

/** Verbs of Kubernetes that change nothing; any other writes. */
export const readingVerbs: ReadonlySet<string> = new Set(["get", "list", "watch"]);

/** Verbs of Kubernetes that destroy. */
export const destructiveVerbs: ReadonlySet<string> = new Set(["delete", "deletecollection"]);

/** How large a fact may be; the bound on the cost of conditions counts on it. */
export const factBounds = {
  /** entries of any one list or map in it */
  entriesMax: 1_000,
  /** values in it, parts and all */
  valuesMax: 100_000,
  /** UTF-16 units of all its texts */
  unitsMax: 16 * 1024 * 1024,
  /** UTF-16 units of `host` and `scheme` of a URL */
  hostUnitsMax: 256,
} as const;

/** What stands in the place of what a `modify` rule masks. */
export const maskText = "[masked]";
