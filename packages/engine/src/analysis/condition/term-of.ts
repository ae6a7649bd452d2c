import type { Expr } from "../../cel/syntax.ts";
import { references } from "../../cel/reference.ts";
import { evaluateCompiled } from "../../compiled/expression/standalone.ts";
import type { ValueData } from "../../compiled/expression/standalone.ts";
import { setOf } from "../domain/value-set.ts";
import { derivesLabels } from "./action-label.ts";
import { arithmetic } from "./arithmetic.ts";
import { countTerm, meterTerm } from "./history.ts";
import { opaqueTerm } from "./opaque.ts";
import { placeSlot } from "./place.ts";
import { hopsOf, toolLabels } from "./surroundings.ts";
import type { Surroundings } from "./surroundings.ts";
import { absentTerm, constantTerm } from "./term.ts";
import type { Term } from "./term.ts";

/** Functions whose result is not theirs alone: they read history, origins or the bundle. */
const hostFunctions: ReadonlySet<string> = new Set([
  "happened",
  "count",
  "since",
  "meter",
  "at_least",
  "origin",
  "from_only",
  "touches",
  "requested_by",
  "names_act",
]);

/** What a tool without a classification counts as. */
const unclassified = "unclassified";

/** The value of an expression that reads nothing; `undefined` for every other. */
export function constantOf(expr: Expr, { bound, bundle }: Surroundings): ValueData | undefined {
  if (expr.kind === "constant" && expr.constant.type !== "bytes") {
    const { constant } = expr;
    return constant.type === "null" ? { type: "null" } : constant;
  }
  if (expr.kind === "ident" || expr.kind === "select" || bound.size > 0) return undefined;
  const { paths, calls } = references(expr);
  if (paths.length > 0 || calls.some((call) => hostFunctions.has(call.function))) return undefined;
  return evaluateCompiled(expr, () => undefined, bundle.zones);
}

/** What an expression stands for: looked into as far as terms go, else not at all. */
export function termOf(expr: Expr, surroundings: Surroundings): Term {
  return knownTerm(expr, surroundings) ?? opaqueTerm(expr, surroundings);
}

/** As `termOf`; `undefined` for what is not looked into. */
export function knownTerm(expr: Expr, surroundings: Surroundings): Term | undefined {
  const constant = constantOf(expr, surroundings);
  if (constant !== undefined) return { kind: "constant", data: constant };
  switch (expr.kind) {
    case "ident":
      return surroundings.bound.get(expr.name) ?? variable(expr.name, surroundings);
    case "select": {
      if (expr.optional) return undefined;
      const whole = listDocument(expr, surroundings);
      if (whole !== undefined) return whole;
      const operand = knownTerm(expr.operand, surroundings);
      return operand === undefined ? undefined : fieldOf(operand, expr.field, surroundings);
    }
    case "call":
      return callTerm(expr, surroundings);
    case "list": {
      const items = expr.elements.map(({ value, optional }) =>
        optional ? undefined : knownTerm(value, surroundings),
      );
      const known = items.filter((item) => item !== undefined);
      return known.length === items.length ? { kind: "list", items: known } : undefined;
    }
    case "constant":
    case "has":
    case "map":
    case "struct":
    case "macro":
      return undefined;
  }
}

/** `lists.NAME`. */
function listDocument(
  expr: Extract<Expr, { readonly kind: "select" }>,
  { bundle, bound }: Surroundings,
): Term | undefined {
  if (expr.operand.kind !== "ident" || expr.operand.name !== "lists" || bound.has("lists")) {
    return undefined;
  }
  const document = bundle.lists.find(({ name }) => name === expr.field);
  if (document === undefined) return absentTerm;
  return { kind: "list", items: document.items.map((item) => constantTerm(item)) };
}

function slotTerm(surroundings: Surroundings, path: readonly string[]): Term | undefined {
  const slot = placeSlot(surroundings, path);
  return slot === undefined ? undefined : { kind: "slot", slot };
}

function askedTerm(surroundings: Surroundings, path: readonly string[]): Term | undefined {
  const slot = placeSlot(surroundings, path);
  return slot === undefined ? undefined : { kind: "slot", slot, asked: true };
}

/** What a variable of POLICY.md section 1 stands for. */
function variable(name: string, surroundings: Surroundings): Term | undefined {
  const { place, tool, judged, hops } = surroundings;
  switch (name) {
    case "agent":
      return slotTerm(surroundings, [judged]);
    case "args":
      return surroundings.argument([]);
    case "original":
      return askedTerm(surroundings, ["args"]);
    case "tenant":
    case "user":
    case "session":
    case "environment":
    case "context":
    case "claims":
    case "now":
    case "external":
      return slotTerm(surroundings, [name]);
    case "result":
    case "outcome":
      return place.phase === "call" ? absentTerm : slotTerm(surroundings, [name]);
    case "tool":
      return record({
        server: place.listed ? constantTerm(place.server) : unlistedServer(surroundings),
        name: place.name === undefined ? unnamedTool(surroundings) : constantTerm(place.name),
        labels: textList(toolLabels(surroundings)),
        classification: constantTerm(tool?.classification ?? unclassified),
      });
    case "action":
      return record({
        kind: slotTerm(surroundings, ["action", "kind"]),
        operation: slotTerm(surroundings, ["action", "operation"]),
        phase: constantTerm(place.phase),
        // Where facts may add some, only membership is looked into.
        labels: derivesLabels(surroundings) ? undefined : textList(toolLabels(surroundings)),
      });
    case "delegation": {
      const items = hopsOf(hops).map((hop) => record({ agent: slotTerm(surroundings, [hop]) }));
      return { kind: "list", items };
    }
    default:
      return undefined;
  }
}

/** The name of a tool that nobody names: any text that no document and no rule has for one. */
export function unnamedTool({ table, place }: Pick<Surroundings, "table" | "place">): Term {
  const taken = new Set(place.listed ? ["", ...place.taken] : [""]);
  const slot = table.declare({
    name: `tool.name ${place.server}`,
    meaning: { kind: "place", path: ["tool", "name"] },
    universe: setOf({ texts: { kind: "all_but", texts: taken } }),
  });
  return { kind: "slot", slot };
}

/** The name of a server that nobody lists. */
function unlistedServer({ table, place }: Pick<Surroundings, "table" | "place">): Term {
  const slot = table.declare({
    name: "tool.server",
    meaning: { kind: "place", path: ["tool", "server"] },
    universe: setOf({ texts: { kind: "all_but", texts: new Set(["", ...place.taken]) } }),
    plain: place.server,
  });
  return { kind: "slot", slot };
}

function record(fields: Readonly<Record<string, Term | undefined>>): Term {
  const known = Object.entries(fields).flatMap(([name, term]) =>
    term === undefined ? [] : [[name, term] as const],
  );
  return { kind: "record", fields: new Map(known) };
}

function textList(texts: readonly string[]): Term {
  return { kind: "list", items: texts.map((text) => constantTerm(text)) };
}

/** A field of a term; `undefined` for what is not looked into. */
export function fieldOf(term: Term, field: string, surroundings: Surroundings): Term | undefined {
  switch (term.kind) {
    case "record":
      // A record of the request that is not known in full says nothing of its other fields.
      return term.fields.get(field);
    case "slot": {
      if ("otherwise" in term) return undefined;
      const { meaning } = surroundings.table.get(term.slot);
      if (meaning.kind !== "place") return undefined;
      const path = [...meaning.path, field];
      if ("asked" in term) return askedTerm(surroundings, path);
      if (path[0] === "args") return surroundings.argument(path.slice(1));
      return slotTerm(surroundings, path);
    }
    case "absent":
    case "list":
      return absentTerm;
    case "constant":
      return constantField(term.data, field);
    case "scaled":
    case "size":
      return absentTerm;
  }
}

function constantField(data: ValueData, field: string): Term {
  if (data.type !== "map") return absentTerm;
  const entry = data.entries.find(([key]) => key.type === "string" && key.value === field);
  return entry === undefined ? absentTerm : { kind: "constant", data: entry[1] };
}

function callTerm(
  expr: Extract<Expr, { readonly kind: "call" }>,
  surroundings: Surroundings,
): Term | undefined {
  const [first, second] = expr.args;
  switch (expr.function) {
    case "size": {
      const of = expr.target ?? first;
      return of === undefined ? undefined : sizeTerm(knownTerm(of, surroundings));
    }
    case "_[_]":
      return first === undefined || second === undefined
        ? undefined
        : indexTerm(knownTerm(first, surroundings), constantOf(second, surroundings), surroundings);
    case "_+_":
    case "_-_":
    case "_*_":
      return first === undefined || second === undefined
        ? undefined
        : arithmetic(
            expr.function,
            knownTerm(first, surroundings),
            knownTerm(second, surroundings),
            surroundings.table,
          );
    case "count":
    case "meter":
      return historyTerm(expr, surroundings);
    default:
      return undefined;
  }
}

function sizeTerm(of: Term | undefined): Term | undefined {
  const int = (value: number): Term => ({
    kind: "constant",
    data: { type: "int", value: BigInt(value) },
  });
  if (of === undefined || of.kind === "absent") return of;
  if (of.kind === "slot") return "otherwise" in of ? undefined : { kind: "size", slot: of.slot };
  if (of.kind === "list") return int(of.items.length);
  if (of.kind !== "constant") return undefined;
  if (of.data.type === "string") return int(Array.from(of.data.value).length);
  return of.data.type === "list" ? int(of.data.items.length) : undefined;
}

function indexTerm(
  holder: Term | undefined,
  key: ValueData | undefined,
  surroundings: Surroundings,
): Term | undefined {
  if (holder === undefined || key === undefined) return undefined;
  if (holder.kind === "list" && key.type === "int")
    return holder.items[Number(key.value)] ?? absentTerm;
  // Of a list `list["x"]` is an error, as `list.x` is.
  return key.type === "string" ? fieldOf(holder, key.value, surroundings) : undefined;
}

function historyTerm(
  expr: Extract<Expr, { readonly kind: "call" }>,
  surroundings: Surroundings,
): Term | undefined {
  const [first, second] = expr.args;
  const name = first === undefined ? undefined : constantOf(first, surroundings);
  if (name?.type !== "string" || expr.target !== undefined) return undefined;
  const { events, meters } = surroundings.bundle;
  if (expr.function === "meter") {
    const meter = meters.find((each) => each.name === name.value);
    return meter === undefined ? undefined : meterTerm(meter, surroundings);
  }
  const event = events.find((each) => each.name === name.value);
  const windowMs =
    second === undefined ? undefined : milliseconds(constantOf(second, surroundings));
  if (event === undefined || windowMs === undefined) return undefined;
  return countTerm(event, windowMs, surroundings);
}

/** A duration of whole milliseconds. */
export function milliseconds(data: ValueData | undefined): number | undefined {
  if (data?.type !== "duration" || data.nanos % 1_000_000n !== 0n) return undefined;
  const value = data.nanos / 1_000_000n;
  return value < 2n ** 45n && value > -(2n ** 45n) ? Number(value) : undefined;
}
