import type { NameKind } from "../compile/check/vocabulary.ts";
import type { DocumentKind } from "../compile/schema/documents.ts";

/** What a name in a policy set stands for; `variable`, `param` and `rule` belong to one Policy. */
export type SymbolKind = NameKind | "policy" | "variable" | "param" | "test";

/**
 * A place of a document where names stand. In `path`, `*` is any step, and a last `keys` means the
 * keys of the map there. `prefix` is what stands before the name, as in `group:NAME`.
 */
export interface NamePlace {
  readonly path: readonly string[];
  readonly kind: SymbolKind;
  readonly prefix?: string;
  readonly defines?: true;
}

function match(member: "match" | "allows"): readonly NamePlace[] {
  return [
    { path: ["spec", member, "tools", "*"], kind: "tool" },
    { path: ["spec", member, "agents", "*"], kind: "agent" },
    { path: ["spec", member, "agent_roles", "*"], kind: "role" },
    { path: ["spec", member, "labels", "*"], kind: "label" },
    { path: ["spec", member, "environments", "*"], kind: "environment" },
  ];
}

function named(kind: SymbolKind): readonly NamePlace[] {
  return [{ path: ["metadata", "name"], kind, defines: true }];
}

const rule = ["spec", "rules", "*"] as const;
const testCase = ["spec", "cases", "*"] as const;

/** Every place where a document names something, by its kind. */
const namePlaces: Readonly<Record<DocumentKind, readonly NamePlace[]>> = {
  Policy: [
    ...named("policy"),
    ...match("match"),
    { path: ["spec", "params", "keys"], kind: "param", defines: true },
    { path: ["spec", "variables", "keys"], kind: "variable", defines: true },
    { path: [...rule, "id"], kind: "rule", defines: true },
    { path: [...rule, "limit", "meter"], kind: "meter" },
    { path: [...rule, "in"], kind: "sandbox" },
    { path: [...rule, "approval", "from", "*"], kind: "group", prefix: "group:" },
    { path: [...rule, "restrict", "*"], kind: "tool", prefix: "tool:" },
    { path: [...rule, "restrict", "*"], kind: "label", prefix: "label:" },
    { path: [...rule, "restrict", "*"], kind: "server", prefix: "server:" },
    { path: [...rule, "fallback", "tool"], kind: "tool" },
    { path: [...rule, "obligations", "*", "label"], kind: "label" },
  ],
  Event: [...named("event"), ...match("match")],
  Meter: [...named("meter"), ...match("match")],
  Tool: [
    ...named("tool"),
    { path: ["spec", "labels", "*"], kind: "label" },
    { path: ["spec", "classification"], kind: "classification" },
    { path: ["spec", "log", "classes", "*"], kind: "classification" },
    { path: ["spec", "results", "*", "labels", "*"], kind: "source" },
  ],
  Agent: [
    ...named("agent"),
    { path: ["spec", "roles", "*"], kind: "role", defines: true },
    { path: ["spec", "environments", "*"], kind: "environment" },
  ],
  Group: named("group"),
  List: named("list"),
  Resource: [
    { path: ["spec", "classification"], kind: "classification" },
    { path: ["spec", "labels", "*"], kind: "label" },
  ],
  Sandbox: named("sandbox"),
  External: named("external"),
  Boundary: match("allows"),
  Settings: [
    { path: ["spec", "environments", "*"], kind: "environment", defines: true },
    { path: ["spec", "classifications", "*"], kind: "classification", defines: true },
    { path: ["spec", "log", "redact"], kind: "classification" },
    { path: ["spec", "labels", "*"], kind: "label", defines: true },
  ],
  PolicyTest: [
    ...named("test"),
    { path: [...testCase, "request", "tool"], kind: "tool" },
    { path: [...testCase, "request", "agent", "id"], kind: "agent" },
    { path: [...testCase, "request", "agent", "roles", "*"], kind: "role" },
    { path: [...testCase, "request", "environment"], kind: "environment" },
    { path: [...testCase, "given", "events", "keys"], kind: "event" },
    { path: [...testCase, "given", "meters", "keys"], kind: "meter" },
    { path: [...testCase, "given", "external", "keys"], kind: "external" },
    { path: [...testCase, "given", "results", "*", "tool"], kind: "tool" },
    { path: [...testCase, "given", "restrictions", "*"], kind: "tool", prefix: "tool:" },
    { path: [...testCase, "given", "restrictions", "*"], kind: "label", prefix: "label:" },
    { path: [...testCase, "expect", "rules", "*"], kind: "rule" },
    { path: [...testCase, "expect", "sandbox"], kind: "sandbox" },
  ],
};

/** The places that a path is one of; a key counts as `[...map, "keys"]`. */
export function placesOf(
  kind: DocumentKind,
  path: readonly (string | number)[],
  isKey: boolean,
): readonly NamePlace[] {
  const steps = isKey ? [...path.slice(0, -1), "keys"] : path;
  return namePlaces[kind].filter(
    (place) =>
      place.path.length === steps.length &&
      (place.path.at(-1) === "keys") === isKey &&
      place.path.every((step, index) => step === "*" || step === String(steps[index])),
  );
}
