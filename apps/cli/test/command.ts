import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { run } from "holdfast";

/** Root of the repository. */
export const repository: string = fileURLToPath(new URL("../../..", import.meta.url));
export const quickstart: string = join(repository, "examples/quickstart/policies");
/** The built command; `npm test` builds before it tests. */
export const program: string = join(repository, "apps/cli/bin/holdfast.js");

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in this process. */
export async function holdfast(args: readonly string[], stdin = ""): Promise<Ran> {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    streams[name].on("data", (chunk: Buffer) => (texts[name] += chunk.toString("utf8")));
  }
  const code = await run(args, { stdin: Readable.from([Buffer.from(stdin)]), ...streams, env: {} });
  await new Promise((resolve) => setImmediate(resolve));
  return { code, ...texts };
}

/** A folder that is removed when the test is over, with these files in it. */
export function folderOf(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
