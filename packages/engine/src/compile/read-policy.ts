import type { Json } from "@holdfast/model";
import type { Policy, Rule } from "../document/policy.ts";
import { durationMs } from "./duration.ts";
import { orderVariables } from "./order-variables.ts";
import { readMatch } from "./read-match.ts";
import { nullRecord } from "./read-named.ts";
import { readModifications } from "./read-modifications.ts";
import { readExpression } from "./reading.ts";
import type { Reading } from "./reading.ts";
import type { PolicyFile, RuleSpec } from "./schema/policy.ts";
import { readTemplate } from "./template.ts";
import type { Path } from "./yaml-document.ts";

/** The typed form of a Policy document. */
export function readPolicy(file: PolicyFile, reading: Reading): Policy {
  const { metadata, spec } = file;
  const phase = spec.match?.phase ?? "call";
  return {
    kind: "Policy",
    name: metadata.name,
    ...(metadata.description === undefined ? {} : { description: metadata.description }),
    labels: nullRecord(Object.entries(metadata.labels ?? {})),
    mode: spec.mode ?? "enforce",
    match: readMatch(spec.match),
    matchSources: new Map(
      Object.keys(spec.match ?? {}).map((key) => [
        key,
        reading.document.span(["spec", "match", key]),
      ]),
    ),
    params: nullRecord<Json>(Object.entries(spec.params ?? {})),
    variables: orderVariables(
      Object.entries(spec.variables ?? {}).map(([name, value]) => ({
        name,
        expression: readExpression(value, ["spec", "variables", name], reading),
      })),
      reading,
    ),
    rules: spec.rules.map((rule, index) =>
      readRule(rule, ["spec", "rules", index], phase, reading),
    ),
    source: reading.document.span([]),
  };
}

function readRule(spec: RuleSpec, path: Path, phase: "call" | "result", reading: Reading): Rule {
  const base = {
    id: spec.id,
    ...(spec.when === undefined
      ? {}
      : { when: readExpression(spec.when, [...path, "when"], reading) }),
    ...(spec.reason === undefined
      ? {}
      : { reason: readTemplate(spec.reason, [...path, "reason"], reading) }),
    obligations: spec.obligations ?? [],
    ownAuthority: spec.delegated === "own_authority",
    source: reading.document.span(path),
  };
  // The effect first: V8 gives an object that begins with a spread a hidden class of its own,
  // which weighs more than the rule and makes each read of its fields a search.
  switch (spec.effect) {
    case "allow":
      return { effect: "allow", ...base };
    case "modify":
      return {
        effect: "modify",
        ...base,
        modifications: readModifications(spec, path, phase, reading),
      };
    case "sandbox":
      return { effect: "sandbox", ...base, sandbox: spec.in };
    case "throttle":
    case "defer":
    case "step_up":
    case "deny":
    case "contain":
      return readRefusing(spec, { ...base, ...readFallback(spec, path, reading) }, path, reading);
  }
}

type RefusingSpec = Extract<RuleSpec, { fallback?: unknown }>;
type Base = Omit<Extract<Rule, { effect: "contain" }>, "effect" | "restrict" | "ttlMs">;

function readRefusing(spec: RefusingSpec, base: Base, path: Path, reading: Reading): Rule {
  const limit =
    "limit" in spec && spec.limit !== undefined
      ? { limit: { ...spec.limit, source: reading.document.span([...path, "limit"]) } }
      : {};
  const retryAfter =
    "retry_after" in spec && spec.retry_after !== undefined
      ? { retryAfterMs: durationMs(spec.retry_after) }
      : {};
  switch (spec.effect) {
    case "throttle":
      return { effect: "throttle", ...base, ...limit, ...retryAfter };
    case "defer":
      return { effect: "defer", ...base, timeoutMs: durationMs(spec.timeout), ...retryAfter };
    case "step_up": {
      const { from, quorum, ttl } = spec.approval;
      const approval = { from, quorum: quorum ?? 1, ttlMs: durationMs(ttl) };
      return { effect: "step_up", ...base, ...limit, approval };
    }
    case "deny":
      return { effect: "deny", ...base, ...limit };
    case "contain": {
      const ttl = spec.ttl === undefined ? {} : { ttlMs: durationMs(spec.ttl) };
      return { effect: "contain", ...base, restrict: spec.restrict, ...ttl };
    }
  }
}

function readFallback(spec: RefusingSpec, path: Path, reading: Reading): Pick<Base, "fallback"> {
  if (spec.fallback === undefined) return {};
  const { tool, args } = spec.fallback;
  if (typeof args !== "string") return { fallback: { tool, args } };
  return { fallback: { tool, args: readExpression(args, [...path, "fallback", "args"], reading) } };
}
