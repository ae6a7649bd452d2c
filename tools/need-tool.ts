import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The part of a test's context that leaves the test. */
interface Leaving {
  readonly skip: (note?: string) => never;
}

/**
 * Leaves the test when a program it needs is not installed. The run then shows
 * `not run: PROGRAM` and counts the test as skipped; where `CI=true` it fails instead, as a
 * machine that is there to run the tests must have what they need (`tools/setup-debian.sh`).
 *
 * @example test("fsync happens before the answer", (context) => { needTool(context, "strace"); … })
 */
export function needTool(
  context: Leaving,
  program: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): void {
  if (isInstalled(program, environment["PATH"] ?? "")) return;
  const note = `not run: ${program}`;
  if (environment["CI"] === "true") throw new Error(note);
  context.skip(note);
}

function isInstalled(program: string, path: string): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
