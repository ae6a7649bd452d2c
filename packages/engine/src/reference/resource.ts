import type { JsonObject } from "@holdfast/model";
import type { Bundle } from "../document/bundle.ts";
import type { Resource } from "../document/kinds.ts";
import { fromJson } from "./json-value.ts";
import { CelMap } from "./value.ts";
import type { Value } from "./value.ts";

/** A resource with what Resource documents say of it. */
export interface ResourceView {
  readonly type: string;
  readonly id: string;
  /** the strictest of all documents that cover it, or `unclassified` */
  readonly classification: string;
  readonly labels: readonly string[];
  readonly attributes: JsonObject;
}

/** What nobody classified stands above every declared classification (POLICY.md section 4). */
export const unclassified = "unclassified";

/** A resource as the bundle's Resource documents see it. */
export function resourceView(
  bundle: Bundle,
  type: string,
  id: string,
  attributes: JsonObject,
): ResourceView {
  const covering = bundle.resources.filter((resource) => covers(resource, type, id));
  return {
    type,
    id,
    classification: strictest(
      bundle.settings.classifications,
      covering.flatMap((resource) => resource.classification ?? []),
    ),
    labels: [...new Set(covering.flatMap((resource) => resource.labels))].sort(),
    attributes,
  };
}

/** The CEL value of a resource. */
export function resourceValue(view: ResourceView): Value {
  return CelMap.ofStrings([
    ["type", view.type],
    ["id", view.id],
    ["classification", view.classification],
    ["labels", view.labels],
    ["attributes", fromJson(view.attributes)],
  ]);
}

/**
 * Rank of a classification, least sensitive 0; `unclassified` is above all; `undefined` for a
 * name nobody declared.
 */
export function classificationRank(
  classifications: readonly string[],
  name: string,
): number | undefined {
  if (name === unclassified) return classifications.length;
  const rank = classifications.indexOf(name);
  return rank === -1 ? undefined : rank;
}

/**
 * Whether `text` fits a pattern in which `*` stands for any text, `/` and `.` included. Only for
 * patterns that narrow: a broad reading is the safe one there.
 */
function fitsBroadly(pattern: string, text: string): boolean {
  const [head = "", ...rest] = pattern.split("*");
  const tail = rest.pop();
  if (tail === undefined) return text === head;
  if (!text.startsWith(head)) return false;
  let from = head.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return text.length - tail.length >= from && text.endsWith(tail);
}

function covers(resource: Resource, type: string, id: string): boolean {
  return fitsBroadly(resource.match.type, type) && fitsBroadly(resource.match.id, id);
}

function strictest(classifications: readonly string[], names: readonly string[]): string {
  let best = -1;
  for (const name of names) {
    best = Math.max(best, classificationRank(classifications, name) ?? classifications.length);
  }
  return classifications[best] ?? unclassified;
}
