import type { Misfit } from "./misfit.ts";
import type { Filled } from "./value.ts";

/** Properties that some keyword has looked at; `true` is all of them. */
export class Evaluated {
  properties: Set<string> | true = new Set();

  addProperties(names: Iterable<string>): void {
    if (this.properties === true) return;
    for (const name of names) this.properties.add(name);
  }

  merge(other: Evaluated): void {
    if (other.properties === true) this.properties = true;
    else this.addProperties(other.properties);
  }
}

/** Where a schema is being held against a value. */
export interface Situation {
  readonly path: string;
  /** below a choice: what is not chosen must not have filled anything in */
  readonly composite: boolean;
  /** of the whole run, first one first; a choice that comes out well takes its own away */
  readonly misfits: Misfit[];
}

/** Holds a value against one schema; what it looked at is noted in `evaluated`. */
export type Node = (value: Filled, situation: Situation, evaluated: Evaluated) => boolean;

/** One keyword's part of a node, for values of the type it is for. */
export type Keyword<T extends Filled = Filled> = (
  value: T,
  situation: Situation,
  evaluated: Evaluated,
) => boolean;

/** The same situation one step further into the value. */
export function below(situation: Situation, step: string | number): Situation {
  const text = String(step).replaceAll("~", "~0").replaceAll("/", "~1");
  return { ...situation, path: `${situation.path}/${text}` };
}
