import { nearestName } from "@holdfast/model";
import { didYouMean } from "./check-select.ts";
import { reject } from "./checking.ts";
import type { Checking } from "./checking.ts";
import type { Expr } from "./syntax.ts";
import type { CelType, NameSet } from "./type.ts";

/** Sets whose members are always written as a literal, so that a policy's reads are known. */
const literalOnly: ReadonlySet<NameSet> = new Set<NameSet>(["event", "meter"]);

/** Whether a parameter takes nothing but a name written out. */
export function isLiteralName(param: CelType): boolean {
  return param.kind === "string" && param.names !== undefined && literalOnly.has(param.names);
}

/**
 * Checks literals that stand where a type wants names of a closed set (`"egres" in
 * action.labels`): a name outside its set is an error, never silently false.
 */
export function checkNames(expr: Expr, wanted: CelType, checking: Checking): void {
  const type = checking.unifier.substitute(wanted);
  if (type.kind === "nullable") {
    checkNames(expr, type.of, checking);
  } else if (type.kind === "list" && expr.kind === "list") {
    for (const { value } of expr.elements) {
      checkNames(value, type.element, checking);
    }
  } else if (type.kind === "map" && expr.kind === "map") {
    for (const { value } of expr.entries) {
      checkNames(value, type.value, checking);
    }
  } else if (type.kind === "string" && type.names !== undefined) {
    checkName(expr, type.names, checking);
  }
}

function checkName(expr: Expr, set: NameSet, checking: Checking): void {
  checking.observer?.name(expr, set);
  const noun = set.replaceAll("_", " ");
  if (expr.kind !== "constant" || expr.constant.type !== "string") {
    if (literalOnly.has(set)) {
      const near = hyphenated(expr);
      const example = near === undefined ? "" : `, as in \`"${near}"\``;
      const message = `name the ${noun} by a literal${example}`;
      reject(checking, "cel_name", message, expr.range, near);
    }
    return;
  }
  const name = expr.constant.value;
  const names = checking.environment.names.get(set);
  if (names === undefined || names.has(name) || isFixedZone(set, name)) {
    return;
  }
  const near = nearestName(name, names);
  const all = [...names].toSorted();
  const known =
    near !== undefined || all.length === 0 || all.length > 12
      ? didYouMean(near) || wayOfNaming(set)
      : `; there are ${all.map((each) => `\`${each}\``).join(", ")}`;
  reject(checking, "cel_unknown_name", `unknown ${noun} \`${name}\`${known}`, expr.range, near);
}

/** What is said of a name that resembles none of those there are, when they are too many to list. */
function wayOfNaming(set: NameSet): string {
  if (set !== "zone") return "";
  return "; write a name of the IANA database such as `Europe/London`, `UTC`, or an offset such as `+02:00`";
}

/** `+02:00` is a zone of its own (langdef.md, "Timezones"). */
function isFixedZone(set: NameSet, name: string): boolean {
  return set === "zone" && /^[+-]?\d\d:\d\d$/u.test(name);
}

/** `untrusted-read`, written without quotes, reads as a subtraction. */
function hyphenated(expr: Expr): string | undefined {
  if (expr.kind === "ident") {
    return expr.name;
  }
  if (expr.kind !== "call" || expr.function !== "_-_") {
    return undefined;
  }
  const [left, right] = expr.args.map(hyphenated);
  return left === undefined || right === undefined ? undefined : `${left}-${right}`;
}
