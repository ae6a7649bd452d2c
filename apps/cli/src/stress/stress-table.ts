import { counted } from "@holdfast/model";
import { mutantLimits, proposalsMax } from "@holdfast/stress";
import { renderTable } from "../table.ts";
import type { CatalogueEntry, StressResult, StressTally } from "./stress-result.ts";

/** Groups of survivors that a table shows. */
const groupsMax = 20;

/** A stress for people: what was stopped by class, what survived, and what would have stopped it. */
export function stressTable(result: StressResult): string {
  const { notAdaptive, adaptive, survivorGroups, runs } = result;
  const head = ["class", "mutants", "killed", "denied", "stepped up", "survived", "refused anyway"];
  const rows = result.classes.map((each): string[] => [each.class, ...numbersOf(each)]);
  const totals = [
    ["all that do not know the policy", ...numbersOf(notAdaptive)],
    ["all that do (adaptive)", ...numbersOf(adaptive)],
  ];
  const made = notAdaptive.mutants + adaptive.mutants;
  return [
    `${counted(made, "mutant")} of ${counted(runs, "honest run")}${leftOutText(result)}`,
    renderTable(head, [...rows, ...totals]),
    ...(survivorGroups.length === 0 ? [] : [survivorsTable(result)]),
  ].join("\n\n");
}

/** The catalogue for people. */
export function catalogueTable(entries: readonly CatalogueEntry[]): string {
  const rows = entries.map(
    ({ id, class: name, owasp, atlas, isAdaptive, description }): string[] => [
      id,
      name,
      owasp,
      atlas,
      isAdaptive ? "yes" : "",
      description,
    ],
  );
  return renderTable(["id", "class", "OWASP", "ATLAS", "adaptive", "what it does"], rows);
}

function survivorsTable({ survivorGroups }: StressResult): string {
  const rows = survivorGroups.slice(0, groupsMax).map((each): string[] => {
    const { rule } = each;
    return [
      String(each.survivors),
      each.class,
      each.arguments.length === 0 ? each.tool : `${each.tool} (${each.arguments.join(", ")})`,
      rule === undefined ? "none that was tried" : rule.id,
      rule === undefined ? "" : `${rule.kills.length} of ${rule.tried}`,
      rule === undefined ? "" : `${rule.honestTouched} of ${rule.honestRuns}`,
      each.examples[0] ?? "",
    ];
  });
  const head = [
    "survivors",
    "class",
    "tool",
    "a rule that stops it",
    "stops",
    "honest touched",
    "one of them",
  ];
  const more = survivorGroups.length - rows.length;
  const rest = more > 0 ? `\n${counted(more, "smaller group")} more: \`-o json\`` : "";
  return `What survived, and what would have stopped it (\`--propose DIR\` writes the rules):\n\n${renderTable(head, rows)}${rest}`;
}

function leftOutText({ leftOut, survivorGroups }: StressResult): string {
  const { runsPerTask, perMutation, perRun, total } = mutantLimits;
  const parts = [
    ...(leftOut.runs > 0
      ? [`${counted(leftOut.runs, "run")} more of tasks with ${runsPerTask} runs`]
      : []),
    ...(leftOut.beyondLimits > 0
      ? [
          `${counted(leftOut.beyondLimits, "mutant")} beyond ${perMutation} of a mutation, ${perRun} of a run or ${total} in all`,
        ]
      : []),
    ...(leftOut.notAttacks > 0
      ? [`${counted(leftOut.notAttacks, "mutant")} that honest runs of the task are, too`]
      : []),
    ...(survivorGroups.length > proposalsMax
      ? [`rules for all but the ${proposalsMax} largest groups of survivors`]
      : []),
  ];
  return parts.length === 0 ? "" : `; left out: ${parts.join("; ")}`;
}

function numbersOf({
  mutants,
  killedPercent,
  denied,
  steppedUp,
  survived,
  refusedAnyway,
}: StressTally): string[] {
  const share = killedPercent === null ? "-" : `${killedPercent.toFixed(1)} %`;
  return [String(mutants), share, ...[denied, steppedUp, survived, refusedAnyway].map(String)];
}
