import type { Engine, Rewritten } from "@holdfast/engine";
import { givenArguments } from "@holdfast/facts";
import { canonicalJson } from "@holdfast/model";
import type { ActionFacts, FactName, Facts, Json, JsonObject } from "@holdfast/model";
import type { GuardCore } from "../guard-core.ts";
import type { RecordedInput } from "../judgement.ts";

/** Facts of one action, and what they were gathered for. */
export interface GatheredFacts {
  readonly engine: Engine;
  readonly names: readonly FactName[];
  readonly facts: ActionFacts;
  /** what facts of each stage depend on, as canonical JSON; absent where nothing was rewritten */
  readonly decided: string | undefined;
  readonly observed: string | undefined;
}

/**
 * The facts that the decision can depend on, in the order of `factNames`: those the bundle reads, and of
 * a tool that runs commands always `shell`, as the protected paths are held against what they write.
 */
export function factsWanted(
  { engine, state, admission }: GuardCore,
  input: RecordedInput,
): readonly FactName[] {
  const needed = engine.factsNeeded({ state, ...input });
  const uses = admission.registry.document(input.request.tool)?.arguments ?? {};
  if (needed.includes("shell") || !Object.values(uses).includes("shell")) return needed;
  return ["shell", ...needed];
}

/**
 * Gathers the facts that a decision on this input can depend on: of what was asked, and of what
 * rewriting makes of it, where that differs. Undefined when it depends on none. At once where no
 * thread is needed. `known` are facts of the input's arguments that were judged before, and are not
 * computed again. Never rejects.
 */
export function gatherFacts(
  core: GuardCore,
  input: RecordedInput,
  known: Facts = {},
): GatheredFacts | Promise<GatheredFacts> | undefined {
  const { engine, facts: pool } = core;
  const names = factsWanted(core, input);
  if (names.length === 0) return undefined;
  const { tool, args, result } = input.request;
  const document = core.admission.registry.document(tool);
  const factsOf = (of: Rewritten, wanted: readonly FactName[]): Facts | Promise<Facts> =>
    wanted.length === 0 ? {} : pool.factsOf({ tool: document, names: wanted, ...of });
  const asked = result === undefined ? { args } : { args, result };
  const unknown = names.filter((each) => known[each] === undefined);
  const kept = Object.fromEntries(
    names.flatMap((each) => (known[each] === undefined ? [] : [[each, known[each]]])),
  ) as Facts;
  return then(factsOf(asked, unknown), (read) => {
    const original: Facts = { ...kept, ...read };
    const stages = rewrittenStages(core, { input, original, names });
    const before = dependsOn(core, input, asked, names);
    const stage = (key: string | undefined, of: Rewritten | undefined) => {
      if (of === undefined) return undefined;
      return key === before ? original : factsOf(of, names);
    };
    const { keys, rewriting } = stages;
    return then(stage(keys.decided, rewriting.decided), (decided) =>
      then(stage(keys.observed, rewriting.observed), (observed) => ({
        engine,
        names,
        ...keys,
        facts: {
          original,
          ...(decided === undefined ? {} : { decided }),
          ...(observed === undefined ? {} : { observed }),
        },
      })),
    );
  });
}

/**
 * The facts for deciding on this input now, under the bundle and state of now: undefined when they
 * have to be gathered again, as the bundle or what rewriting makes of the arguments has changed.
 */
export function currentFacts(
  core: GuardCore,
  input: RecordedInput,
  { engine: gatheredBy, names, facts, decided, observed }: GatheredFacts,
): ActionFacts | undefined {
  if (core.engine !== gatheredBy) return undefined;
  const needed = factsWanted(core, input);
  if (!needed.every((name) => names.includes(name))) return undefined;
  const { original = {} } = facts;
  const { keys } = rewrittenStages(core, { input, original, names });
  return keys.decided === decided && keys.observed === observed ? facts : undefined;
}

/** What is true of the arguments as they were given, whatever the bundle: the rest is not known. */
export function originalFacts({ facts: { original } }: GatheredFacts): ActionFacts {
  return original === undefined ? {} : { original };
}

function rewrittenStages(
  core: GuardCore,
  given: {
    readonly input: RecordedInput;
    readonly original: Facts;
    readonly names: readonly FactName[];
  },
) {
  const { input, original, names } = given;
  const { engine, state } = core;
  const rewriting = engine.rewritten({ state, ...input, facts: { original } });
  const keyOf = (of: Rewritten | undefined): string | undefined =>
    of && dependsOn(core, input, of, names);
  return {
    rewriting,
    keys: { decided: keyOf(rewriting.decided), observed: keyOf(rewriting.observed) },
  };
}

/** All of arguments and result that facts of these names depend on. */
function dependsOn(
  { admission }: GuardCore,
  { request: { tool } }: RecordedInput,
  { args, result }: { readonly args: JsonObject; readonly result?: Json },
  names: readonly FactName[],
): string {
  const document = admission.registry.document(tool);
  const { given, misfits } = givenArguments(document?.arguments ?? {}, args);
  const shown = names.includes("content") && result !== undefined ? result : null;
  return canonicalJson([
    given.map(({ arg, use, value }) => [arg, use, value]),
    misfits.map(({ arg, use }) => [arg, use]),
    shown,
  ]);
}

/** Goes on at once where nothing has to be waited for. */
function then<T, U>(value: T | Promise<T>, goOn: (value: T) => U | Promise<U>): U | Promise<U> {
  return value instanceof Promise ? value.then(goOn) : goOn(value);
}
