import type { JsonObject } from "@holdfast/model";
import { placeSlot } from "../condition/place.ts";
import type { Surroundings } from "../condition/surroundings.ts";
import { jsonTerm } from "../condition/term.ts";
import type { Term } from "../condition/term.ts";
import type { SlotTable } from "../formula/slot.ts";
import { defaultOf } from "./schema-region.ts";

type View = Surroundings["argument"];

/** The arguments as the agent asked: what `modify` rules see. */
export function askedArguments(table: SlotTable): View {
  return (path) => {
    const slot = placeSlot({ table }, ["args", ...path]);
    return slot === undefined ? undefined : { kind: "slot", slot };
  };
}

/** The arguments that run: what rules changed, and the schema's defaults where nothing stands. */
export function runArguments(
  table: SlotTable,
  schema: JsonObject | undefined,
  changed: ReadonlyMap<string, Term | undefined>,
): View {
  const asked = askedArguments(table);
  return (path) => {
    const [name] = path;
    if (name === undefined) return asked(path);
    const { value, nested } = defaultOf(schema, name);
    if (changed.has(name)) {
      const term = changed.get(name);
      if (term === undefined) return undefined;
      const whole = term.kind === "absent" && value !== undefined ? jsonTerm(value) : term;
      return path.length === 1 ? whole : below(whole, path.slice(1));
    }
    if (path.length > 1) return value !== undefined || nested ? undefined : asked(path);
    const term = asked(path);
    if (term?.kind !== "slot" || value === undefined) return term;
    return { ...term, otherwise: value };
  };
}

function below(term: Term, path: readonly string[]): Term | undefined {
  let current: Term = term;
  for (const name of path) {
    if (current.kind === "record") current = current.fields.get(name) ?? { kind: "absent" };
    else if (current.kind === "slot") return undefined;
    else return { kind: "absent" };
  }
  return current;
}
