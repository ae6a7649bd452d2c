export { catalogue } from "./catalogue/catalogue.ts";
export { attackClasses } from "./catalogue/mutation.ts";
export type { AttackClass, Mutation } from "./catalogue/mutation.ts";
export { mutantLimits, mutantsOf } from "./catalogue/mutants.ts";
export type { MutantLimits, Mutants } from "./catalogue/mutants.ts";
export type { Draft, Focus, MarkedCall, Mutant, StressCall, StressRun } from "./run/stress-run.ts";
export {
  killedPercent,
  scored,
  talliesByClass,
  talliesByMutation,
  tallyOf,
} from "./score/score.ts";
export type { JudgedAttack, ScoredMutant, Tally } from "./score/score.ts";
export { runs } from "./score/verdict.ts";
export type { Fate, StressJudge, StressVerdict } from "./score/verdict.ts";
export { agentView } from "./view/agent-view.ts";
export type { AgentView, Sample } from "./view/agent-view.ts";
export { stressTools } from "./view/stress-tool.ts";
export type { ArgumentUse, StressArgument, StressTool, ToolSources } from "./view/stress-tool.ts";
export { proposals, proposalsMax } from "./score/proposal.ts";
export type { Proposal, ProposalOptions, ProposedRule } from "./score/proposal.ts";
export { livePoison } from "./live/live-poison.ts";
export type { LivePoison } from "./live/live-poison.ts";
export { withText } from "./view/carrier.ts";
