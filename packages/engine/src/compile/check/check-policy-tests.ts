import { nearestName } from "@holdfast/model";
import type { Span } from "@holdfast/model";
import type { PolicyTest, PolicyTestCase } from "../../document/kinds.ts";
import type { Path } from "../yaml-document.ts";
import { didYouMean } from "../report.ts";
import { checkGivenFacts } from "./check-given-facts.ts";
import { demandRestriction } from "./check-rule-names.ts";
import { documentKeySpan, documentSpan } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { demandName, isSlip } from "./vocabulary.ts";

/** What a PolicyTest names must exist: a test of something misspelt would prove nothing. */
export function checkPolicyTests(set: PolicySet): void {
  for (const test of set.bundle.tests) {
    const first = new Map<string, number>();
    for (const [index, each] of test.cases.entries()) {
      const path: Path = ["spec", "cases", index];
      if (first.has(each.name)) {
        const span = documentSpan(test, [...path, "name"], set);
        const message = `two cases are named \`${each.name}\``;
        set.report.error("duplicate_entry", message, span);
      }
      first.set(each.name, index);
      checkGiven(test, each, path, set);
      checkRequest(test, each, path, set);
      checkExpect(test, each, path, set);
    }
  }
}

function checkGiven(test: PolicyTest, each: PolicyTestCase, path: Path, set: PolicySet): void {
  const { events, meters, external, facts, restrictions, documents, results } = each.given;
  const keyed = [
    ["event", "events", events],
    ["meter", "meters", meters],
    ["external", "external", external],
  ] as const;
  for (const [kind, key, members] of keyed) {
    for (const name of Object.keys(members)) {
      demandName(kind, name, documentKeySpan(test, [...path, "given", key, name], set), set);
    }
  }
  checkGivenFacts(test, facts ?? {}, [...path, "given", "facts"], set);
  for (const [index, restriction] of restrictions.entries()) {
    const span = documentSpan(test, [...path, "given", "restrictions", index], set);
    demandRestriction(restriction, span, set);
  }
  for (const [index, { labels }] of documents.entries()) {
    const at: Path = [...path, "given", "documents", index, "labels"];
    for (const [place, label] of labels.entries()) {
      demandName("source", label, documentSpan(test, [...at, place], set), set);
    }
  }
  for (const [index, { tool }] of results.entries()) {
    warnOfTool(tool, documentSpan(test, [...path, "given", "results", index, "tool"], set), set);
  }
}

function checkRequest(test: PolicyTest, each: PolicyTestCase, path: Path, set: PolicySet): void {
  const { request } = each;
  const at = (...steps: Path) => documentSpan(test, [...path, "request", ...steps], set);
  const { environment } = request;
  if (environment !== undefined) demandName("environment", environment, at("environment"), set);
  for (const [index, role] of (request.agent.roles ?? []).entries()) {
    demandName("role", role, at("agent", "roles", index), set);
  }
  for (const [hop, { scopes }] of (request.delegation ?? []).entries()) {
    for (const [index, scope] of scopes.entries()) {
      if (isScope(scope)) continue;
      const suggestion = "a scope is `tool:PATTERN`, `label:NAME` or `resource:TYPE/PATTERN`";
      const span = at("delegation", hop, "scopes", index);
      set.report.error("scope_syntax", `\`${scope}\` is not a scope`, span, { suggestion });
    }
  }
  warnOfTool(request.tool, at("tool"), set);
}

/** WHY a warning: a test may well be about a tool that nobody described. */
function warnOfTool(tool: PolicyTestCase["request"]["tool"], span: Span, set: PolicySet): void {
  const name = `${tool.server ?? "local"}.${tool.name}`;
  const tools = set.vocabulary.get("tool") ?? new Set();
  const near = tools.has(name) ? undefined : nearestName(name, tools);
  if (near === undefined || !isSlip(name, near)) return;
  const message = `no Tool document describes \`${name}\``;
  set.report.warning("unknown_tool", message, span, { suggestion: didYouMean(near) });
}

/** A delegation scope (POLICY.md section 6). */
function isScope(scope: string): boolean {
  return /^(?:tool:(?:\*|[a-z0-9-]+\.(?:\*|[!-)+-~]+))|label:[a-z][a-z0-9_-]{0,63}|resource:[^/\s]+\/\S+)$/u.test(
    scope,
  );
}

function checkExpect(test: PolicyTest, each: PolicyTestCase, path: Path, set: PolicySet): void {
  for (const [index, rule] of (each.expect.rules ?? []).entries()) {
    demandName("rule", rule, documentSpan(test, [...path, "expect", "rules", index], set), set);
  }
  const { sandbox } = each.expect;
  if (typeof sandbox === "string") {
    demandName("sandbox", sandbox, documentSpan(test, [...path, "expect", "sandbox"], set), set);
  }
}
