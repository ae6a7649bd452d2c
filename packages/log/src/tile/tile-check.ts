import { readWhole, systemCode } from "../files.ts";
import type { LogFiles } from "../files.ts";
import { readPrunedLeaves } from "../pruned-part.ts";
import { surveyLog } from "../survey.ts";
import { readLeaves } from "./leaf-reader.ts";
import { TileFiles } from "./tile-files.ts";
import { TileTree } from "./tile-tree.ts";
import type { TileFile } from "./tile-tree.ts";

/** Problems beyond this many are only counted. */
const listedMax = 100;

/** What became of the tiles and bundles of a log when they were compared. */
export interface TileReport {
  /** tiles and bundles the log should have */
  readonly expected: number;
  /** paths of those that are absent; at most 100 */
  readonly absent: readonly string[];
  /** paths of those that are there and wrong; at most 100 */
  readonly damaged: readonly string[];
  readonly wrong: number;
  /** how many were written anew */
  readonly rebuilt: number;
  /** tiles of pruned records are gone, so nothing could be compared */
  readonly unknown: boolean;
}

/**
 * Compares every tile and bundle with what the segments say it is; of pruned records, with the
 * level-0 tiles that are left of them. With `rebuild`, writes what is absent or wrong.
 *
 * **Contract:** with `rebuild`, nobody writes to the log meanwhile.
 *
 * @param size so many records, no more than the log has
 * @throws HoldfastError `log_missing`; LogDamagedError where the segments are damaged
 */
export async function checkTiles(options: {
  readonly files: LogFiles;
  readonly directory: string;
  readonly size: number;
  readonly rebuild: boolean;
}): Promise<TileReport> {
  const check = new TileCheck(options);
  return check.run();
}

class TileCheck {
  readonly #files: LogFiles;
  readonly #directory: string;
  readonly #size: number;
  readonly #output: TileFiles | undefined;
  readonly #tree = new TileTree();
  readonly #absent: string[] = [];
  readonly #damaged: string[] = [];
  #expected = 0;
  #wrong = 0;

  constructor(options: Parameters<typeof checkTiles>[0]) {
    const { files, directory, size, rebuild } = options;
    this.#files = files;
    this.#directory = directory;
    this.#size = size;
    this.#output = rebuild ? new TileFiles(files, directory) : undefined;
  }

  async run(): Promise<TileReport> {
    const survey = await surveyLog(this.#files, this.#directory);
    const first = survey.records.files[0]?.first ?? 0;
    const unknown = !(await this.#passPruned(first));
    if (!unknown) {
      const range = { from: first, to: this.#size };
      for await (const { leaf, entry } of readLeaves(this.#files, this.#directory, range)) {
        await this.#compare(this.#tree.push(leaf, entry), first);
      }
      await this.#compare(this.#tree.partial(), first);
    }
    return {
      expected: this.#expected,
      absent: this.#absent,
      damaged: this.#damaged,
      wrong: this.#wrong,
      rebuilt: this.#output === undefined ? 0 : this.#wrong,
      unknown,
    };
  }

  /** @returns whether the leaves of all pruned records are there */
  async #passPruned(first: number): Promise<boolean> {
    if (first === 0) return true;
    const passed = readPrunedLeaves(this.#files, this.#directory, first);
    const nothing = new Uint8Array(0);
    let step = await passed.next();
    for (; step.done !== true; step = await passed.next()) {
      for (const leaf of step.value.leaves) {
        const whole = this.#tree.push(leaf, nothing);
        await this.#compare(
          whole.filter(({ name }) => name.series !== "entries"),
          first,
        );
      }
    }
    return step.value !== undefined;
  }

  async #compare(files: readonly TileFile[], first: number): Promise<void> {
    for (const file of files) {
      const { series, number } = file.name;
      // The bundle that pruning cut through cannot be made any more.
      if (series === "entries" && number * 256 < first) continue;
      this.#expected += 1;
      const stored = await this.#read(file.path);
      if (stored !== undefined && stored.equals(file.bytes)) continue;
      this.#wrong += 1;
      const list = stored === undefined ? this.#absent : this.#damaged;
      if (list.length < listedMax) list.push(file.path);
      await this.#output?.write(file);
    }
  }

  async #read(path: string): Promise<Buffer | undefined> {
    try {
      return await readWhole(this.#files, `${this.#directory}/${path}`);
    } catch (error) {
      if (systemCode(error) === "EISDIR") return undefined;
      throw error;
    }
  }
}
