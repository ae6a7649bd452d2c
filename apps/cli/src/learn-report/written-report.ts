import { writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { loadPolicySet } from "@holdfast/engine";
import type { PolicyFileText } from "@holdfast/engine";
import { badArguments } from "../failure.ts";
import type { LearnReport } from "./learn-report.ts";
import { reportPage } from "./report-page.ts";

/**
 * Writes the page on a policy set of these files, and returns what the reader has to be told, empty when there is nothing.
 *
 * @throws a system error when the file cannot be written
 */
export async function writeReport(
  path: string,
  report: LearnReport,
  files: readonly PolicyFileText[],
): Promise<string> {
  const { stressed } = report;
  const loaded = loadPolicySet(files, { root: "" });
  const isOther = stressed !== undefined && loaded.ok && loaded.bundle.digest !== stressed.bundle;
  const told = isOther
    ? "the attacks were tried on another policy set than this one; run `holdfast stress` again"
    : "";
  writeFileSync(path, await reportPage(report, told));
  return told;
}

/** @throws CommandFailure exit 2 for a report in the folder that holds what was learned, and nothing else */
export function refuseReportIn(folder: string, path: string): void {
  const way = relative(resolve(folder), resolve(path));
  if (way.startsWith("..") || resolve(way) === way) return;
  throw badArguments(
    `\`${path}\` lies in \`${folder}\`, which holds policies alone; write the report beside it`,
  );
}
