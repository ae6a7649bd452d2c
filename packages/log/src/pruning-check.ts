import type { Damage } from "./damage.ts";
import type { LogHead } from "./tree.ts";

/** What is known of a log that does not begin with its first record. */
export interface PrunedLog {
  /** the first record that is there; above 0 */
  readonly first: number;
  /** where it lies */
  readonly file: string;
  /** the tree before it, as its header tells */
  readonly begin: LogHead | undefined;
  /** the tree that the tiles of the records before it lead to, where they are left */
  readonly left: LogHead | undefined;
}

/** A pruning on record, with the record that tells it. */
interface ToldPruning {
  readonly teller: number;
  readonly head: LogHead;
}

/** Holds where a log begins to the records that say why. */
export class PruningCheck {
  readonly #told: ToldPruning[] = [];

  /** Takes the body of record `teller`, which is of kind `pruned`. */
  take(teller: number, record: object): void {
    const { minimum, root } = record as Record<string, unknown>;
    if (typeof minimum !== "number" || typeof root !== "string") return;
    this.#told.push({ teller, head: { size: minimum, root } });
  }

  /**
   * A log that begins later says so itself, and what is left of its beginning fits the rest. Under a
   * checkpoint only a record of it counts that one covers, as `ErasureCheck` says of erasures.
   */
  problems({ first, file, begin, left }: PrunedLog, covered: number): readonly Damage[] {
    const problems: Damage[] = [];
    const problem = (message: string, code: Damage["code"] = "log_pruned"): void => {
      problems.push({ code, file, fromIndex: first, message });
    };
    const told = this.#told.filter(({ teller }) => covered === 0 || teller < covered);
    const pruned = told.at(-1)?.head;
    if (pruned === undefined || pruned.size < first) {
      const message = `log begins with record ${first}, and no record says that those before were pruned`;
      problem(message, "log_missing_segment");
    } else if (pruned.size === first && begin !== undefined && pruned.root !== begin.root) {
      problem(`the tree before record ${first} is not the one that was pruned`);
    }
    if (left !== undefined && begin !== undefined && left.root !== begin.root) {
      problem(`tiles of the records before ${first} do not lead to the tree that follows them`);
    }
    return problems;
  }
}
