import type { SimpleTest } from "@bufbuild/cel-spec/cel/expr/conformance/test/simple_pb.js";
import {
  CelError,
  allZoneTables,
  checkExpression,
  evaluate,
  parseExpression,
  typeText,
} from "@holdfast/engine";
import type { CheckResult, Scope, Value } from "@holdfast/engine";
import { nameIterationVariables, unfoldBlock } from "./block.ts";
import { evaluateByClosures } from "./compiled-value.ts";
import { environmentOf, typeOf } from "./suite-type.ts";
import { isSame, valueOf } from "./suite-value.ts";
import type { SuiteTest } from "./suite.ts";

const zones = allZoneTables();

/** What came of one test; `why` says what was found instead. */
export type TestOutcome =
  | { readonly passed: true }
  | { readonly passed: false; readonly why: string };

/**
 * Runs one test through our parser, checker and both evaluators.
 * @throws NeedsProtobuf when the test cannot be put to an engine without messages
 */
export function runTest({ test }: SuiteTest): TestOutcome {
  const parsed = parseExpression(nameIterationVariables(test.expr));
  if (!parsed.ok) {
    return failed(`does not parse: ${parsed.errors.map(({ message }) => message).join("; ")}`);
  }
  const ast = unfoldBlock(parsed.ast);
  const check = test.disableCheck ? undefined : checkExpression(ast, environmentOf(test));
  const wrongType = check === undefined ? undefined : compareType(test, check);
  if (wrongType !== undefined) return wrongType;
  if (test.checkOnly) return { passed: true };
  const scope = scopeOf(test);
  const reference = compareResult(test, evaluate(ast, scope));
  if (!reference.passed) return reference;
  const compiled = compareResult(test, evaluateByClosures(ast, scope));
  return compiled.passed ? compiled : failed(`by the compiled evaluator: ${compiled.why}`);
}

/** What is wrong with what the checker found; of a test that wants an error it may be one already. */
function compareType(test: SimpleTest, { type, errors }: CheckResult): TestOutcome | undefined {
  const [error] = errors;
  if (error !== undefined) {
    return wantsError(test) ? undefined : failed(`does not check: ${error.message}`);
  }
  if (test.resultMatcher.case !== "typedResult") return undefined;
  const { deducedType } = test.resultMatcher.value;
  const wanted = deducedType === undefined ? undefined : typeText(typeOf(deducedType));
  return wanted === undefined || wanted === typeText(type)
    ? undefined
    : failed(`type \`${typeText(type)}\` where \`${wanted}\` is right`);
}

function wantsError({ resultMatcher }: SimpleTest): boolean {
  return resultMatcher.case === "evalError" || resultMatcher.case === "anyEvalErrors";
}

function failed(why: string): TestOutcome {
  return { passed: false, why };
}

function compareResult(test: SimpleTest, found: Value | CelError): TestOutcome {
  const wanted = wantedOf(test);
  if (wanted === "error") {
    return found instanceof CelError ? { passed: true } : failed(`no error but ${show(found)}`);
  }
  if (found instanceof CelError) return failed(`${found.code}: ${found.message}`);
  return isSame(wanted.value, found)
    ? { passed: true }
    : failed(`${show(found)} where ${show(wanted.value)} is right`);
}

/** The result wanted; a test that names none wants `true` (simple.proto, "result_matcher"). */
function wantedOf({ resultMatcher }: SimpleTest): "error" | { readonly value: Value } {
  switch (resultMatcher.case) {
    case "value":
      return { value: valueOf(resultMatcher.value) };
    case "typedResult": {
      const { result } = resultMatcher.value;
      return { value: result === undefined ? true : valueOf(result) };
    }
    case "evalError":
    case "anyEvalErrors":
      return "error";
    case "unknown":
    case "anyUnknowns":
      throw new RangeError("the suite wants unknowns, which this engine has none of");
    case undefined:
      return { value: true };
  }
}

/** The bindings of a test; names resolve in its container first (langdef.md, "Name Resolution"). */
function scopeOf({ bindings, container }: SimpleTest): Scope {
  const variables = new Map<string, Value>();
  for (const [name, { kind }] of Object.entries(bindings)) {
    if (kind.case === "value") variables.set(name, valueOf(kind.value));
  }
  const spaces = container.split(".");
  return {
    variable: (name) => variables.get(name),
    qualified: (name, absolute) => {
      for (let depth = absolute ? 0 : spaces.length; depth > 0; depth -= 1) {
        const found = variables.get([...spaces.slice(0, depth), name].join("."));
        if (found !== undefined) return found;
      }
      return variables.get(name);
    },
    zones,
  };
}

function show(value: Value): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "bigint" ? `${part}n` : typeof part === "number" ? String(part) : part,
  );
}
