import { nearestName } from "@holdfast/model";
import type { Boundary, Tool } from "../../document/kinds.ts";
import type { Match, Policy } from "../../document/policy.ts";
import { didYouMean } from "../report.ts";
import { fitsAny, matchedTools } from "./matched-tools.ts";
import { documentSpan } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";

/**
 * An allow rule in a folder matches no more than every Boundary of the folder, or of one above
 * it, allows. A Boundary names a folder in which policy files lie, so that a misspelt one is
 * not silently without effect.
 */
export function checkBoundaries(set: PolicySet): void {
  const folders = new Set<string>();
  for (const file of set.marks.files.values()) {
    const steps = file.folder.split("/");
    for (let length = 1; length <= steps.length; length += 1) {
      folders.add(steps.slice(0, length).join("/"));
    }
  }
  for (const boundary of set.bundle.boundaries) {
    if (!folders.has(boundary.folder)) {
      const span = documentSpan(boundary, ["spec", "folder"], set);
      const near = didYouMean(nearestName(boundary.folder, folders));
      const suggestion = near ?? "folders are relative to the policy folder";
      const message = `no policy file lies in the folder \`${boundary.folder}\``;
      set.report.error("unknown_folder", message, span, { suggestion });
      continue;
    }
    for (const policy of set.bundle.policies) {
      const folder = set.marks.placed.get(policy)?.file.folder ?? "";
      if (isWithin(folder, boundary.folder)) checkPolicy(policy, boundary, set);
    }
  }
}

function isWithin(folder: string, boundary: string): boolean {
  return folder === boundary || folder.startsWith(`${boundary}/`);
}

function checkPolicy(policy: Policy, boundary: Boundary, set: PolicySet): void {
  const excesses = excessesOf(policy.match, boundary, set);
  if (excesses.length === 0) return;
  for (const [index, rule] of policy.rules.entries()) {
    if (rule.effect !== "allow") continue;
    const span = documentSpan(policy, ["spec", "rules", index], set);
    const notes = [
      { message: "the boundary", span: documentSpan(boundary, ["spec", "allows"], set) },
    ];
    const message = `rule \`${policy.name}/${rule.id}\` can match more than boundary \`${boundary.name}\` allows: ${excesses.join("; ")}`;
    const suggestion = "narrow the `match` of the policy to what the boundary allows";
    set.report.error("boundary", message, span, { suggestion, notes });
  }
}

/** What `match` covers beyond the boundary, in words; empty when it stays within. */
function excessesOf(match: Match, { allows }: Boundary, set: PolicySet): string[] {
  const found: string[] = [];
  const compare = (
    key: string,
    allowed: readonly string[] | undefined,
    given: readonly string[] | undefined,
  ): void => {
    if (allowed === undefined) return;
    if (given === undefined) {
      found.push(`it matches any of \`${key}\`, not only \`${allowed.join("`, `")}\``);
      return;
    }
    const beyond = given.filter((item) => !coveredBy(item, allowed));
    if (beyond.length > 0) found.push(`\`${beyond.join("`, `")}\` in \`${key}\``);
  };
  compare("agents", allows.agents, match.agents);
  compare("kinds", allows.kinds, match.kinds);
  compare("environments", allows.environments, match.environments);
  const { tools, undescribed } = matchedTools(match, set.bundle);
  // A match on labels, say, covers known tools: what counts is which tools those are.
  if (
    allows.tools !== undefined &&
    !(match.tools?.every((each) => coveredBy(each, allows.tools ?? [])) ?? false)
  ) {
    const beyond = tools.filter((tool) => !fitsAny(allows.tools, tool.name));
    if (undescribed) compare("tools", allows.tools, match.tools);
    else if (beyond.length > 0) found.push(`${names(beyond)} in \`tools\``);
  }
  if (
    allows.labels !== undefined &&
    !(match.labels?.every((each) => allows.labels?.includes(each)) ?? false)
  ) {
    const beyond = tools.filter(
      (tool) => !tool.labels.some((label) => allows.labels?.includes(label)),
    );
    if (undescribed) compare("labels", allows.labels, match.labels);
    else if (beyond.length > 0) found.push(`${names(beyond)} in \`labels\``);
  }
  return found;
}

function names(tools: readonly Tool[]): string {
  return tools.map(({ name }) => `\`${name}\``).join(", ");
}

/** Whether everything that `item` covers is covered by one of `allowed`; both may end in `*`. */
function coveredBy(item: string, allowed: readonly string[]): boolean {
  return allowed.some((pattern) =>
    pattern.endsWith("*") ? item.startsWith(pattern.slice(0, -1)) : item === pattern,
  );
}
