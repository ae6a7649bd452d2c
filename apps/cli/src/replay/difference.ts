import { canonicalJson, printable } from "@holdfast/model";
import type { Decision, Json } from "@holdfast/model";
import type { Explanation } from "@holdfast/engine";
import type { ReplayedDecision } from "@holdfast/runtime";

/** One member of a decision that did not come out as it is recorded. */
interface DifferingField {
  readonly field: string;
  readonly recorded: Json | null;
  readonly recomputed: Json | null;
}

/** The first decision that does not recompute to what is recorded, and why. */
export interface FirstDifference {
  /** index of the record */
  readonly sequence: number;
  readonly phase: "call" | "result";
  readonly bundle: string;
  readonly fields: readonly DifferingField[];
  /**
   * `record`: the record says something else than its payload; `state`: what the decision read of
   * history is another; `decision`: it read the same, and decided otherwise
   */
  readonly cause: "record" | "state" | "decision";
  /** members of the record that say something else than its payload */
  readonly misstated: readonly string[];
  /** rules that decide now, each where it stands */
  readonly determining: readonly string[];
  /** errors that rules meet now */
  readonly errors: readonly string[];
}

/** Says what differs in a replayed decision. **Contract:** before the next one is replayed. */
export function differenceOf(replayed: ReplayedDecision): FirstDifference {
  const { sequence, phase, recorded, recomputed, misstated } = replayed;
  const explanation = replayed.explain();
  return {
    sequence,
    phase,
    bundle: recorded.bundle,
    fields: differingFields(recorded, recomputed),
    cause: causeOf(replayed),
    misstated,
    determining: explanation.determining.map(placeOf),
    errors: explanation.errors.map((error) => `${placeOf(error)}: ${error.message}`),
  };
}

function causeOf({ misstated, state }: ReplayedDecision): FirstDifference["cause"] {
  if (misstated.length > 0) return "record";
  return state.recorded === state.recomputed ? "decision" : "state";
}

function placeOf({ rule, file, line, column }: Explanation["determining"][number]): string {
  return `${rule} (${file}:${line}:${column})`;
}

function differingFields(recorded: Decision, recomputed: Decision): DifferingField[] {
  const [was, is] = [recorded, recomputed].map(
    (decision) => JSON.parse(canonicalJson({ ...decision })) as Record<string, Json>,
  );
  const names = [...new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})])].sort();
  return names
    .map((field) => ({ field, recorded: was?.[field] ?? null, recomputed: is?.[field] ?? null }))
    .filter((each) => canonicalJson(each.recorded) !== canonicalJson(each.recomputed));
}

/** For a terminal. */
export function differenceText(first: FirstDifference): string {
  const { sequence, phase, fields, cause, determining, errors, bundle, misstated } = first;
  const why = {
    record: `the record says something else than the payload it names: ${misstated.join(", ")}`,
    state:
      "what it read of history is not what it read then: a record before it, or how the bundle folds, differs",
    decision:
      "it read the same history and decided otherwise: what the bundle means has changed with the release",
  }[cause];
  return [
    `first difference: record ${sequence}, phase ${phase}, bundle ${bundle}`,
    ...fields.map(
      ({ field, recorded, recomputed }) =>
        `  ${field}: recorded ${JSON.stringify(recorded)}, now ${JSON.stringify(recomputed)}`,
    ),
    `  ${why}`,
    ...determining.map((rule) => `  decided now by ${rule}`),
    ...errors.map((error) => `  error now in ${error}`),
  ]
    .map(printable)
    .join("\n");
}
