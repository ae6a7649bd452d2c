export type { Bundle } from "./document/bundle.ts";
export type {
  Capabilities,
  DecisionInput,
  Engine,
  Explanation,
  NearestAllow,
  Occurrence,
  RuleReference,
  State,
} from "./engine.ts";
