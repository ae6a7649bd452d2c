import type { RuleId } from "./learned-rule.ts";

/**
 * The parts that a learned policy is made of, for leaving one out and measuring what it buys: what results
 * ask for (`asked`), where values come from (`origins`), what must not leave (`secrets`), what precedes
 * what (`order`), what arguments may be (`arguments`), how much in what time (`rates`), for whom and where a call is
 * made (`context`), where work usually leads (`places`), and rules that honest work showed to be too narrow
 * (`exemptions`).
 */
export const ruleFamilies = [
  "asked",
  "origins",
  "secrets",
  "order",
  "arguments",
  "rates",
  "context",
  "places",
  "exemptions",
] as const;

export type RuleFamily = (typeof ruleFamilies)[number];

/** The part that each rule belongs to. `places` and `exemptions` change rules and have none of their own. */
export const familyOf: Readonly<Record<RuleId, RuleFamily>> = {
  "asked-off-topic": "asked",
  "asked-unnamed": "asked",
  dictated: "asked",
  "copied-request": "asked",
  "unnamed-removal": "origins",
  "copied-title": "origins",
  "found-payee": "origins",
  "found-form": "origins",
  "unseen-party": "origins",
  "unseen-secret": "origins",
  "unseen-url": "origins",
  "secret-leaves": "secrets",
  "hidden-character": "arguments",
  "unseen-object": "origins",
  "unseen-name": "origins",
  "found-object": "origins",
  "laden-url": "origins",
  "climbing-path": "arguments",
  "unseen-call": "origins",
  "misplaced-code": "origins",
  "odd-amount": "arguments",
  "passed-on": "context",
  "unusual-environment": "context",
  "unusual-origin": "origins",
  "unusual-kind": "arguments",
  "unknown-argument": "arguments",
  "unused-tool": "order",
  "unusual-number": "arguments",
  "unusual-form": "arguments",
  "unusual-size": "arguments",
  "unusual-choice": "arguments",
  "skipped-step": "order",
  "unusual-phase": "order",
  "many-calls": "rates",
  "large-total": "rates",
};
