import type { Match } from "../../document/policy.ts";
import { mapSet, textsIn, trueSet } from "../domain/value-set.ts";
import { all, always, any, atom, never } from "../formula/formula.ts";
import type { Formula } from "../formula/formula.ts";
import { beginning } from "../text/language.ts";
import { someTexts } from "../text/text-set.ts";
import { matchedLabel } from "../condition/action-label.ts";
import { opaqueText } from "../condition/opaque.ts";
import { memberSlot, placeSlot } from "../condition/place.ts";
import { unlabelled } from "../condition/surroundings.ts";
import type { Surroundings } from "../condition/surroundings.ts";
import { test } from "../condition/term.ts";
import { unnamedTool } from "../condition/term-of.ts";

/** Which way a match errs where the request does not say: as the engine has it. */
export type Stance = "granting" | "modifying" | "narrowing";

/** When a match covers an action at a place, whatever its phase (POLICY.md section 2). */
export function matchRegion(match: Match, surroundings: Surroundings, stance: Stance): Formula {
  const { place, judged } = surroundings;
  const parts: Formula[] = [];
  if (match.labels !== undefined) {
    const grants = stance === "granting";
    const labelled = any(match.labels.map((label) => matchedLabel(label, surroundings, grants)));
    if (labelled.kind === "false") return never;
    parts.push(labelled);
  }
  if (match.tools !== undefined)
    parts.push(any(match.tools.map((one) => toolFits(one, surroundings))));
  if (match.kinds !== undefined) {
    parts.push(atom(slotAt(surroundings, ["action", "kind"]), textsIn(someTexts(match.kinds))));
  }
  if (stance === "granting" && surroundings.tool === undefined) {
    parts.push(grantsUnregistered(match, surroundings));
  }
  if (match.agents !== undefined) {
    const id = slotAt(surroundings, [judged, "id"]);
    parts.push(any(match.agents.map((pattern) => textFits(id, pattern, surroundings))));
  }
  if (match.agentRoles !== undefined) {
    const roles = slotAt(surroundings, [judged, "roles"]);
    parts.push(holdsAny(surroundings, roles, match.agentRoles));
  }
  if (match.userRoles !== undefined) {
    const roles = slotAt(surroundings, ["user", "roles"]);
    const user = slotAt(surroundings, ["user"]);
    parts.push(all([atom(user, mapSet), holdsAny(surroundings, roles, match.userRoles)]));
  }
  if (match.environments !== undefined) {
    const named = textsIn(someTexts(match.environments));
    const set = stance === "narrowing" ? { ...named, absent: true } : named;
    parts.push(atom(slotAt(surroundings, ["environment"]), set));
  }
  return all(place.name === undefined && parts.length === 0 ? [always] : parts);
}

function slotAt(surroundings: Surroundings, path: readonly string[]): string {
  const slot = placeSlot(surroundings, path);
  if (slot === undefined) throw new RangeError(`no slot for \`${path.join(".")}\``);
  return slot;
}

function holdsAny({ table }: Surroundings, list: string, items: readonly string[]): Formula {
  return any(items.map((item) => atom(memberSlot(table, list, item), trueSet)));
}

/** An exact text, or a beginning and `*`. */
function textFits(slot: string, pattern: string, surroundings: Surroundings): Formula {
  if (!pattern.endsWith("*")) return atom(slot, textsIn(someTexts([pattern])));
  const start = pattern.slice(0, -1);
  const automaton = surroundings.table.language(`startsWith ${start}`, () => beginning(start));
  if (automaton === undefined) return opaqueText(`${slot} fits ${pattern}`, surroundings).holds;
  return atom(slot, textsIn({ kind: "language", automaton }));
}

function toolFits(pattern: string, surroundings: Surroundings): Formula {
  const { server, name, listed } = surroundings.place;
  if (name !== undefined) return fitsPattern(pattern, `${server}.${name}`) ? always : never;
  // Patterns begin with the name of a server, or are `*`.
  if (!listed) return pattern === "*" ? always : never;
  const start = `${server}.`;
  if (pattern.endsWith("*")) {
    const beginningOf = pattern.slice(0, -1);
    if (start.startsWith(beginningOf)) return always;
    if (!beginningOf.startsWith(start)) return never;
    const automaton = beginning(beginningOf.slice(start.length));
    if (automaton === undefined) return opaqueText(`tool fits ${pattern}`, surroundings).holds;
    return test(unnamedTool(surroundings), textsIn({ kind: "language", automaton }));
  }
  if (!pattern.startsWith(start)) return never;
  return test(unnamedTool(surroundings), textsIn(someTexts([pattern.slice(start.length)])));
}

/** Whether a text is a pattern, or begins as a pattern that ends with `*` does. */
export function fitsPattern(pattern: string, text: string): boolean {
  return pattern.endsWith("*") ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}

/** An unregistered tool is covered by its exact name or the label `unlabelled` alone. */
function grantsUnregistered(match: Match, surroundings: Surroundings): Formula {
  if (match.labels?.includes(unlabelled) === true) return always;
  const exact = (match.tools ?? []).filter((pattern) => !pattern.endsWith("*"));
  return any(exact.map((pattern) => toolFits(pattern, surroundings)));
}

/** When the request's environment is one that the policy set declares, or it names none. */
export function declaredEnvironment(surroundings: Surroundings): Formula {
  const { environments } = surroundings.bundle.settings;
  const set = { ...textsIn(someTexts(environments)), absent: true };
  return atom(slotAt(surroundings, ["environment"]), set);
}
