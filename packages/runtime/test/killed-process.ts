import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Runs a script beside this file on a data directory, kills it after so many lines, gives the lines. */
export async function killAfter(
  script: string,
  data: string,
  lines: number,
  ...more: readonly string[]
): Promise<string[]> {
  const child = spawn(process.execPath, [here("built-runner.mjs"), here(script), data, ...more], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const seen: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    seen.push(line);
    if (seen.length === lines) child.kill("SIGKILL");
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  expect(child.signalCode).toBe("SIGKILL");
  return seen;
}
