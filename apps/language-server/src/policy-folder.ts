import { existsSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { PolicyFileText } from "@holdfast/engine";
import { surveyPolicySet } from "@holdfast/engine/editor";
import type { PolicySurvey } from "@holdfast/engine/editor";
import { HoldfastError } from "@holdfast/model";
import { readConfiguration, readPolicyFolder } from "@holdfast/runtime";

/** A policy folder as the editor has it now. */
export interface PolicyFolder {
  /** absolute, with `/`, as all paths in it are */
  readonly root: string;
  readonly files: readonly PolicyFileText[];
  readonly survey: PolicySurvey;
  /** why what is on disk could not be read; then the open texts are all there is */
  readonly problem?: string;
}

/**
 * The policy folder that a file belongs to: the one that the nearest `holdfast.yaml` above it
 * names when the file lies in that, else the nearest folder `policies` above it, else its own when
 * its text says `holdfast.dev/`. WHY only then: editors show the server all YAML, and what else
 * lies beside a file of another kind, a home folder or a disk, is not read because of it.
 */
export function policyRootOf(file: string, text: string): string | undefined {
  for (const folder of foldersAbove(file)) {
    const configuration = join(folder, "holdfast.yaml");
    if (!existsSync(configuration)) continue;
    const root = configuredRoot(configuration);
    if (root !== undefined && isInside(file, root)) return root;
    break;
  }
  const named = foldersAbove(file).find((folder) => folder.endsWith(`${sep}policies`));
  return named ?? (text.includes("holdfast.dev/") ? dirname(file) : undefined);
}

function foldersAbove(file: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = dirname(file); folder !== folders.at(-1); folder = dirname(folder)) {
    folders.push(folder);
  }
  return folders;
}

/** The policy folder that a configuration names; one that cannot be read names none. */
function configuredRoot(configuration: string): string | undefined {
  try {
    const folder = dirname(configuration);
    return resolve(folder, readConfiguration(configuration).policies ?? "policies");
  } catch (error) {
    if (error instanceof HoldfastError) return undefined;
    throw error;
  }
}

function isInside(file: string, folder: string): boolean {
  const way = relative(folder, file);
  return way !== "" && !way.startsWith("..");
}

/** Reads a policy folder; texts that are open, by their paths, count before those on disk. */
export function readFolder(folder: string, open: ReadonlyMap<string, string>): PolicyFolder {
  const texts = new Map<string, string>();
  let problem: string | undefined;
  try {
    if (existsSync(folder) && statSync(folder).isDirectory()) {
      for (const { path, text } of readPolicyFolder(folder)) texts.set(path, text);
    }
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    problem = error.message;
  }
  for (const [path, text] of open) {
    if (isInside(path, folder) && /\.ya?ml$/iu.test(path)) texts.set(slashed(path), text);
  }
  const files = [...texts].map(([path, text]) => ({ path, text }));
  const root = slashed(folder);
  const survey = surveyPolicySet(files, { root });
  return { root, files, survey, ...(problem === undefined ? {} : { problem }) };
}

/** A path as the compiler has it. */
export function slashed(path: string): string {
  return path.replaceAll(sep, "/");
}

/**
 * The path of a `file:` URI; undefined for any other, and for one that names no file of this
 * machine, such as one with a host or an encoded slash. Those belong to no folder.
 */
export function pathOf(uri: string): string | undefined {
  if (!uri.startsWith("file:")) return undefined;
  try {
    const path = fileURLToPath(uri);
    return path.includes("\0") ? undefined : path;
  } catch (error) {
    if (error instanceof TypeError || error instanceof URIError) return undefined;
    throw error;
  }
}

export function uriOf(path: string): string {
  return pathToFileURL(path).href;
}
