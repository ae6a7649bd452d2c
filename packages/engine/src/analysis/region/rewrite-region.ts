import { digestOf } from "@holdfast/model";
import { absentSet, present } from "../domain/value-set.ts";
import { all, always, any, not } from "../formula/formula.ts";
import type { Formula } from "../formula/formula.ts";
import type { Modification, Policy, Rule } from "../../document/policy.ts";
import { inlined } from "../condition/inline.ts";
import { opaqueText } from "../condition/opaque.ts";
import type { Surroundings } from "../condition/surroundings.ts";
import { dropSources } from "../condition/surroundings.ts";
import { constantTerm, scalarOf, test } from "../condition/term.ts";
import type { Term } from "../condition/term.ts";
import { termOf } from "../condition/term-of.ts";
import type { ThreeWay } from "../condition/three-way.ts";
import { errs } from "../condition/three-way.ts";

type ModifyRule = Extract<Rule, { readonly effect: "modify" }>;

/** A modify rule, and when it matches the arguments that were asked. */
export interface Modifier {
  readonly policy: Policy;
  readonly rule: ModifyRule;
  readonly meaning: string;
  readonly matches: ThreeWay;
}

/** One way in which the arguments can come out, and when they do. */
export interface Rewriting {
  readonly guard: Formula;
  /** what each changed argument then is; `undefined` when that is not looked into */
  readonly changed: ReadonlyMap<string, Term | undefined>;
}

/** All that the rewrite stage can come to. */
export interface Rewritten {
  readonly ways: readonly Rewriting[];
  /** when two rules want different things at one place */
  readonly conflict: Formula;
  /** by rule, when it holds and can do what it wants, and when it fails, which denies */
  readonly rules: ReadonlyMap<ModifyRule, { readonly holds: Formula; readonly errs: Formula }>;
}

/** How many ways are told apart before changed arguments count as not known. */
const waysMax = 16;

/**
 * What modify rules make of arguments. Told apart exactly where few rules change whole arguments;
 * else nothing is said of the arguments they may change, nor of whether they contradict each other.
 */
export function rewriteRegion(
  modifiers: readonly Modifier[],
  surroundings: Surroundings,
): Rewritten {
  const able = modifiers.map((modifier) => ability(modifier, surroundings));
  const rules = new Map(
    able.map(({ rule, holds, failure }) => [rule, { holds, errs: failure }] as const),
  );
  const simple =
    able.length <= 4 &&
    able.every(({ rule }) => rule.modifications.every(({ path }) => path.length === 1));
  if (able.length === 0)
    return { ways: [{ guard: always, changed: new Map() }], conflict: any([]), rules };
  const exact = simple ? exactWays(able, surroundings) : undefined;
  if (exact !== undefined) return { ...exact, rules };
  const touched = able.flatMap(({ rule }) => rule.modifications.map(({ path }) => path[0] ?? ""));
  const changed = new Map(touched.map((name) => [name, undefined] as const));
  const plain = JSON.stringify(
    able.map(({ rule }) => rule),
    dropSources,
  );
  const text = `modify rules contradict each other (${digestOf(plain).slice(7, 15)})`;
  const conflict = able.length > 1 ? opaqueText(text, surroundings).holds : any([]);
  return { ways: [{ guard: always, changed }], conflict, rules };
}

interface Able {
  readonly rule: ModifyRule;
  readonly values: ReadonlyMap<Modification, Term>;
  readonly holds: Formula;
  readonly failure: Formula;
}

/** When a rule that matches can also do what it wants: its values are none of them errors. */
function ability({ policy, rule, matches }: Modifier, surroundings: Surroundings): Able {
  const values = new Map<Modification, Term>();
  const able: Formula[] = [];
  for (const modification of rule.modifications) {
    const { operation, value, mask, path } = modification;
    // Partial masks need the fact `content`, of which nothing is known here.
    if (operation === "mask" && mask !== "whole")
      able.push(opaqueText("what content finds", surroundings).holds);
    if (operation === "set" && value !== undefined) {
      const expr = inlined(value.ast, policy);
      const term = expr === undefined ? undefined : termOf(expr, surroundings);
      const known =
        term?.kind === "slot" ||
        term?.kind === "absent" ||
        (term?.kind === "constant" && scalarOf(term.data) !== undefined);
      if (term !== undefined && known) {
        values.set(modification, term);
        able.push(test(term, present));
      } else able.push(opaqueText(`${value.text} has a value`, surroundings).holds);
    }
    if (path.length > 1)
      able.push(opaqueText(`${path.join(".")} can be changed`, surroundings).holds);
  }
  const ok = all(able);
  const { holds } = matches;
  return {
    rule,
    values,
    holds: all([holds, ok]),
    failure: any([errs(matches), all([holds, not(ok)])]),
  };
}

const strength = { set: 0, mask: 1, remove: 2 } as const;

function exactWays(
  able: readonly Able[],
  surroundings: Surroundings,
): Pick<Rewritten, "ways" | "conflict"> | undefined {
  const ways: Rewriting[] = [];
  const conflicts: Formula[] = [];
  for (let chosen = 0; chosen < 2 ** able.length; chosen += 1) {
    const matching = able.filter((_, index) => (chosen & (1 << index)) !== 0);
    const guard = all(
      able.map(({ holds }, index) => ((chosen & (1 << index)) !== 0 ? holds : not(holds))),
    );
    if (guard.kind === "false") continue;
    let own: Rewriting[] = [{ guard, changed: new Map() }];
    const names = new Set(
      matching.flatMap(({ rule }) => rule.modifications.map(({ path }) => path[0] ?? "")),
    );
    for (const name of names) {
      const wanted = matching.flatMap((each) =>
        each.rule.modifications
          .filter(({ path }) => path[0] === name)
          .map((modification) => ({ modification, value: each.values.get(modification) })),
      );
      const most = Math.max(...wanted.map(({ modification }) => strength[modification.operation]));
      const winners = wanted.filter(
        ({ modification }) => strength[modification.operation] === most,
      );
      const [first] = winners;
      if (first === undefined) continue;
      const split = outcomes(name, first, winners, surroundings);
      if (split === undefined) return undefined;
      conflicts.push(all([guard, split.conflict]));
      own = own.flatMap((way) =>
        split.results.map(({ given, term }) => ({
          guard: all([way.guard, given]),
          changed: new Map([...way.changed, [name, term] as const]),
        })),
      );
    }
    ways.push(...own.filter((way) => way.guard.kind !== "false"));
    if (ways.length > waysMax) return undefined;
  }
  return { ways, conflict: any(conflicts) };
}

interface Wanted {
  readonly modification: Modification;
  readonly value: Term | undefined;
}

function outcomes(
  name: string,
  first: Wanted,
  winners: readonly Wanted[],
  surroundings: Surroundings,
):
  | {
      readonly conflict: Formula;
      readonly results: readonly { readonly given: Formula; readonly term: Term | undefined }[];
    }
  | undefined {
  const none = any([]);
  switch (first.modification.operation) {
    case "remove":
      return { conflict: none, results: [{ given: always, term: { kind: "absent" } }] };
    case "mask": {
      const asked = surroundings.argument([name]);
      if (asked === undefined) return undefined;
      const masked = { given: test(asked, present), term: constantTerm("[masked]") };
      const missing = { given: test(asked, absentSet), term: { kind: "absent" } as const };
      return { conflict: none, results: [masked, missing] };
    }
    case "set": {
      const { value } = first;
      const same = winners.every((each) => sameTerm(each.value, value));
      if (winners.length > 1 && !same) {
        // Values that are written differently may still be equal.
        const constants = winners.every((each) => each.value?.kind === "constant");
        if (!constants) return undefined;
        return { conflict: always, results: [{ given: always, term: undefined }] };
      }
      // What is put there is read as the schema reads it: a number may turn into an int.
      return { conflict: none, results: [{ given: always, term: value }] };
    }
  }
}

function sameTerm(one: Term | undefined, other: Term | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  if (one.kind === "constant" && other.kind === "constant") {
    return scalarOf(one.data) === scalarOf(other.data);
  }
  return JSON.stringify(one, dropSources) === JSON.stringify(other, dropSources);
}
