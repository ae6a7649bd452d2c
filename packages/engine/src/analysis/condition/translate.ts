import type { Expr } from "../../cel/syntax.ts";
import type { ValueData } from "../../compiled/expression/standalone.ts";
import type { ValueSet } from "../domain/value-set.ts";
import {
  absentSet,
  falseSet,
  listSet,
  mapSet,
  present,
  textSet,
  textsIn,
  trueSet,
} from "../domain/value-set.ts";
import { all, any, atom } from "../formula/formula.ts";
import type { Automaton } from "../text/automaton.ts";
import { beginning, containing, domainNames, ending, globbed } from "../text/language.ts";
import type { DomainNames } from "../text/language.ts";
import { matching } from "../text/pattern.ts";
import { actionLabel } from "./action-label.ts";
import { comparison, membership, within } from "./comparison.ts";
import { happened, since } from "./history.ts";
import { opaqueCondition } from "./opaque.ts";
import { memberSlot } from "./place.ts";
import type { Surroundings } from "./surroundings.ts";
import { scalarOf, test } from "./term.ts";
import type { Order, Term } from "./term.ts";
import { constantOf, fieldOf, knownTerm, milliseconds, termOf } from "./term-of.ts";
import {
  choice,
  conjunction,
  disjunction,
  isError,
  isFalse,
  isTrue,
  negation,
} from "./three-way.ts";
import type { ThreeWay } from "./three-way.ts";

type Call = Extract<Expr, { readonly kind: "call" }>;

/** How many items of a constant list a macro is written out over. */
const roundsMax = 300;

/**
 * When a condition is true and when it is false, in terms of slots; elsewhere it is an error or no
 * bool. Exact but for opaque parts, of which nothing is assumed: each may be true, false or an
 * error, the same wherever it is written.
 */
export function translate(expr: Expr, surroundings: Surroundings): ThreeWay {
  const constant = constantOf(expr, surroundings);
  if (constant !== undefined) return constantCondition(constant);
  switch (expr.kind) {
    case "call":
      return call(expr, surroundings);
    case "has":
      return has(expr, surroundings) ?? opaqueCondition(expr, surroundings);
    case "macro":
      return macro(expr, surroundings) ?? opaqueCondition(expr, surroundings);
    case "ident":
    case "select": {
      const term = termOf(expr, surroundings);
      return { holds: test(term, trueSet), fails: test(term, falseSet) };
    }
    case "constant":
    case "list":
    case "map":
    case "struct":
      return isError;
  }
}

function constantCondition(data: ValueData): ThreeWay {
  if (data.type !== "bool") return isError;
  return data.value ? isTrue : isFalse;
}

function call(expr: Call, surroundings: Surroundings): ThreeWay {
  const [first, second, third] = expr.args;
  const visit = (part: Expr): ThreeWay => translate(part, surroundings);
  if (expr.target === undefined && first !== undefined) {
    if (expr.function === "!_") return negation(visit(first));
    if (second !== undefined) {
      if (expr.function === "_&&_") return conjunction([visit(first), visit(second)]);
      if (expr.function === "_||_") return disjunction([visit(first), visit(second)]);
      if (expr.function === "_?_:_" && third !== undefined) {
        return choice(visit(first), visit(second), visit(third));
      }
    }
  }
  return predicate(expr, surroundings) ?? opaqueCondition(expr, surroundings);
}

function predicate(expr: Call, surroundings: Surroundings): ThreeWay | undefined {
  const { target } = expr;
  const operands = target === undefined ? expr.args : [target, ...expr.args];
  const [first, second] = operands;
  if (first === undefined) return undefined;
  switch (expr.function) {
    case "_==_":
    case "_!=_":
      return second === undefined
        ? undefined
        : equality(expr.function, first, second, surroundings);
    case "_<_":
    case "_<=_":
    case "_>_":
    case "_>=_":
    case "@in":
      return second === undefined
        ? undefined
        : relation(expr.function, first, second, surroundings);
    case "startsWith":
    case "endsWith":
    case "contains":
    case "matches":
    case "glob":
    case "domain":
      return second === undefined || operands.length !== 2
        ? undefined
        : textCall(expr, expr.function, { first, second }, surroundings);
    case "overlap":
    case "intersects":
      return second === undefined || (expr.function === "intersects") !== (target !== undefined)
        ? undefined
        : overlap(expr, surroundings);
    case "happened":
    case "since":
      return target === undefined ? history(expr, surroundings) : undefined;
    default:
      return undefined;
  }
}

/** Equality of conditions is that of their answers; of anything else, of terms. */
function equality(
  order: "_==_" | "_!=_",
  first: Expr,
  second: Expr,
  surroundings: Surroundings,
): ThreeWay | undefined {
  const left = constantOf(first, surroundings);
  const right = constantOf(second, surroundings);
  const [side, constant] = right?.type === "bool" ? [first, right] : [second, left];
  if (constant?.type === "bool" && isCondition(side)) {
    const answer = translate(side, surroundings);
    return constant.value === (order === "_==_") ? answer : negation(answer);
  }
  return relation(order, first, second, surroundings);
}

/** Whether an expression can only be a bool or an error. */
function isCondition(expr: Expr): boolean {
  if (expr.kind === "has") return true;
  if (expr.kind === "macro") return expr.macro === "all" || expr.macro === "exists";
  const operators = [
    "!_",
    "_&&_",
    "_||_",
    "_==_",
    "_!=_",
    "_<_",
    "_<=_",
    "_>_",
    "_>=_",
    "@in",
    "happened",
    "since",
  ];
  return expr.kind === "call" && operators.includes(expr.function);
}

function relation(
  operator: Order | "@in",
  first: Expr,
  second: Expr,
  surroundings: Surroundings,
): ThreeWay | undefined {
  const left = termOf(first, surroundings);
  if (operator === "@in" && isActionLabels(second, surroundings)) {
    const label = left.kind === "constant" ? scalarOf(left.data) : undefined;
    return typeof label === "string" ? actionLabel(label, surroundings) : undefined;
  }
  const right = termOf(second, surroundings);
  return operator === "@in"
    ? membership(left, right, surroundings)
    : comparison(operator, left, right, surroundings);
}

function isActionLabels(expr: Expr, { bound }: Surroundings): boolean {
  if (expr.kind !== "select" || expr.optional || expr.field !== "labels") return false;
  return expr.operand.kind === "ident" && expr.operand.name === "action" && !bound.has("action");
}

/** `has(a.b)`: an error unless `a` is a map. */
function has(
  { operand, field }: Extract<Expr, { readonly kind: "has" }>,
  surroundings: Surroundings,
): ThreeWay | undefined {
  const holder = knownTerm(operand, surroundings);
  if (holder === undefined) return undefined;
  const value = fieldOf(holder, field, surroundings);
  if (value === undefined) return undefined;
  return {
    holds: all([test(holder, mapSet), test(value, present)]),
    fails: all([test(holder, mapSet), test(value, absentSet)]),
  };
}

type TextCall = "startsWith" | "endsWith" | "contains" | "matches" | "glob" | "domain";

function textCall(
  expr: Call,
  name: TextCall,
  { first, second }: { readonly first: Expr; readonly second: Expr },
  surroundings: Surroundings,
): ThreeWay | undefined {
  // `glob(pattern, text)` has its constant in front.
  const [subject, written] = name === "glob" ? [second, first] : [first, second];
  const term = termOf(subject, surroundings);
  const constant = constantOf(written, surroundings) ?? boundConstant(written, surroundings);
  if (constant?.type !== "string" || (term.kind !== "slot" && term.kind !== "constant"))
    return undefined;
  if (name === "domain") return domain(expr, term, constant.value, surroundings);
  const language = surroundings.table.language(`${name} ${constant.value}`, () =>
    languageOf(name, constant.value),
  );
  if (language === undefined) return undefined;
  return within(term, textsIn({ kind: "language", automaton: language }), textSet);
}

function boundConstant(expr: Expr, surroundings: Surroundings): ValueData | undefined {
  const term = knownTerm(expr, surroundings);
  return term?.kind === "constant" ? term.data : undefined;
}

function languageOf(name: Exclude<TextCall, "domain">, constant: string): Automaton | undefined {
  switch (name) {
    case "startsWith":
      return beginning(constant);
    case "endsWith":
      return ending(constant);
    case "contains":
      return containing(constant);
    case "glob":
      return globbed(constant);
    case "matches":
      return matching(constant);
  }
}

/** Whether what may be an address, or is no host name, is within, is left open. */
function domain(
  expr: Call,
  term: Term,
  suffix: string,
  surroundings: Surroundings,
): ThreeWay | undefined {
  const names = domainLanguages(suffix, surroundings);
  if (names === undefined) return undefined;
  const language = (automaton: Automaton): ValueSet => textsIn({ kind: "language", automaton });
  const open = opaqueCondition(expr, surroundings);
  const unsure = test(term, language(names.unsure));
  return {
    holds: any([test(term, language(names.within)), all([unsure, open.holds])]),
    fails: any([test(term, language(names.outside)), all([unsure, open.fails])]),
  };
}

function domainLanguages(suffix: string, { table }: Surroundings): DomainNames | undefined {
  let made: DomainNames | undefined;
  const part = (name: keyof DomainNames): Automaton | undefined =>
    table.language(`domain ${name} ${suffix}`, () => (made ??= domainNames(suffix))?.[name]);
  const [inside, outside, unsure] = [part("within"), part("outside"), part("unsure")];
  if (inside === undefined || outside === undefined || unsure === undefined) return undefined;
  return { within: inside, outside, unsure };
}

function overlap(expr: Call, surroundings: Surroundings): ThreeWay | undefined {
  const space = expr.target;
  if (space !== undefined && !(space.kind === "ident" && space.name === "sets")) return undefined;
  const [first, second] = expr.args;
  if (first === undefined || second === undefined) return undefined;
  const terms = [termOf(first, surroundings), termOf(second, surroundings)];
  const slot = terms.find((term) => term.kind === "slot");
  const list = terms.find((term) => term.kind === "list");
  const data = terms.find((term) => term.kind === "constant");
  const items =
    list?.items ??
    (data?.data.type === "list"
      ? data.data.items.map((item): Term => ({ kind: "constant", data: item }))
      : undefined);
  if (slot === undefined || "otherwise" in slot || items === undefined) return undefined;
  const members: string[] = [];
  for (const item of items) {
    const scalar = item.kind === "constant" ? scalarOf(item.data) : undefined;
    if (scalar === undefined || typeof scalar === "object") return undefined;
    members.push(memberSlot(surroundings.table, slot.slot, scalar));
  }
  const isList = atom(slot.slot, listSet);
  return {
    holds: all([isList, any(members.map((member) => atom(member, trueSet)))]),
    fails: all([isList, ...members.map((member) => atom(member, falseSet))]),
  };
}

function history(expr: Call, surroundings: Surroundings): ThreeWay | undefined {
  const { events } = surroundings.bundle;
  const [first, second] = expr.args;
  const eventNamed = (part: Expr | undefined): (typeof events)[number] | undefined => {
    const name = part === undefined ? undefined : constantOf(part, surroundings);
    return name?.type === "string" ? events.find((each) => each.name === name.value) : undefined;
  };
  const event = eventNamed(first);
  if (event === undefined) return undefined;
  if (expr.function === "since") {
    const other = eventNamed(second);
    return other === undefined ? undefined : since(event, other, surroundings);
  }
  if (second === undefined) return happened(event, undefined, surroundings);
  const windowMs = milliseconds(constantOf(second, surroundings));
  return windowMs === undefined ? undefined : happened(event, windowMs, surroundings);
}

/** `all` and `exists` over a list whose items are known, written out. */
function macro(
  expr: Extract<Expr, { readonly kind: "macro" }>,
  surroundings: Surroundings,
): ThreeWay | undefined {
  const [body] = expr.args;
  const [name] = expr.variables;
  const quantifier = expr.macro === "all" || expr.macro === "exists";
  if (!quantifier || body === undefined || name === undefined || expr.variables.length !== 1) {
    return undefined;
  }
  const range = termOf(expr.operand, surroundings);
  if (range.kind === "absent") return isError;
  const items =
    range.kind === "list"
      ? range.items
      : range.kind === "constant" && range.data.type === "list"
        ? range.data.items.map((item): Term => ({ kind: "constant", data: item }))
        : undefined;
  if (items === undefined || items.length > roundsMax) return undefined;
  const rounds = items.map((item) =>
    translate(body, {
      ...surroundings,
      bound: new Map([...surroundings.bound, [name.name, item]]),
    }),
  );
  return expr.macro === "all" ? conjunction(rounds) : disjunction(rounds);
}
