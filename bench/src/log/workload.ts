import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What the bench of the log asks the guard for: half the agents read, every tenth action is denied. */
export const policies = [
  {
    path: "policies/bench.yaml",
    text: `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: files.read}
spec: {labels: [read]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: base}
spec:
  match: {tools: [files.read]}
  rules:
    - {id: grant, effect: allow}
    - {id: secret, effect: deny, when: 'args.path == "secret"'}
`,
  },
];

/** The request numbered `number`; no two are alike. */
export function requestOf(number: number) {
  return {
    agent: { id: `agent-${number % 100}` },
    tool: { server: "files", name: "read" },
    args: { path: number % 10 === 0 ? "secret" : `docs/page-${number}.md`, note: "n".repeat(200) },
  };
}

/** Runs `work` so often, always 64 at a time; gives each one's time in ms. */
export async function atOnce(count: number, work: (number: number) => Promise<unknown>) {
  const times: number[] = [];
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < count) {
      const number = next;
      next += 1;
      const started = performance.now();
      await work(number);
      times.push(performance.now() - started);
    }
  };
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  await Promise.all(Array.from({ length: 64 }, one));
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - started) / 1000;
  return { times, perSecond: count / seconds, cpuUs: (user + system) / count };
}

/** The share of sorted times that lies at `part`. */
export function quantileOf(times: readonly number[], part: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** A folder that is gone when the work in it is done. */
export async function inScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
