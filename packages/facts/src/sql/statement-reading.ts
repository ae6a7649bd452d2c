import { factLimits } from "../fact-limit.ts";
import { isHarmless, isOpener } from "./known-function.ts";

/** What changes rows of tables, the worst first. */
export const modifications = ["delete", "merge", "update", "insert"] as const;

export type Modification = (typeof modifications)[number];

/** Thrown when a statement nests deeper, or has more nodes, than is looked into. */
export class TooDeep extends Error {}

/** Names of CTEs that can be read here, and of the tables whose rows can be named here. */
export interface SqlScope {
  readonly ctes: ReadonlySet<string>;
  readonly rows: ReadonlySet<string>;
  /** whether tables that stand here on their own are written */
  readonly writes: boolean;
  readonly depth: number;
}

/** The scope of a whole statement. */
export const outerScope: SqlScope = { ctes: new Set(), rows: new Set(), writes: false, depth: 0 };

/** A scope one level further in. Throws {@link TooDeep} beyond the limit. */
export function deeper(scope: SqlScope): SqlScope {
  if (scope.depth >= factLimits.sqlDepthMax) throw new TooDeep("too deep");
  return { ...scope, depth: scope.depth + 1 };
}

/** What has been found in one statement. */
export class StatementReading {
  readonly tablesRead = new Set<string>();
  readonly tablesWritten = new Set<string>();
  readonly columns = new Set<string>();
  readonly functions = new Set<string>();
  #nodes = 0;
  locks = false;
  opaque = false;
  /** whether some UPDATE or DELETE has no condition on a column */
  unconditional = false;
  /** the kinds of what changes rows, wherever it stands */
  readonly modifications = new Set<Modification>();

  /** Counts a node. Throws {@link TooDeep} beyond the limit. */
  visit(): void {
    this.#nodes += 1;
    if (this.#nodes > factLimits.sqlNodesMax) throw new TooDeep("too large");
  }

  /** Notes that a function is called, named as in a fact. */
  call(name: string): void {
    this.functions.add(name);
    if (isOpener(name)) this.opaque = true;
  }

  /** Whether nothing in it changes anything, as far as is known. */
  get isReadOnly(): boolean {
    const known = [...this.functions].every(isHarmless);
    return known && this.tablesWritten.size === 0 && !this.locks && !this.opaque;
  }
}
