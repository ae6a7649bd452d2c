import { posix } from "node:path";
import { loadPolicySet } from "@holdfast/engine";
import type { PolicyFileText } from "@holdfast/engine";
import { holdsPolicies } from "@holdfast/engine/editor";
import { readYamlBelow } from "@holdfast/runtime";
import { badArguments } from "./failure.ts";

/**
 * The policy files below a folder; what else lies there, YAML of other programs too, is nothing to
 * a formatter.
 *
 * @throws CommandFailure when there is none; HoldfastError `policy_folder`
 */
export function policyFilesBelow(folder: string): readonly PolicyFileText[] {
  const files = readYamlBelow(folder).filter(holdsPolicies);
  if (files.length === 0) throw badArguments(`there is no policy file below \`${folder}\``);
  return files;
}

/**
 * The first policy set at `folder` or below whose bundle is not the same in `after`, which has the
 * paths of `before`. A folder that does not compile as one set is looked into, folder by folder.
 */
export function changedSet(
  folder: string,
  before: readonly PolicyFileText[],
  after: readonly PolicyFileText[],
): string | undefined {
  const root = folder.replace(/\/+$/u, "");
  const [one, other] = [before, after].map((set) => loadPolicySet(set, { root }));
  if (one?.ok === true) {
    return other?.ok === true && one.bundle.digest === other.bundle.digest ? undefined : root;
  }
  const names = new Set(before.flatMap(({ path }) => childOf(root, path) ?? []));
  for (const name of names) {
    const below = `${root}/${name}`;
    const inside = ({ path }: PolicyFileText): boolean => path.startsWith(`${below}/`);
    const found = changedSet(below, before.filter(inside), after.filter(inside));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The folder directly below `root` in which `path` lies. */
function childOf(root: string, path: string): string | undefined {
  const [name, ...rest] = posix.relative(root, path).split("/");
  return rest.length === 0 ? undefined : name;
}
