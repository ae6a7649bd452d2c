import { copyJson } from "@holdfast/model";
import type { Decision, Json, JsonObject, Span } from "@holdfast/model";
import { loadPolicySet } from "../../compile/load.ts";
import type { LoadOptions, PolicyFileText } from "../../compile/load.ts";
import { printForm } from "../../compile/print.ts";
import { createEngine } from "../../compiled/compiled-engine.ts";
import type { Bundle } from "../../document/bundle.ts";
import { runPolicyTests } from "../../policy-test/run.ts";
import type { PolicyTestRun } from "../../policy-test/run.ts";
import { RuleAnalysis } from "../rule-analysis.ts";
import { witnessCase, witnessInput, witnessRequest } from "../witness/witness.ts";
import type { CaseWitness } from "../witness/witness.ts";
import { questionsOf } from "./question.ts";
import type { Question } from "./question.ts";

/** What no case was found for, and why. */
export interface Unshown {
  readonly shows: string;
  readonly source: Span;
  /** `impossible` is proved; `unknown` is not decided, and never told as fine */
  readonly kind: "impossible" | "unknown";
  readonly because: string;
}

/** Cases for what the cases of a policy set do not show. */
export interface Suggestion {
  /** a PolicyTest document as YAML; empty when there is nothing to suggest */
  readonly text: string;
  /** the name of each case */
  readonly names: readonly string[];
  readonly unshown: readonly Unshown[];
}

/**
 * Looks for a case for every rule that held in no case and every outcome of a part that decided in
 * none. **Guarantees** that the document compiles with the set, that each of its cases passes, its
 * expectation being what the engine decides, and that each shows what its name says.
 *
 * **Contract:** the files compile.
 */
export function suggestCases(
  files: readonly PolicyFileText[],
  options: LoadOptions,
  progress: (shows: string) => void = () => {},
): Suggestion {
  const loaded = loadPolicySet(files, options);
  if (!loaded.ok) throw new Error("a policy set that does not compile has no cases");
  const { bundle } = loaded;
  const before = runPolicyTests(createEngine(bundle));
  const { asking, questions } = questionsOf(bundle, before);
  const analysis = new RuleAnalysis(asking);
  const cases: JsonObject[] = [];
  const names: string[] = [];
  const unshown: Unshown[] = [];
  let shown: PolicyTestRun = before;
  const path = freePath(files, options);
  for (const question of questions) {
    if (question.isShown(shown)) continue;
    const { shows, source } = question;
    progress(shows);
    const found = answer(question, analysis);
    if ("because" in found) {
      unshown.push({ shows, source, ...found });
      continue;
    }
    const more = [...cases, caseOf(found.witness, shows, bundle)];
    const text = documentText(more, bundle);
    const next = confirmed(files, { path, text }, options, more.length);
    if (next === undefined || !question.isShown(next)) {
      const because = "a candidate was found that does not show it as a case";
      unshown.push({ shows, source, kind: "unknown", because });
      continue;
    }
    shown = next;
    cases.push(...more.slice(cases.length));
    names.push(shows);
  }
  const text = cases.length === 0 ? "" : documentText(cases, bundle);
  return { text, names, unshown };
}

type Answer =
  | { readonly witness: CaseWitness }
  | { readonly kind: Unshown["kind"]; readonly because: string };

function answer({ ways, observed }: Question, analysis: RuleAnalysis): Answer {
  if (observed) {
    return { kind: "unknown", because: "policies in mode observe are not searched" };
  }
  let unknown: string | undefined;
  let asked = 0;
  for (const { holds, not: without } of ways) {
    for (const place of analysis.placesOf(holds)) {
      const at = analysis.at(place);
      const rule = at.rules.find(({ name }) => name === holds);
      if (rule === undefined) continue;
      asked += 1;
      const finding = analysis.ask(
        at,
        { must: [rule.holds] },
        ({ matched }) =>
          matched.includes(holds) && (without === undefined || !matched.includes(without)),
      );
      if (finding.kind === "witness") return { witness: finding.witness };
      if (finding.kind === "unknown") unknown ??= finding.because;
    }
  }
  if (unknown !== undefined) return { kind: "unknown", because: unknown };
  if (asked === 0) return { kind: "unknown", because: "no action that it covers is known" };
  return { kind: "impossible", because: "no valid request can show it" };
}

/** A case with what the engine decides on it as its expectation. */
function caseOf(witness: CaseWitness, name: string, bundle: Bundle): JsonObject {
  const engine = createEngine(bundle);
  const request = witnessRequest(witness);
  const expect: Json =
    request === undefined
      ? { effect: "deny" }
      : expectationOf(engine.decide(witnessInput(engine, witness.given, request)));
  return { name, ...witnessCase(witness), expect };
}

function expectationOf({ effect, code, rules }: Decision): JsonObject {
  return rules.length === 0 ? { effect, code } : { effect, rules: copyJson(rules) };
}

function documentText(cases: readonly JsonObject[], { tests }: Bundle): string {
  let name = "suggested";
  for (let count = 2; tests.some((one) => one.name === name); count += 1)
    name = `suggested-${count}`;
  return printForm({
    apiVersion: "holdfast.dev/v1",
    kind: "PolicyTest",
    metadata: { name },
    spec: { cases },
  });
}

/** The run of all tests with the document beside them, when it compiles and its cases pass. */
function confirmed(
  files: readonly PolicyFileText[],
  document: PolicyFileText,
  options: LoadOptions,
  count: number,
): PolicyTestRun | undefined {
  const loaded = loadPolicySet([...files, document], options);
  if (!loaded.ok) return undefined;
  const run = runPolicyTests(createEngine(loaded.bundle));
  const own = run.results.filter(({ source }) => source.file === document.path);
  return own.length === count && own.every(({ passed }) => passed) ? run : undefined;
}

/** A path in the policy folder at which no file lies. */
function freePath(files: readonly PolicyFileText[], { root }: LoadOptions): string {
  let path = `${root === undefined || root === "" ? "" : `${root}/`}suggested.yaml`;
  while (files.some((file) => file.path === path)) path = `${path}.yaml`;
  return path;
}
