import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Answer, Task } from "./message.ts";

/** How a task ended: with an answer, or the process did not live to give one. */
export type TaskEnd =
  | { readonly kind: "answered"; readonly answer: Answer }
  | { readonly kind: "late" }
  | { readonly kind: "crashed"; readonly message: string };

/** How long, in ms, a process may be silent after it has told where it is. */
export type Patience = (at: Answer | undefined) => number;

/** A process that runs tests; it is started when there is something to do. */
export interface TestWorker {
  readonly run: (task: Task, patience: Patience) => Promise<TaskEnd>;
  readonly stop: () => void;
}

/** Tasks after which a process is replaced: it never forgets a module that it has imported. */
const tasksMax = 150;
const heapMb = 2_048;
const complaintMax = 2_000;

/** A worker over the built `test-process` module; it imports what sets up tests before any test. */
export function testWorker(url: string, setups: readonly string[]): TestWorker {
  let child: ChildProcess | undefined;
  let tasks = 0;
  const stop = (): void => {
    child?.removeAllListeners();
    child?.kill("SIGKILL");
    child = undefined;
    tasks = 0;
  };
  const run = async (task: Task, patience: Patience): Promise<TaskEnd> => {
    if (tasks >= tasksMax) stop();
    tasks += 1;
    child ??= fork(fileURLToPath(url), setups, {
      execArgv: [`--max-old-space-size=${heapMb}`],
      // What a mutant prints is of no interest; what its process dies of is.
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    const end = await ending(child, task, patience);
    if (end.kind !== "answered") stop();
    return end;
  };
  return { run, stop };
}

function ending(child: ChildProcess, task: Task, patience: Patience): Promise<TaskEnd> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    let complaint = "";
    const hear = (text: Buffer): void => {
      complaint = (complaint + text.toString()).slice(-complaintMax);
    };
    const end = (result: TaskEnd): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      child.stderr?.removeAllListeners();
      resolve(result);
    };
    const wait = (at: Answer | undefined): void => {
      clearTimeout(timer);
      timer = setTimeout(() => end({ kind: "late" }), patience(at));
    };
    child.on("message", (answer: Answer) => {
      if (answer.kind === "loading" || answer.kind === "running") wait(answer);
      else end({ kind: "answered", answer });
    });
    child.on("error", (error) => end({ kind: "crashed", message: String(error) }));
    child.on("close", (code, signal) =>
      end({ kind: "crashed", message: `exit ${signal ?? String(code)} ${complaint}`.trim() }),
    );
    child.stderr?.on("data", hear);
    wait(undefined);
    child.send(task);
  });
}
