export { runsOfLog } from "./log-runs.ts";
export type { LogRunsOptions } from "./log-runs.ts";
export { readSpans } from "./read-span.ts";
export type { TracedSpan } from "./read-span.ts";
export { runsOfSpans } from "./span-runs.ts";
export { leftOutReasons } from "./sourced-run.ts";
export type {
  ActingAgent,
  LeftOutReason,
  SourcedCall,
  SourcedRun,
  SourcedRuns,
} from "./sourced-run.ts";
