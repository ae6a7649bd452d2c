import type { ContentSpan } from "@holdfast/model";

/** A value within a text that is to be found. */
export interface LabelledValue {
  readonly kind: "secrets" | "pii";
  readonly type: string;
  readonly of: readonly string[];
}

/** An entry of `conformance/content/labelled.json`. */
export interface LabelledItem {
  readonly id: string;
  readonly part: "shown" | "held";
  readonly about: string;
  readonly text: readonly (string | LabelledValue)[];
  readonly injection?: true;
  readonly invisible?: true;
}

/** A value with its place in the whole text of its item. */
export interface PlacedValue {
  readonly kind: LabelledValue["kind"];
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** The whole text of an item, and where its values stand. */
export function placed({ text }: LabelledItem): {
  readonly whole: string;
  readonly values: readonly PlacedValue[];
} {
  let whole = "";
  const values: PlacedValue[] = [];
  for (const piece of text) {
    if (typeof piece === "string") {
      whole += piece;
      continue;
    }
    const { kind, type, of } = piece;
    const start = whole.length;
    whole += of.join("");
    values.push({ kind, type, start, end: whole.length });
  }
  return { whole, values };
}

/** The fact `content` as far as it is scored. */
export interface ScoredFact {
  readonly secrets: readonly { readonly type: string }[];
  readonly injection: readonly unknown[];
  readonly invisible: boolean;
  readonly spans: readonly ContentSpan[];
}

export const scoredKinds = ["secrets", "pii", "injection", "invisible"] as const;

export type ScoredKind = (typeof scoredKinds)[number];

/** How often something was found that is there, was not, and was found though it is not there. */
export interface Score {
  found: number;
  missed: number;
  wrong: number;
  /** of those found, by the name that they are labelled with */
  named: number;
}

/** What was missed or found wrongly, for people. */
export interface Mistake {
  readonly id: string;
  readonly about: string;
  readonly kind: ScoredKind;
  readonly what: string;
}

/**
 * Scores facts of items. A value is found when one stretch of its kind covers all of it; a stretch that
 * touches none of its kind is wrong. Injection and unseen characters are scored by item.
 */
export function score(
  items: readonly LabelledItem[],
  factOf: (text: string) => ScoredFact,
): { readonly scores: Readonly<Record<ScoredKind, Score>>; readonly mistakes: readonly Mistake[] } {
  const empty = (): Score => ({ found: 0, missed: 0, wrong: 0, named: 0 });
  const scores = { secrets: empty(), pii: empty(), injection: empty(), invisible: empty() };
  const mistakes: Mistake[] = [];
  for (const item of items) {
    const { whole, values } = placed(item);
    const fact = factOf(whole);
    const note = (kind: ScoredKind, what: string): void => {
      mistakes.push({ id: item.id, about: item.about, kind, what });
    };
    const secretTypes = new Set(fact.secrets.map(({ type }) => type));
    const kindOf = ({ type }: ContentSpan): "secrets" | "pii" =>
      secretTypes.has(type) ? "secrets" : "pii";
    for (const { kind, type, start, end } of values) {
      const hit = fact.spans.find(
        (span) => kindOf(span) === kind && span.start <= start && span.end >= end,
      );
      if (hit === undefined) note(kind, `missed ${type}`);
      scores[kind][hit === undefined ? "missed" : "found"] += 1;
      if (hit?.type === type) scores[kind].named += 1;
    }
    for (const span of fact.spans) {
      const kind = kindOf(span);
      const isRight = values.some(
        (value) => value.kind === kind && span.start < value.end && span.end > value.start,
      );
      if (isRight) continue;
      scores[kind].wrong += 1;
      note(kind, `found ${span.type}`);
    }
    const markers = { injection: fact.injection.length > 0, invisible: fact.invisible };
    for (const kind of ["injection", "invisible"] as const) {
      const [is, got] = [item[kind] === true, markers[kind]];
      if (is) scores[kind][got ? "found" : "missed"] += 1;
      else if (got) scores[kind].wrong += 1;
      if (is && got) scores[kind].named += 1;
      if (is !== got) note(kind, is ? "missed" : "found");
    }
  }
  return { scores, mistakes };
}
