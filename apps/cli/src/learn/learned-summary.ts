import { phaseSupport } from "@holdfast/learn";
import type { LearnedPolicy } from "@holdfast/learn";
import { counted, printable } from "@holdfast/model";
import { renderTable } from "../table.ts";

/** What was learned, in a line each; `declared` are the environments of the policy set. */
export function summaryOf(learned: LearnedPolicy, declared: readonly string[]): string {
  const { tools, unnamed, uses, usual, places, exemptions } = learned;
  const reads = tools.filter(({ isRead }) => isRead).length;
  const lines = [
    `${counted(tools.length, "tool")} (that only look: ${reads}, that do more: ${tools.length - reads}); used in the runs: ${uses.size}`,
    ...(unnamed.length === 0 ? [] : [unnamedWords(unnamed)]),
    environmentWords(learned, declared),
    ...usual.steps.map(
      ({ before, tool, tasks }) => `always before ${tool}: ${before}, in ${counted(tasks, "task")}`,
    ),
    ...new Set(
      [...usual.phases].map(([tool, phase]) =>
        phase.isOfAll ? phaseSupport(phase) : `${tool}: ${phaseSupport(phase)}`,
      ),
    ),
    `known domains: ${places.domains.join(", ") || "none"}; known hosts: ${places.hosts.join(", ") || "none"}`,
    ...[...places.values].flatMap(([tool, byName]) =>
      [...byName].map(
        ([name, values]) =>
          `given of itself, in five tasks: ${tool} (${name}): ${values.join(", ")}`,
      ),
    ),
    ...exemptions.map(
      ({ tool, rule, tasks }) => `left out: ${rule} of ${tool}, as ${tasks} honest tasks broke it`,
    ),
  ];
  return lines.map((line) => printable(line)).join("\n");
}

/** What each tool is taken for and why, above the summary. */
export function explanationOf(learned: LearnedPolicy, declared: readonly string[]): string {
  const rows = learned.tools.map(({ name, labels, acts, evidence }): string[] => [
    name,
    String(learned.uses.get(name)?.calls ?? 0),
    labels.join(" "),
    acts.length > actsShown ? `${acts.slice(0, actsShown).join(" ")} …` : acts.join(" "),
    evidence.join("; "),
  ]);
  const head = ["tool", "calls", "labels", "act words", "because of"];
  return `${renderTable(head, rows)}\n\n${summaryOf(learned, declared)}`;
}

/** Act words that a line has room for; the files hold all of them. */
const actsShown = 6;
/** Environments that one reads; runs may tell a hundred. */
const environmentsShown = 6;

/** The environments that there are, with the tasks that were done in each. */
function environmentWords({ usual, rules }: LearnedPolicy, declared: readonly string[]): string {
  const { byEnvironment } = usual.environments.all;
  if (byEnvironment.size === 0) {
    return `environments: ${someOf(declared)}; no run tells where it was made`;
  }
  const counts = declared.map(
    (name) => `${name} in ${counted(byEnvironment.get(name)?.size ?? 0, "task")}`,
  );
  const asks = [...rules.values()].filter((own) =>
    own.some(({ id }) => id === "unusual-environment"),
  );
  const asked = asks.length === 0 ? "" : `; asked about elsewhere: ${counted(asks.length, "tool")}`;
  return `environments: ${someOf(counts)}${asked}`;
}

function someOf(names: readonly string[]): string {
  const more = names.length - environmentsShown;
  return `${names.slice(0, environmentsShown).join(", ")}${more > 0 ? `, and ${more} more` : ""}`;
}

/** Tools that are left out: as many names as one reads, as a server can have thousands of any length. */
function unnamedWords(unnamed: readonly string[]): string {
  const shown = unnamed.slice(0, 5).map((name) => `\`${name.slice(0, 60)}\``);
  const more = unnamed.length > shown.length ? `, and ${unnamed.length - shown.length} more` : "";
  return `left out: ${counted(unnamed.length, "tool")} that no policy can name, so that calls are denied: ${shown.join(", ")}${more}`;
}
