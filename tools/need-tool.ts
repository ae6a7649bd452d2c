import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The part of a test's context that leaves the test. */
interface Leaving {
  readonly skip: (note?: string) => never;
}

/**
 * The path of a program, or out of the test when it is not installed. The run then shows
 * `not run: PROGRAM` and counts the test as skipped; where `CI=true` it fails instead, as a
 * machine that is there to run the tests must have what they need (`tools/setup-debian.sh`).
 *
 * @example test("fsync happens before the answer", (context) => { needTool(context, "strace"); … })
 */
export function needTool(
  context: Leaving,
  program: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const found = findTool(program, environment);
  if (found !== undefined) return found;
  const note = `not run: ${program}`;
  if (environment["CI"] === "true") throw new Error(note);
  return context.skip(note);
}

/** The path of a program that is installed; `undefined` for one that is not. */
export function findTool(
  program: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  return (environment["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => isExecutable(path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
