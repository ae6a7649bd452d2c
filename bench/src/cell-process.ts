import { candidates } from "./candidates.ts";
import { runCell } from "./cell.ts";
import type { CellOutcome, CellTask } from "./cell.ts";

/** Runs the cell its one argument describes, as JSON, and sends the outcome to who started it. */
const task = JSON.parse(process.argv[2] ?? "null") as CellTask;
const candidate = candidates.find(({ name }) => name === task.engine);
const outcome: CellOutcome =
  candidate === undefined
    ? { ok: false, refused: `there is no engine \`${task.engine}\`` }
    : await runCell(task, candidate).catch((thrown: unknown) => ({
        ok: false,
        refused: thrown instanceof Error ? thrown.message : String(thrown),
      }));
process.send?.(outcome);
process.disconnect?.();
