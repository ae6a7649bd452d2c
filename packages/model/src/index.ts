export type { Json, JsonObject } from "./json.ts";
export type { Position, Span } from "./span.ts";
export { actionKinds, delegationDepthMax, phases, requestSchema } from "./request.ts";
export type { ActionKind, Agent, Outcome, Phase, Request, RequestInput, User } from "./request.ts";
export { decisionSchema, effects, reasonCodes, restrictionPattern } from "./decision.ts";
export type { Decision, Effect, Obligation, ReasonCode, ShadowDecision } from "./decision.ts";
