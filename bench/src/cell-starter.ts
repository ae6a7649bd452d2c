import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { CellOutcome, CellTask } from "./cell.ts";

/** How long over its cap a cell may be before it is ended. */
const graceMs = 15_000;

/** Runs a cell in a process of its own, so that neither memory nor compiled code is another's. */
export function startCell(task: CellTask): Promise<CellOutcome> {
  const path = fileURLToPath(new URL("./cell-process.ts", import.meta.url)).replace(/ts$/u, "js");
  const heapMb = task.rules > 100_000 ? 12_288 : 4_096;
  const child = fork(path, [JSON.stringify(task)], {
    execArgv: ["--expose-gc", `--max-old-space-size=${heapMb}`],
    stdio: ["ignore", 2, 2, "ipc"],
    serialization: "advanced",
  });
  return new Promise((resolve) => {
    let outcome: CellOutcome | undefined;
    const timer = setTimeout(() => {
      outcome = { ok: false, refused: `takes more than ${task.capMs / 1_000} s` };
      child.kill("SIGKILL");
    }, task.capMs + graceMs);
    child.on("message", (message) => {
      outcome = message as CellOutcome;
    });
    child.on("exit", (code, signal) => {
      clearTimeout(timer);
      const ended = signal === null ? `ended with ${code}` : `was ended by ${signal}`;
      resolve(outcome ?? { ok: false, refused: `its process ${ended}` });
    });
  });
}
