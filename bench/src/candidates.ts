import type { Candidate } from "./contender.ts";
import { loadHoldfast } from "./holdfast-engine.ts";
import { agentGovernance, agentGovernanceLegacy } from "./peer/agent-governance.ts";
import { casbin } from "./peer/casbin.ts";
import { casl } from "./peer/casl.ts";
import { cedar } from "./peer/cedar.ts";
import { celLibraries } from "./peer/cel-library.ts";
import { jsonRulesEngine } from "./peer/json-rules-engine.ts";

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
  cedar,
  casbin,
  jsonRulesEngine,
  agentGovernance,
  ...celLibraries,
  casl,
  agentGovernanceLegacy,
];
