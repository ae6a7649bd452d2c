export { openGuard } from "./open-guard.ts";
export type { GuardOptions } from "./open-guard.ts";
export type {
  AmbiguousAction,
  Caller,
  Guard,
  GuardStatus,
  Observation,
  RunOptions,
  SessionStart,
} from "./guard.ts";
export type { Activation, PolicyPlace } from "./activation.ts";
export type { Ending, Execute, Permit, ResultDecision } from "./permit.ts";
export { Refusal } from "./refusal.ts";
export type { RefusalParts } from "./refusal.ts";
export type { Session } from "./session-table.ts";
export type { EnforcementPoint } from "./decision-record.ts";
export { systemClock } from "./clock.ts";
export type { Clock } from "./clock.ts";
export type { Random } from "./evidence.ts";
export { defaultConfiguration, readConfiguration } from "./configuration.ts";
export type { Configuration } from "./configuration.ts";
export { DiagnosticsError } from "./diagnostics-error.ts";
export { loadPolicyFolder } from "./policy-folder.ts";
export type { LoadedPolicies } from "./policy-folder.ts";
export { policyPaths, readPolicyFolder, readYamlBelow } from "./policy-source.ts";
export type { PolicyFile, PolicyPaths } from "./policy-source.ts";
export { loadKeptBundle } from "./bundle-store.ts";
export { machineFiles } from "./fact/machine-files.ts";
export type { KeyWrapper } from "./vault/key-encryption-key.ts";
export { readOpened } from "./vault/opened-payload.ts";
export { readLogAhead } from "./log-ahead.ts";
export { queryLog } from "./query.ts";
export type { QueryFilter, QueryMeans, QueryRow } from "./query.ts";
export { eraseSubject, readSubject } from "./erasure.ts";
export type { Erasure, ErasureOptions } from "./erasure.ts";
export type { Subject } from "./subject-traces.ts";
export { replayLog } from "./replay.ts";
export { reviewLog } from "./log-review.ts";
export type { ReviewedDecision } from "./log-review.ts";
export { compareReplays } from "./replay-compared.ts";
export type { ComparedDecision } from "./replay-compared.ts";
export { sessionTrail } from "./session-trail.ts";
export type { TrailEvent } from "./session-trail.ts";
export { executionGraph } from "./execution-graph.ts";
export type { ActionNode, SessionNode } from "./execution-graph.ts";
export { callOfRun, readRun, replayRun } from "./run-replay.ts";
export type {
  AttestedCall,
  AttestedRun,
  DecidedCall,
  RecordedRun,
  RunSetting,
} from "./run-replay.ts";
export type { ReplayedDecision, ReplayOptions } from "./replay.ts";
export { replayRecorded } from "./replay-recorded.ts";
export { explainRecord } from "./record-explanation.ts";
export type { ExplainedRecord } from "./record-explanation.ts";
export { chooseEnvironment } from "./enforcement.ts";
export {
  changeHold,
  planLogPrune,
  pruneRecords,
  publishNewest,
  rotateLogKey,
} from "./log-administration.ts";
export type { Administrator } from "./log-administration.ts";
export { readPublished } from "./publish/published.ts";
export type { PublishedEntry } from "./publish/published.ts";
export { readBack } from "./publish/send.ts";
export { targetName } from "./publish/target.ts";
export type { PublishTarget } from "./publish/target.ts";
