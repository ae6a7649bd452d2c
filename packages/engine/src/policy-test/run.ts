import { readRequest } from "@holdfast/model";
import type { Agent, Decision, Effect, FactName, Span } from "@holdfast/model";
import type { Bundle } from "../document/bundle.ts";
import type { PolicyTestCase } from "../document/kinds.ts";
import type { CompiledEngine, Engine } from "../engine.ts";
import { renderExplanation } from "../explanation-text.ts";
import { factsField, mismatchesOf } from "./expectation.ts";
import type { Mismatch } from "./expectation.ts";
import type { FactReader } from "./given-fact.ts";
import { givenInput } from "./given-state.ts";
import { PartCounter } from "./part-coverage.ts";
import type { PartCoverage } from "./part-coverage.ts";

/** What one case of a PolicyTest came to. */
export interface PolicyTestResult {
  /** the PolicyTest document */
  readonly test: string;
  readonly name: string;
  readonly passed: boolean;
  readonly mismatches: readonly Mismatch[];
  /** absent when the case's request is not one */
  readonly decision?: Decision;
  /** why it was decided so, when the case failed */
  readonly explanation?: string;
  /** every rule that held, those in mode observe included; sorted */
  readonly matched: readonly string[];
  /** rules the case expects to determine the decision */
  readonly expected: readonly string[];
  readonly source: Span;
}

/** How many cases a rule held in; none means that no test would notice its loss. */
export interface RuleCoverage {
  /** `policy/rule` */
  readonly rule: string;
  readonly effect: Effect;
  readonly cases: number;
  readonly source: Span;
}

/** All cases in the order of documents and files, every rule, sorted by name, and every part. */
export interface PolicyTestRun {
  readonly results: readonly PolicyTestResult[];
  readonly coverage: readonly RuleCoverage[];
  readonly parts: readonly PartCoverage[];
}

/**
 * Runs every PolicyTest of the engine's bundle (POLICY.md section 9). Pure. What cases see of the
 * parts of conditions is counted by an engine that can trace; another leaves every part unseen.
 */
export function runPolicyTests(
  engine: Engine | CompiledEngine,
  { factReader }: TestOptions = {},
): PolicyTestRun {
  const held = new Map<string, number>();
  const parts = new PartCounter(engine.bundle);
  const results = engine.bundle.tests.flatMap((test) =>
    test.cases.map((each) => runCase(engine, test.name, each, { held, parts, factReader })),
  );
  const coverage = engine.bundle.policies
    .flatMap((policy) =>
      policy.rules.map(({ id, effect, source }) => {
        const rule = `${policy.name}/${id}`;
        return { rule, effect, cases: held.get(rule) ?? 0, source };
      }),
    )
    .toSorted((a, b) => (a.rule < b.rule ? -1 : 1));
  return { results, coverage, parts: parts.parts };
}

/** How cases are run. */
export interface TestOptions {
  /** computes the facts that a case does not state; absent: a case that needs any must state them */
  readonly factReader?: FactReader;
}

/** A case whose facts nobody knows shows nothing of what would be decided. */
function missingFacts(missing: readonly FactName[]): readonly Mismatch[] {
  if (missing.length === 0) return [];
  const names = missing.map((name) => `\`${name}\``).join(", ");
  const expected = `facts of the arguments: ${names}`;
  return [{ field: factsField, expected, found: "none, and nothing here computes them" }];
}

/** An agent of whom a case says no more than the id is that of its Agent document. */
function describedAgent(bundle: Bundle, agent: Agent): Agent {
  const document = bundle.agents.find(({ name }) => name === agent.id);
  const said = [agent.version, agent.owner, agent.created].some((value) => value !== undefined);
  const given = agent.roles.length + Object.keys(agent.attributes).length;
  if (document === undefined || said || given > 0) return agent;
  const { attributes, created, owner, roles, version } = document;
  return { id: agent.id, attributes, created, owner, roles: [...roles], version };
}

function runCase(
  engine: Engine | CompiledEngine,
  test: string,
  { name, given, request, expect, source }: PolicyTestCase,
  {
    held,
    parts,
    factReader,
  }: {
    readonly held: Map<string, number>;
    readonly parts: PartCounter;
    readonly factReader: FactReader | undefined;
  },
): PolicyTestResult {
  const expected = expect.rules ?? [];
  const reading = readRequest(request);
  if (!reading.ok) {
    const problems = reading.problems.map(({ path, message }) => `${path} ${message}`.trim());
    const mismatch = { field: "request", expected: "a request", found: problems.join("; ") };
    const mismatches = [mismatch];
    return { test, name, passed: false, mismatches, matched: [], expected, source };
  }
  const agent = describedAgent(engine.bundle, reading.request.agent);
  const asked = { ...reading.request, agent };
  const { input, missing } = givenInput(engine, given, asked, factReader);
  const decision = engine.decide(input);
  const explanation = engine.explain(input);
  const { matched } = explanation;
  if ("trace" in engine) parts.count(engine.trace(input));
  for (const rule of matched) held.set(rule, (held.get(rule) ?? 0) + 1);
  const mismatches = [
    ...(given.facts === undefined ? missingFacts(missing) : []),
    ...mismatchesOf(expect, decision),
  ];
  const passed = mismatches.length === 0;
  return {
    test,
    name,
    passed,
    mismatches,
    decision,
    ...(passed ? {} : { explanation: renderExplanation(decision, explanation) }),
    matched,
    expected,
    source,
  };
}
