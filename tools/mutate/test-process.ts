import type { Answer, SurveyedFile, SurveyedTest, Task } from "./message.ts";
import { collectTests } from "./test-registry.ts";
import type { DeclaredTest } from "./test-registry.ts";

// The process that runs tests: one task after the other, as its parent sends them.
let reached = new Set<number>();
Object.assign(globalThis, { mutateProbe: (number: number) => reached.add(number) });

// The arguments are modules that set something up for every test.
const ready = Promise.all(process.argv.slice(2).map((url) => import(url)));

process.on("message", (task: Task) => {
  const work = async (): Promise<Answer> => {
    await ready;
    return task.kind === "survey" ? survey(task.urls) : attempt(task.tests);
  };
  void work().then(answer);
});

function answer(message: Answer): void {
  process.send?.(message);
}

async function survey(urls: readonly string[]): Promise<Answer> {
  const files: SurveyedFile[] = [];
  const tests: SurveyedTest[] = [];
  for (const url of urls) {
    reached = new Set();
    const declared = await collectTests(url);
    files.push({ url, reached: [...reached] });
    for (const [number, { name, run }] of declared.entries()) {
      reached = new Set();
      const started = performance.now();
      const failure = await failureOf(run);
      const elapsedMs = performance.now() - started;
      const found = { url, number, name, elapsedMs, reached: [...reached] };
      tests.push(failure === undefined ? found : { ...found, failure });
    }
  }
  return { kind: "surveyed", files, tests };
}

async function attempt(tests: Extract<Task, { kind: "attempt" }>["tests"]): Promise<Answer> {
  const files = new Map<string, readonly DeclaredTest[]>();
  for (const [position, { url, number }] of tests.entries()) {
    let declared = files.get(url);
    if (declared === undefined) {
      answer({ kind: "loading" });
      const loaded = await load(url);
      if (typeof loaded === "string") return { kind: "failed", position: -1, message: loaded };
      declared = loaded;
      files.set(url, declared);
    }
    answer({ kind: "running", position });
    const message = await failureOf(() => declared[number]?.run());
    if (message !== undefined) return { kind: "failed", position, message };
  }
  return { kind: "survived" };
}

async function load(url: string): Promise<readonly DeclaredTest[] | string> {
  try {
    return await collectTests(url);
  } catch (error) {
    return String(error);
  }
}

/** Why a test fails; `undefined` when it passes. */
async function failureOf(run: () => unknown): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return String(error);
  }
}
