import { existsSync, readFileSync } from "node:fs";
import { baselineKind, learnBaseline, readBaseline } from "@holdfast/learn";
import type { Baseline } from "@holdfast/learn";
import { HoldfastError, parseJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import type { SourcedRun } from "@holdfast/runtime/source";
import { badArguments } from "../failure.ts";
import { needFilePlace } from "../file-replacement.ts";
import { readJsonFile } from "../input-file.ts";
import { isHoldable } from "./learned-setting.ts";

/** Where the baseline of a learned folder stands: beside it, as the folder holds policies alone. */
export function baselinePath(folder: string): string {
  return `${folder.replace(/[\\/]+$/u, "")}.baseline.json`;
}

/**
 * Makes sure that writing a baseline there loses nothing else.
 *
 * @throws CommandFailure exit 2 for a link, a folder, and a file that holds anything but a baseline
 */
export function needBaselinePlace(path: string): void {
  needFilePlace(path, "--baseline");
  if (!existsSync(path)) return;
  let json: Json;
  try {
    json = parseJson(readFileSync(path));
  } catch {
    json = null;
  }
  // One of another release as well, whatever is in it.
  if (typeof json === "object" && json !== null && "kind" in json) {
    if (json["kind"] === baselineKind) return;
  }
  throw badArguments(`\`${path}\` is no baseline; name another file with \`--baseline\``);
}

/** The baseline of these runs, of one agent or of all. */
export function baselineOf(runs: readonly SourcedRun[], agent: string | undefined): Baseline {
  // Rules are written from it, too, and calls that no policy can name are new whenever they come.
  const held = runs.map((run) => ({ ...run, calls: run.calls.filter((each) => isHoldable(each)) }));
  const { agents, ...rest } = learnBaseline(held);
  return { ...rest, agents: agents.filter((each) => agent === undefined || each.agent === agent) };
}

/**
 * Reads a baseline that `holdfast learn` wrote.
 *
 * @throws CommandFailure exit 2 when it cannot be read or is none
 */
export function readBaselineFile(path: string): Baseline {
  const json = readJsonFile(path, "give a baseline, as `holdfast learn` wrote it");
  try {
    return readBaseline(json, path);
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== "baseline_invalid") throw error;
    throw badArguments(`${error.message}; give one that \`holdfast learn\` wrote`);
  }
}
