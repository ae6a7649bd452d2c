import { nearestName } from "@holdfast/model";
import type { Span } from "@holdfast/model";
import type { PolicyDocument } from "../../document/bundle.ts";
import type { List } from "../../document/kinds.ts";
import { didYouMean } from "../report.ts";
import type { Path } from "../yaml-document.ts";
import { documentKeySpan, documentSpan } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { unlabelled } from "../settings.ts";
import { zoneNames } from "../../zone/zone-tables.ts";
import { demandName } from "./vocabulary.ts";

/** What Settings, Agents, Resources, Sandboxes, Lists and Meters say must hold together. */
export function checkKinds(set: PolicySet): void {
  checkSettings(set);
  checkAgents(set);
  checkSandboxRanks(set);
  for (const list of set.bundle.lists) checkList(list, set);
  for (const resource of set.bundle.resources) {
    const at = (...steps: Path): Span => documentSpan(resource, ["spec", ...steps], set);
    demandLabels(resource.labels, (index) => at("labels", index), set);
    if (resource.classification !== undefined) {
      demandName("classification", resource.classification, at("classification"), set);
    }
  }
  for (const meter of set.bundle.meters) {
    if ("zone" in meter.window && !zoneNames.has(meter.window.zone)) {
      const span = documentSpan(meter, ["spec", "window", "zone"], set);
      const near = didYouMean(nearestName(meter.window.zone, zoneNames));
      const suggestion = near ?? "a zone is named as in the IANA database: `Europe/London`, `UTC`";
      const message = `unknown time zone \`${meter.window.zone}\``;
      set.report.error("unknown_zone", message, span, { suggestion });
    }
  }
}

/** Labels that a person gives to something: each known, and none the one that says nobody did. */
export function demandLabels(
  labels: readonly string[],
  spanOf: (index: number) => Span,
  set: PolicySet,
): void {
  for (const [index, label] of labels.entries()) {
    if (label === unlabelled) {
      const message = `\`${unlabelled}\` is the label of what nobody labelled, and cannot be given`;
      set.report.error("wrong_value", message, spanOf(index));
    } else demandName("label", label, spanOf(index), set);
  }
}

function checkSettings(set: PolicySet): void {
  const { settings } = set.bundle;
  const lists = {
    environments: settings.environments,
    classifications: settings.classifications,
    labels: settings.labels,
  };
  for (const [key, list] of Object.entries(lists)) {
    for (const [index, name] of list.entries()) {
      if (list.indexOf(name) === index) continue;
      const span = documentSpan(settings, ["spec", key, index], set);
      set.report.error("duplicate_entry", `\`${name}\` is given twice`, span);
    }
  }
  if (settings.redact === undefined) return;
  const span = documentSpan(settings, ["spec", "log", "redact"], set);
  demandName("classification", settings.redact, span, set);
}

function checkAgents(set: PolicySet): void {
  const owners = new Map<string, { readonly name: string; readonly span: Span }>();
  for (const agent of set.bundle.agents) {
    for (const [index, environment] of (agent.environments ?? []).entries()) {
      const span = documentSpan(agent, ["spec", "environments", index], set);
      demandName("environment", environment, span, set);
    }
    for (const [index, credential] of agent.credentials.entries()) {
      const key = JSON.stringify(credential);
      const span = documentSpan(agent, ["spec", "credentials", index], set);
      const earlier = owners.get(key);
      if (earlier === undefined) owners.set(key, { name: agent.name, span });
      else {
        const notes = [{ message: "the other one", span: earlier.span }];
        const message = `agent \`${earlier.name}\` has this credential already`;
        const suggestion = "a credential must tell which agent it is";
        set.report.error("duplicate_credential", message, span, { notes, suggestion });
      }
    }
  }
}

function checkSandboxRanks(set: PolicySet): void {
  const first = new Map<number, PolicyDocument>();
  for (const sandbox of set.bundle.sandboxes) {
    const earlier = first.get(sandbox.rank);
    const span = documentSpan(sandbox, ["spec", "rank"], set);
    if (earlier === undefined) first.set(sandbox.rank, sandbox);
    else {
      const notes = [
        { message: "the other one", span: documentSpan(earlier, ["spec", "rank"], set) },
      ];
      const message = `sandbox \`${earlier.name}\` has rank ${sandbox.rank} already`;
      const suggestion = "where several match, the lowest rank is used, so ranks must differ";
      set.report.error("sandbox_rank", message, span, { notes, suggestion });
    }
  }
}

function checkList(list: List, set: PolicySet): void {
  if (list.items.length === 0 && list.remote === undefined) {
    const message = "a list needs `items` or a `source`";
    set.report.error("missing_key", message, documentKeySpan(list, ["spec"], set));
  }
  for (const [index, item] of list.items.entries()) {
    if (entryForms[list.type](item)) continue;
    const span = documentSpan(list, ["spec", "items", index], set);
    set.report.error("wrong_format", `\`${item}\` is not a ${entryWords[list.type]}`, span);
  }
}

const entryWords: Readonly<Record<List["type"], string>> = {
  string: "text",
  domain: "domain name in lower case",
  digest: "SHA-256 digest",
  cidr: "CIDR block",
};

const entryForms: Readonly<Record<List["type"], (item: string) => boolean>> = {
  string: () => true,
  domain: (item) =>
    item.length <= 253 && /^(?!-)[a-z0-9_-]{1,63}(?:\.(?!-)[a-z0-9_-]{1,63})*$/u.test(item),
  digest: (item) => /^(?:sha256:)?[0-9a-f]{64}$/u.test(item),
  cidr: isCidr,
};

function isCidr(item: string): boolean {
  const [, address = "", bits] = /^([0-9A-Fa-f.:]+)\/(\d{1,3})$/u.exec(item) ?? [];
  const prefix = Number(bits ?? Number.NaN);
  const v4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/u.test(address);
  if (v4) return prefix <= 32;
  return address.includes(":") && prefix <= 128 && URL.canParse(`http://[${address}]/`);
}
