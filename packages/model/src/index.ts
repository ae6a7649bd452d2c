export { HoldfastError } from "./error.ts";
export type { Position, Span } from "./span.ts";
export { lineIndex } from "./line-index.ts";
export type { LineIndex } from "./line-index.ts";
export { excerpt, renderDiagnostic } from "./diagnostic.ts";
export type { Diagnostic } from "./diagnostic.ts";
export { isAscii, lowerAscii, upperAscii } from "./ascii.ts";
export { foldText } from "./fold.ts";
export { isComposed } from "./composition.ts";
export { isPlainText } from "./plain-text.ts";
export { isHidden } from "./hidden-character.ts";
export { escapedJson, needsEscape, printable } from "./printable.ts";
export { nearestName } from "./nearest-name.ts";
export type { Json, JsonLike, JsonObject } from "./json.ts";
export { jsonLimits, parseJson } from "./json-reader.ts";
export type { JsonLimits } from "./json-reader.ts";
export type { JsonErrorCode } from "./json-error.ts";
export { copyJson } from "./json-copy.ts";
export { canonicalBytes, canonicalJson, CanonicalTexts } from "./canonical-json.ts";
export { digestOf, digestOfBytes, hmacSha256, sha256 } from "./digest.ts";
export { actionKinds, delegationDepthMax, phases, requestSchema } from "./request.ts";
export type { ActionKind, Agent, Outcome, Phase, Request, RequestInput, User } from "./request.ts";
export { readRequest, requestDigest } from "./request-reader.ts";
export type { ReadRequest, RequestReading } from "./request-reader.ts";
export { problemsOf } from "./problem.ts";
export type { Problem } from "./problem.ts";
export { decisionSchema, effects, reasonCodes, restrictionPattern } from "./decision.ts";
export type { Decision, Effect, Obligation, ReasonCode, ShadowDecision } from "./decision.ts";
export { readTraceparent } from "./traceparent.ts";
export { traceSchema, traceStages } from "./trace.ts";
export type { DecisionTrace } from "./trace.ts";
export { erasedRunsMax, recordSchema } from "./record.ts";
export type { LogRecord, PayloadScheme, RecordKind, RecordOf } from "./record.ts";
export { decodeRecord, encodeRecord } from "./record-bytes.ts";
export { recordBytesMax } from "./record-limit.ts";
export { publishedSchemas } from "./published-schemas.ts";
export { commitmentTo, saltBytes } from "./commitment.ts";
export { counted } from "./counted.ts";
export {
  holdsMark,
  readRedactionPath,
  redactCopies,
  redactedKey,
  redactPaths,
} from "./redaction.ts";
export type { Mark, Redacted, RedactionPath } from "./redaction.ts";
export { actionFactsSchema, factErrorCodes, factNames, factsSchema } from "./fact.ts";
export type {
  ActionFacts,
  ContentSpan,
  FactAnswer,
  FactErrorCode,
  FactName,
  Facts,
} from "./fact.ts";
export type { SeenBefore } from "./seen-before.ts";
