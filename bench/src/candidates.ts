import type { Candidate } from "./contender.ts";
import { loadHoldfast } from "./holdfast-engine.ts";

/** Everything that is measured, ours first. */
export const candidates: readonly Candidate[] = [
  {
    name: "holdfast",
    indexed: false,
    partial: false,
    method: "engine.decide",
    holds: ["numeric", "mixed", "history"],
    load: loadHoldfast,
  },
];
