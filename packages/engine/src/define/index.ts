export type { Definition, Described, Reference } from "./definition.ts";
export { inFolder } from "./definition.ts";
export { definePolicy } from "./policy.ts";
export type { PolicyOptions } from "./policy.ts";
export { defineEvent, defineMeter } from "./history.ts";
export type { EventOptions, MeterOptions } from "./history.ts";
export { defineTool } from "./tool.ts";
export type { ToolOptions } from "./tool.ts";
export { defineAgent, defineGroup } from "./identity.ts";
export { defineExternal, defineList, defineSettings } from "./knowledge.ts";
export { defineBoundary, defineResource, defineSandbox } from "./place.ts";
export { definePolicyTest } from "./policy-test.ts";
export type { TestCase } from "./policy-test.ts";
export { allow, contain, deny, defer, modify, sandbox, stepUp, throttle } from "./rule.ts";
export type { Duration, LimitField, RefusingFields, Rule, RuleFields } from "./rule.ts";
export { mask, remove, set } from "./change.ts";
export type { Change, Mask } from "./change.ts";
export { cel, text } from "./cel-text.ts";
export type { Interpolated } from "./cel-text.ts";
export { policySet } from "./policy-set.ts";
export type { PolicySetOptions, PolicySetResult } from "./policy-set.ts";
export { sourcesOf } from "./source.ts";
export type { DefinitionSource, SourceOptions } from "./source.ts";
export type { ArgsOf, Scope, ToolDefinition, Tools } from "./scope.ts";
export type { TermOf } from "./schema-term.ts";
export type { KeyPart } from "./key-part.ts";
export type { ActionMatch } from "./match.ts";
export type { ConditionFunctions } from "./condition-function.ts";
export type {
  CelBool,
  CelDouble,
  CelDuration,
  CelDyn,
  CelInt,
  CelList,
  CelMap,
  CelObject,
  CelString,
  CelTerm,
  CelTimestamp,
  Condition,
} from "./term.ts";
