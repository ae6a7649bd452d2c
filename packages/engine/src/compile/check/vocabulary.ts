import { actionKinds, nearestName, phases } from "@holdfast/model";
import type { Span } from "@holdfast/model";
import type { Bundle } from "../../document/bundle.ts";
import { originTiers } from "../../document/origin-vocabulary.ts";
import type { NameSet } from "../../cel/type.ts";
import type { DiagnosticCode } from "../codes.ts";
import type { Marks } from "../reading.ts";
import { didYouMean } from "../report.ts";
import type { Report } from "../report.ts";
import type { DocumentKind } from "../schema/documents.ts";
import { unlabelled } from "../settings.ts";
import { zoneNames } from "../../zone/zone-tables.ts";

/** Kinds of names that a policy set closes; what is not in the set is a compile error. */
export type NameKind =
  | "agent"
  | "tool"
  | "server"
  | "role"
  | "label"
  | "source"
  | "environment"
  | "classification"
  | "event"
  | "meter"
  | "list"
  | "sandbox"
  | "external"
  | "group"
  | "rule";

/** Those that are named outside conditions; Lists are read by conditions alone. */
export type DemandedKind = Exclude<NameKind, "list">;

/** The names of a policy set by kind; a kind that is absent is open. */
export type Vocabulary = ReadonlyMap<NameKind, ReadonlySet<string>>;

/** Labels the engine itself derives from facts, whatever Settings declares (POLICY.md section 1). */
const derivedLabels = ["read", "write", "destructive", "egress", "exec", "internal", unlabelled];
/** Labels of origins that no tool gives: the prompt, and fields known to be the agent's own. */
const originLabels = ["user", "own", "directory"];
/** Origin tiers that an allow may rest on, best first (POLICY.md section 3). */
export const grantingTiers: readonly string[] = originTiers.slice(
  0,
  originTiers.indexOf("field") + 1,
);

/**
 * Gathers every name. Roles are closed as soon as one Agent document declares a role, and open
 * otherwise: then they come from credentials this policy set does not list. Names of documents
 * that were refused count as known, so that one mistake is not told twice.
 */
export function vocabularyOf(bundle: Bundle, { refused }: Marks): Vocabulary {
  const { settings } = bundle;
  const of = (kind: DocumentKind, documents: readonly { readonly name: string }[]): Set<string> =>
    new Set([...documents.map(({ name }) => name), ...(refused.get(kind) ?? [])]);
  const tools = of("Tool", bundle.tools);
  const labels = new Set([...settings.labels, ...derivedLabels]);
  const vocabulary = new Map<NameKind, ReadonlySet<string>>([
    ["agent", of("Agent", bundle.agents)],
    ["tool", tools],
    ["server", new Set([...tools].map((name) => name.slice(0, name.indexOf("."))))],
    ["event", of("Event", bundle.events)],
    ["meter", of("Meter", bundle.meters)],
    ["list", of("List", bundle.lists)],
    ["sandbox", of("Sandbox", bundle.sandboxes)],
    ["external", of("External", bundle.externals)],
    ["group", of("Group", bundle.groups)],
  ]);
  const roles = new Set(bundle.agents.flatMap((agent) => agent.roles));
  if (roles.size > 0 && !refused.has("Agent")) vocabulary.set("role", roles);
  if (!refused.has("Settings")) {
    vocabulary.set("label", labels);
    vocabulary.set("source", new Set([...labels, ...originLabels]));
    vocabulary.set("environment", new Set(settings.environments));
    vocabulary.set("classification", new Set(settings.classifications));
  }
  if (!refused.has("Policy")) {
    const rules = bundle.policies.flatMap((policy) =>
      policy.rules.map((rule) => `${policy.name}/${rule.id}`),
    );
    vocabulary.set("rule", new Set(rules));
  }
  return vocabulary;
}

/** The closed sets as the expression checker wants them. */
export function literalNames(vocabulary: Vocabulary): ReadonlyMap<NameSet, ReadonlySet<string>> {
  const names = new Map<NameSet, ReadonlySet<string>>([
    ["action_kind", new Set(actionKinds)],
    ["phase", new Set(phases)],
    ["status", new Set(["success", "failure"])],
    ["tier", new Set(originTiers)],
    ["zone", zoneNames],
  ]);
  const shared = [
    "classification",
    "environment",
    "event",
    "label",
    "meter",
    "role",
    "source",
    "tool",
  ] as const;
  for (const kind of shared) {
    const set = vocabulary.get(kind);
    if (set !== undefined) names.set(kind, set);
  }
  return names;
}

const codes: Readonly<Record<DemandedKind, DiagnosticCode>> = {
  agent: "unknown_agent",
  tool: "unknown_tool",
  server: "unknown_server",
  role: "unknown_role",
  label: "unknown_label",
  source: "unknown_label",
  environment: "unknown_environment",
  classification: "unknown_classification",
  event: "unknown_event",
  meter: "unknown_meter",
  sandbox: "unknown_sandbox",
  external: "unknown_external",
  group: "unknown_group",
  rule: "unknown_rule",
};

const remedies: Readonly<Record<DemandedKind, string>> = {
  agent: "add an Agent document of this name",
  tool: "add a Tool document of this name",
  server: "add a Tool document for a tool of this server",
  role: "give the role to an Agent document",
  label: "declare it in Settings, under `labels`",
  source: "declare it in Settings, under `labels`",
  environment: "declare it in Settings, under `environments`",
  classification: "declare it in Settings, under `classifications`",
  event: "add an Event document of this name",
  meter: "add a Meter document of this name",
  sandbox: "add a Sandbox document of this name",
  external: "add an External document of this name",
  group: "add a Group document of this name",
  rule: "a rule is written `policy/rule`",
};

/**
 * Reports `name` when it is not one of its kind, with the nearest that is, or how to declare it.
 * Tools, servers and agents alone may be meant though no document has them: an unregistered tool
 * is covered by its exact name (POLICY.md section 5), and an agent may come with a credential that
 * the policy set does not list. So a tool that looks like none of those registered is only a
 * warning, and a name that is a slip of the keys away from one is an error.
 */
export function demandName(
  kind: DemandedKind,
  name: string,
  span: Span,
  { vocabulary, report }: { readonly vocabulary: Vocabulary; readonly report: Report },
): void {
  const known = vocabulary.get(kind);
  if (known === undefined || known.has(name)) return;
  const nearest = nearestName(name, known);
  if (kind === "agent" && (nearest === undefined || !isAgentSlip(name, nearest))) return;
  const open = kind === "tool" || kind === "server";
  if (open && (nearest === undefined || !isSlip(name, nearest))) {
    const what = kind === "tool" ? `\`${name}\`` : `any tool of server \`${name}\``;
    const message = `no Tool document registers ${what}, so its arguments are not checked`;
    report.warning("unregistered_tool", message, span, { suggestion: remedies[kind] });
    return;
  }
  const suggestion = didYouMean(nearest) ?? remedies[kind];
  const word = kind === "source" ? "label" : kind;
  report.error(codes[kind], `unknown ${word} \`${name}\``, span, { suggestion });
}

/** WHY: `worker-2` is no misspelling of `worker-1`: numbers are there to tell agents apart. */
function isAgentSlip(name: string, other: string): boolean {
  const plain = (text: string): string => text.replace(/\d+/gu, "0");
  return plain(name) !== plain(other) && isSlip(name, other);
}

/** The most neighbouring characters that one slip of the keys changes. */
const slipLengthMax = 2;

/** Whether two names differ in one place only, by a couple of characters. */
export function isSlip(name: string, other: string): boolean {
  const length = Math.min(name.length, other.length);
  let start = 0;
  while (start < length && name[start] === other[start]) start += 1;
  let end = 0;
  while (end < length - start && name.at(-1 - end) === other.at(-1 - end)) end += 1;
  return Math.max(name.length, other.length) - start - end <= slipLengthMax;
}
