import { digestOf } from "@holdfast/model";
import type { Json, Phase } from "@holdfast/model";
import type { Bundle } from "../../document/bundle.ts";
import type { Tool } from "../../document/kinds.ts";
import type { Formula } from "../formula/formula.ts";
import type { SlotTable } from "../formula/slot.ts";
import type { Term } from "./term.ts";

/** Which actions a question is about: those of one tool, or of all tools that nobody names. */
export interface Place {
  readonly server: string;
  /** false: any server that no document and no rule names; `server` then stands for all of them */
  readonly listed: boolean;
  /** absent: any tool of the server that no document and no rule names */
  readonly name: string | undefined;
  readonly phase: Phase;
  /** names that an unnamed tool, or a server that is not listed, does not have */
  readonly taken: readonly string[];
}

/** Who is judged: the acting agent, or one of those through which the action was delegated. */
export type Judged = "agent" | Hop;

/** A delegating agent: `hop 0` is the outermost. */
export type Hop = `hop ${number}`;

/** The delegating agents of an action that has so many, the outermost first. */
export function hopsOf(hops: number): readonly Hop[] {
  return Array.from({ length: hops }, (_, index): Hop => `hop ${index}`);
}

/** What a condition is read in. */
export interface Surroundings {
  readonly table: SlotTable;
  readonly bundle: Bundle;
  readonly place: Place;
  /** the Tool document of the place */
  readonly tool: Tool | undefined;
  readonly judged: Judged;
  /** through how many delegating agents the action comes */
  readonly hops: number;
  /** what the arguments hold at a path, as the rule sees them; `undefined` when it cannot be said */
  readonly argument: (path: readonly string[]) => Term | undefined;
  /** names all that an expression reads besides the request, so that equal texts mean the same */
  readonly identity: string;
  /** names the arguments that are looked at, as asked or as rules left them, and who annotates them */
  readonly view: string;
  readonly bound: ReadonlyMap<string, Term>;
  /** what is always so of slots, by slot; added to as slots are met */
  readonly axioms: Map<string, Formula>;
}

/** The label of every tool that no Tool document describes. */
export const unlabelled = "unlabelled";

/** The labels that a tool at a place has of its own, sorted. */
export function toolLabels({ tool }: Pick<Surroundings, "tool">): readonly string[] {
  return [...new Set(tool?.labels ?? [unlabelled])].sort();
}

/** A name for what a document says: two documents with one name say the same. */
export function nameOf(document: unknown): string {
  const plain: Json = JSON.parse(JSON.stringify(document ?? null, dropSources));
  return digestOf(plain).slice("sha256:".length, "sha256:".length + 12);
}

/** WHY: where a document stands says nothing of what it means. */
export function dropSources(key: string, value: unknown): unknown {
  const positions = [
    "source",
    "offsets",
    "lineStarts",
    "range",
    "fieldRange",
    "functionRange",
    "ast",
  ];
  if (positions.includes(key) || key.endsWith("Sources")) return undefined;
  return typeof value === "bigint" ? String(value) : value;
}
