import type { JsonObject } from "@holdfast/model";
import type { Bundle } from "../../document/bundle.ts";
import { Failure } from "../value/failure.ts";
import { byUnit, recordOf } from "../value/map.ts";
import { bigOf, isList } from "../value/value.ts";
import type { Value } from "../value/value.ts";
import type { Situation } from "./subject.ts";

/** A resource with what Resource documents say of it. */
export interface ResourceFacts {
  readonly type: string;
  readonly id: string;
  readonly classification: string;
  readonly labels: readonly string[];
  readonly attributes: JsonObject;
}

/** Stands above every declared classification. */
export const unclassified = "unclassified";

/** What the enforcement point attests and the Tool document derives, sorted, each once. */
export function resourcesOf(situation: Situation): readonly ResourceFacts[] | Failure {
  const { request, plan, program } = situation;
  const found = new Map<string, ResourceFacts>();
  const note = (type: string, id: string, attributes: JsonObject): void => {
    found.set(JSON.stringify([type, id]), factsOf(program.bundle, type, id, attributes));
  };
  for (const { type, id, attributes } of request.resources) note(type, id, attributes);
  for (const { type, id } of plan.resources) {
    const host = { situation, agent: request.agent, policy: undefined, variables: [] };
    const value = id({ host, bench: program.bench, slots: [] });
    if (value instanceof Failure) return value;
    for (const one of isList(value) ? value : [value]) {
      const text = resourceId(one);
      if (text === undefined) {
        return new Failure("invalid_argument", `the id of a \`${type}\` resource is not a text`);
      }
      note(type, text, {});
    }
  }
  return [...found.entries()].sort(([a], [b]) => byUnit(a, b)).map(([, facts]) => facts);
}

function resourceId(value: Value): string | undefined {
  if (typeof value === "string") return value;
  const whole = bigOf(value);
  return whole === undefined ? undefined : String(whole);
}

/** A resource as conditions see it. */
export function resourceRecord(facts: ResourceFacts): Value {
  return recordOf([
    ["type", facts.type],
    ["id", facts.id],
    ["classification", facts.classification],
    ["labels", facts.labels],
    ["attributes", facts.attributes],
  ]);
}

/** Rank of a classification, least sensitive 0; `undefined` for one that nobody declared. */
export function rankOf(classifications: readonly string[], name: string): number | undefined {
  const rank = name === unclassified ? classifications.length : classifications.indexOf(name);
  return rank < 0 ? undefined : rank;
}

function factsOf(bundle: Bundle, type: string, id: string, attributes: JsonObject): ResourceFacts {
  const { classifications } = bundle.settings;
  const labels = new Set<string>();
  let strictest = -1;
  for (const resource of bundle.resources) {
    if (!fitsStars(resource.match.type, type) || !fitsStars(resource.match.id, id)) continue;
    for (const label of resource.labels) labels.add(label);
    if (resource.classification === undefined) continue;
    const rank = rankOf(classifications, resource.classification) ?? classifications.length;
    strictest = Math.max(strictest, rank);
  }
  const classification = classifications[strictest] ?? unclassified;
  return { type, id, classification, labels: [...labels].sort(byUnit), attributes };
}

/** Whether a text fits a pattern in which `*` stands for any text at all. */
function fitsStars(pattern: string, text: string): boolean {
  const parts = pattern.split("*");
  const first = parts.shift() ?? "";
  const last = parts.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let place = first.length;
  for (const part of parts) {
    const found = text.indexOf(part, place);
    if (found < 0) return false;
    place = found + part.length;
  }
  return text.length - place >= last.length && text.endsWith(last);
}
