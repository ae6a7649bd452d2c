import { closeSync, existsSync, openSync, readSync, realpathSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { loadPolicySet } from "@holdfast/engine";
import type { PolicyFileText } from "@holdfast/engine";
import { badArguments } from "../failure.ts";
import { needFilePlace } from "../file-replacement.ts";
import type { LearnReport } from "./learn-report.ts";
import { pageMark, reportPage } from "./report-page.ts";

/** The page on a policy set of these files, and what the reader has to be told, empty when there is nothing. */
export async function reportOn(
  report: LearnReport,
  files: readonly PolicyFileText[],
): Promise<{ readonly page: string; readonly told: string }> {
  const { stressed } = report;
  const loaded = loadPolicySet(files, { root: "" });
  const isOther = stressed !== undefined && loaded.ok && loaded.bundle.digest !== stressed.bundle;
  const told = isOther
    ? "the attacks were tried on another policy set than this one; run `holdfast stress` again"
    : "";
  return { page: await reportPage(report, told), told };
}

/**
 * Makes sure that writing a report there loses nothing else.
 *
 * @throws CommandFailure exit 2 for a link, a folder, and a file that holds anything but a report
 */
export function needReportPlace(path: string): void {
  needFilePlace(path, "--report");
  if (!existsSync(path)) return;
  if (headOf(path).includes(pageMark)) return;
  throw badArguments(
    `\`${path}\` is no report of \`holdfast learn\`; name another file with \`--report\``,
  );
}

/** The beginning of a file, in which stands what a page is known by; it may be any file, and large. */
function headOf(path: string): string {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(1000);
    return bytes.toString("utf8", 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

/**
 * Makes sure that a file which tells of what was learned lies outside of the folder that holds it.
 *
 * @throws CommandFailure exit 2 for one in that folder, which holds policies and nothing else
 */
export function needBesideFolder(folder: string, path: string, what: string): void {
  const way = relative(realPath(folder), realPath(path));
  if (way === ".." || way.startsWith(`..${sep}`) || resolve(way) === way) return;
  throw badArguments(
    `\`${path}\` lies in \`${folder}\`, which holds policies alone; write the ${what} beside it`,
  );
}

/** Where a path leads, as far as it is there. */
function realPath(path: string): string {
  const full = resolve(path);
  if (existsSync(full)) return realpathSync(full);
  return dirname(full) === full ? full : join(realPath(dirname(full)), basename(full));
}
