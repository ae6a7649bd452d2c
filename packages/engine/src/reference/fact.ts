import { canonicalJson, factNames } from "@holdfast/model";
import type { FactName, Facts, Json, JsonObject } from "@holdfast/model";
import { factTypes } from "../compile/check/variable-types.ts";
import { factOfUse } from "../document/fact-vocabulary.ts";
import type { Tool } from "../document/kinds.ts";
import { CelError } from "./cel-error.ts";
import { factFromJson } from "./fact-value.ts";
import type { RecordedInput } from "./recorded-input.ts";
import type { Value } from "./value.ts";

/** One fact at one stage: the value that conditions see and the JSON it was read from. */
export type KnownFact = { readonly value: Value; readonly json: Json } | CelError;

/** What a stage of deciding looks at. */
interface Looked {
  readonly args: JsonObject;
  readonly result: Json | undefined;
  /** whether rules in mode observe took part in rewriting */
  readonly observed: boolean;
}

/** The facts of an action at one stage; one that is not known is an error to read. */
export function factsAt(
  input: RecordedInput,
  tool: Tool | undefined,
  looked: Looked,
): ReadonlyMap<FactName, KnownFact> {
  const annotated = factsOfTool(tool);
  return new Map(
    factNames.map((name) => {
      const covered =
        annotated.has(name) || (name === "content" && input.request.action.phase === "result");
      return [name, covered ? known(name, factsFor(name, input, looked)) : unavailable(name)];
    }),
  );
}

/** The facts that arguments of a tool are annotated for. */
export function factsOfTool(tool: Tool | undefined): ReadonlySet<FactName> {
  return new Set(Object.values(tool?.arguments ?? {}).map((use) => factOfUse[use]));
}

/**
 * The facts that a name is looked up in: of what was asked, unless what this stage looks at
 * differs. In phase `result` arguments are no longer rewritten, so that only `content` can differ.
 */
function factsFor(
  name: FactName,
  { request, facts }: RecordedInput,
  { args, result, observed }: Looked,
): Facts | undefined {
  const rewritten =
    request.action.phase === "call"
      ? !same(request.args, args)
      : name === "content" && !same(request.result ?? null, result ?? null);
  if (!rewritten) return facts?.original;
  return observed ? (facts?.observed ?? facts?.decided) : facts?.decided;
}

function same(a: Json, b: Json): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

function known(name: FactName, facts: Facts | undefined): KnownFact {
  const answer = facts?.[name];
  if (answer === undefined) return unavailable(name);
  if ("error" in answer) {
    const { code, reason } = answer.error;
    return new CelError(code, `the fact \`${name}\` has no value: ${reason}`);
  }
  const type = factTypes.get(name);
  if (type === undefined) return unavailable(name);
  const value = factFromJson(name, answer.value, type);
  return value instanceof CelError ? value : { value, json: answer.value };
}

function unavailable(name: FactName): CelError {
  return new CelError("unavailable", `the fact \`${name}\` is not available`);
}
