import { policyObjects } from "../cel/declaration-policy.ts";
import { boolType, doubleType, dynType, intType, stringType, timestampType } from "../cel/type.ts";
import type { CelType } from "../cel/type.ts";
import type { Expr } from "../cel/syntax.ts";
import { listOf } from "../cel/type-builder.ts";
import { builtIn } from "./built.ts";
import type { Ledger } from "./built.ts";
import { termOf } from "./built-term.ts";
import type { ConditionFunctions } from "./condition-function.ts";
import { definitionError } from "./definition-error.ts";
import { isDefinition } from "./definition.ts";
import { literalNode } from "./literal.ts";
import { callNode, constantNode, fieldNode, identNode, presenceNode } from "./syntax-node.ts";

type Build = (...args: readonly unknown[]) => unknown;

/**
 * What builds a call of each function in one scope; `condition-function.ts` types them for the
 * author.
 */
export function functionsIn(ledger: Ledger): Readonly<Record<keyof ConditionFunctions, Build>> {
  const make = (ast: Expr, type: CelType) => termOf(ast, type, { ledger });
  const call = (name: string, result: CelType, ...args: readonly unknown[]) =>
    make(
      callNode(
        name,
        args.map((arg) => literalNode(arg)),
      ),
      result,
    );
  const nullTest = (operator: string, value: unknown) =>
    make(callNode(operator, [literalNode(value), constantNode({ type: "null" })]), boolType);
  const extreme = (name: string, first: unknown, others: readonly unknown[]) => {
    const type = builtIn(first)?.type ?? dynType;
    return make(
      callNode(
        name,
        [first, ...others].map((each) => literalNode(each, type)),
      ),
      type,
    );
  };
  const history = (name: string, result: CelType, event: unknown, within: unknown) => {
    if (within === undefined) return call(name, result, nameIn(event));
    const span =
      typeof within === "string" ? call("duration", { kind: "duration" }, within) : within;
    return call(name, result, nameIn(event), span);
  };
  return {
    has: (field) => {
      const term = builtIn(field);
      const presence = term === undefined ? undefined : presenceNode(term.ast);
      if (presence === undefined) throw definitionError("`has` takes a field, as `args.note`");
      return make(presence, boolType);
    },
    isNull: (value) => nullTest("_==_", value),
    notNull: (value) => nullTest("_!=_", value),
    choose: (condition, whenTrue, whenFalse) => {
      const type = builtIn(whenFalse)?.type ?? dynType;
      const args = [literalNode(condition), literalNode(whenTrue, type), literalNode(whenFalse)];
      return make(callNode("_?_:_", args), type);
    },
    field: (object, name) => make(fieldNode(literalNode(object), String(name)), dynType),
    duration: (text) => call("duration", { kind: "duration" }, text),
    timestamp: (text) => call("timestamp", timestampType, text),
    min: (first, ...others) => extreme("min", first, others),
    max: (first, ...others) => extreme("max", first, others),
    lists: (list) => make(fieldNode(identNode("lists"), nameIn(list)), listOf(stringType)),
    external: (name) => make(fieldNode(identNode("external"), nameIn(name)), dynType),
    happened: (event, within) => history("happened", boolType, event, within),
    count: (event, within) => history("count", intType, event, within),
    since: (event, after) => call("since", boolType, nameIn(event), nameIn(after)),
    meter: (meter) => call("meter", doubleType, nameIn(meter)),
    origin: (value) => call("origin", objectType("origin"), value),
    noWorse: (origin, tier) => call("no_worse", boolType, origin, tier),
    fromOnly: (value, labels) => call("from_only", boolType, value, labels),
    touches: (value, label) => call("touches", boolType, value, label),
    requestedBy: (args) => call("requested_by", objectType("requested"), args),
    namesAct: (tool) => call("names_act", boolType, isDefinition(tool) ? tool.metadata.name : tool),
    under: (path, root) => call("under", boolType, path, root),
    domain: (host, suffix) => call("domain", boolType, host, suffix),
    inNet: (address, cidr) => call("in_net", boolType, address, cidr),
    glob: (pattern, text) => call("glob", boolType, pattern, text),
    plainText: (text) => call("plain_text", boolType, text),
    inWindow: (moment, zone, hours) => call("in_window", boolType, moment, zone, hours),
    atLeast: (one, least) => call("at_least", boolType, one, least),
    overlap: (first, second) => call("overlap", boolType, first, second),
  };
}

function nameIn(reference: unknown): string {
  if (isDefinition(reference)) return reference.metadata.name;
  if (typeof reference === "string") return reference;
  throw definitionError("a definition or its name is needed here");
}

function objectType(name: string): CelType {
  return policyObjects.get(name) ?? dynType;
}
