import type { Expr } from "../cel/syntax.ts";
import type { Bundle } from "../document/bundle.ts";
import type { ZoneTables } from "../document/zone-table.ts";
import { allZoneTables, zoneTablesOf } from "../zone/zone-tables.ts";
import { literalText, walk } from "./check/syntax-walk.ts";
import { bundleExpressions } from "./bundle-expressions.ts";

/**
 * The time zones that a set of documents can ask for: those it names, or every zone there is when
 * one is only named at run time (`in_window(now, agent.attributes.zone, …)`).
 */
export function namedZones(documents: Omit<Bundle, "digest" | "zones">): ZoneTables {
  const names = new Set<string>();
  for (const { window } of documents.meters) {
    if ("zone" in window) names.add(window.zone);
  }
  let open = false;
  for (const { expression } of bundleExpressions(documents)) {
    // WHY: of ten thousand rules few name a zone, and a call cannot be written without its name.
    if (!/in_window|get[A-Z]/u.test(expression.text)) continue;
    walk(expression.ast, (each) => {
      const zone = zoneArgument(each);
      const name = zone === undefined ? undefined : literalText(zone);
      if (name !== undefined) names.add(name);
      else if (zone !== undefined) open = true;
    });
  }
  return open ? allZoneTables() : zoneTablesOf(names);
}

/** Parts of a time, in UTC or in the zone that is their one argument. */
const getters: ReadonlySet<string> = new Set([
  "getDate",
  "getDayOfMonth",
  "getDayOfWeek",
  "getDayOfYear",
  "getFullYear",
  "getHours",
  "getMilliseconds",
  "getMinutes",
  "getMonth",
  "getSeconds",
]);

/** The part of a call that says which time zone is meant. */
function zoneArgument(expr: Expr): Expr | undefined {
  if (expr.kind !== "call") return undefined;
  if (expr.function === "in_window") return expr.args[1];
  return expr.target !== undefined && getters.has(expr.function) ? expr.args[0] : undefined;
}
