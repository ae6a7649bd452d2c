import { witnessCase } from "@holdfast/engine";
import type { ChangeKind, ChangeRegion, PolicyChange } from "@holdfast/engine";
import { copyJson, printable } from "@holdfast/model";
import type { Decision, Json, RecordOf } from "@holdfast/model";
import { aboutOf, outcomeOf, wherePart, witnessLines } from "./change-words.ts";
import { cell, codeCell } from "./markdown.ts";
import { yamlText } from "./output-format.ts";
import { renderTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** A decision of a log that the new policies make otherwise. */
export interface RecordedChange {
  /** index of the record */
  readonly sequence: number;
  readonly phase: "call" | "result";
  /** Unix ms */
  readonly time: number;
  readonly agent: string;
  readonly tool: RecordOf<"decision">["tool"];
  readonly change: ChangeKind;
  readonly before: Decision;
  readonly after: Decision;
}

/** What a change of policies would have done to what is recorded. */
export interface RecordedChanges {
  /** how many were decided again */
  readonly decisions: number;
  readonly changes: readonly RecordedChange[];
}

/** All that `holdfast diff` says. */
export interface ChangeReport {
  readonly change: PolicyChange;
  readonly recorded?: RecordedChanges;
}

/** How many recorded actions a table or a comment shows. */
const recordedShown = 20;

/** How each kind of change is told. */
export const changeWords: Readonly<Record<ChangeKind, string>> = {
  newly_allowed: "newly allowed",
  widened: "less narrow",
  changed: "neither narrower nor wider",
  narrowed: "narrower",
  newly_denied: "newly denied",
  consequences: "denied with other consequences",
  reason: "denied for another reason",
};

const widening: ReadonlySet<ChangeKind> = new Set(["newly_allowed", "widened", "changed"]);

/** Whether anything is newly allowed or less narrow, or may be for all that could be proven. */
export function isWidening({ change, recorded }: ChangeReport): boolean {
  return (
    change.unknown.length > 0 ||
    change.regions.some((region) => widening.has(region.change)) ||
    recorded?.changes.some((each) => widening.has(each.change)) === true
  );
}

/** The report in one line, the most widening first. */
function summaryOf({ change, recorded }: ChangeReport): string {
  const { digests, regions, unknown } = change;
  if (digests.old === digests.new) return "no change: both policy sets have one digest";
  const kinds = [...new Set(regions.map((region) => region.change))];
  const parts = kinds.map(
    (kind) => `${regions.filter((region) => region.change === kind).length} ${changeWords[kind]}`,
  );
  const found = parts.length === 0 ? "nothing is decided otherwise" : parts.join(", ");
  const log =
    recorded === undefined
      ? ""
      : `; of ${recorded.decisions} recorded decisions ${recorded.changes.length} would change`;
  return `${found}; ${unknown.length} unknown${log}`;
}

/** For a terminal: a summary, then each region with its witness, what is unknown, the log. */
export function changeTable(report: ChangeReport, colors: Terminal["colors"]): string {
  const { change, recorded } = report;
  const lines = [summaryOf(report)];
  const paint: Readonly<Record<ChangeKind, (text: string) => string>> = {
    newly_allowed: colors.red,
    widened: colors.red,
    changed: colors.yellow,
    narrowed: colors.green,
    newly_denied: colors.green,
    consequences: colors.dim,
    reason: colors.dim,
  };
  for (const region of change.regions) {
    const head = paint[region.change](changeWords[region.change].toUpperCase());
    lines.push("", `${head}  ${printable(wherePart(region.tools))}`);
    lines.push(`  ${printable(aboutOf(region))}`);
    const [before, after] = [outcomeOf(region.before), outcomeOf(region.after)];
    lines.push(`  ${printable(`was ${before}, now ${after}`)}`);
    for (const line of witnessLines(region.witness)) lines.push(colors.dim(`  ${printable(line)}`));
  }
  for (const { about, rules, tools, because } of change.unknown) {
    lines.push("", `${colors.yellow("UNKNOWN")}  ${printable(wherePart(tools))}`);
    lines.push(`  ${printable(aboutOf({ about, rules }))}`, `  ${printable(because)}`);
  }
  if (recorded !== undefined && recorded.changes.length > 0)
    lines.push("", recordedTable(recorded));
  return lines.join("\n");
}

function recordedTable({ changes }: RecordedChanges): string {
  const shown = changes.slice(0, recordedShown);
  const table = renderTable(
    ["#", "time", "agent", "tool", "change", "was", "now"],
    shown.map((each) => [
      String(each.sequence),
      new Date(each.time).toISOString(),
      each.agent,
      toolOf(each),
      changeWords[each.change],
      outcomeOf(each.before),
      outcomeOf(each.after),
    ]),
  );
  const more = changes.length - shown.length;
  return more === 0 ? table : `${table}\nand ${more} more (-o json lists all)`;
}

function toolOf({ tool, phase }: RecordedChange): string {
  return `${tool.server}.${tool.name}${phase === "result" ? " (result)" : ""}`;
}

/** For programs: every region with its witness as a case of a PolicyTest. */
export function changeData({ change, recorded }: ChangeReport): Json {
  const { digests, regions, unknown, questions, places } = change;
  return copyJson({
    digests,
    regions: regions.map((region) =>
      Object.assign({}, region, { witness: witnessCase(region.witness) }),
    ),
    unknown,
    questions,
    places,
    ...(recorded === undefined ? {} : { recorded }),
  });
}

/** For a comment on a pull request: a line, a table, and the witnesses to unfold. */
export function changeMarkdown(report: ChangeReport): string {
  const { change, recorded } = report;
  const lines = [`**Policy change:** ${summaryOf(report)}`];
  if (change.regions.length > 0) {
    lines.push("", "| change | where | why | was | now |", "|---|---|---|---|---|");
    for (const region of change.regions) {
      const name = changeWords[region.change];
      lines.push(
        row([
          widening.has(region.change) ? `**${name}**` : name,
          codeCell(wherePart(region.tools)),
          cell(aboutOf(region)),
          cell(outcomeOf(region.before)),
          cell(outcomeOf(region.after)),
        ]),
      );
    }
  }
  if (change.unknown.length > 0) {
    lines.push("", "| unknown | where | because |", "|---|---|---|");
    for (const { about, rules, tools, because } of change.unknown) {
      lines.push(row([cell(aboutOf({ about, rules })), codeCell(wherePart(tools)), cell(because)]));
    }
  }
  if (change.regions.length > 0) lines.push("", ...witnessDetails(change.regions));
  if (recorded !== undefined && recorded.changes.length > 0) {
    lines.push("", "| record | tool | agent | change | was | now |", "|---|---|---|---|---|---|");
    for (const each of recorded.changes.slice(0, recordedShown)) {
      const { sequence, agent, before, after } = each;
      const [was, now] = [cell(outcomeOf(before)), cell(outcomeOf(after))];
      const what = [codeCell(toolOf(each)), cell(agent), changeWords[each.change], was, now];
      lines.push(row([String(sequence), ...what]));
    }
    const more = recorded.changes.length - recordedShown;
    if (more > 0) lines.push("", `and ${more} more`);
  }
  return lines.join("\n");
}

/** Each witness as a case that can be put into a PolicyTest of the new set. */
function witnessDetails(regions: readonly ChangeRegion[]): readonly string[] {
  const cases = regions.map(({ change, rules, about, witness, after }) => ({
    name: `${changeWords[change]}: ${aboutOf({ about, rules })}`,
    ...witnessCase(witness),
    expect: { effect: after.effect },
  }));
  const text = yamlText(copyJson(cases))
    .split("\n")
    .map((line) => printable(line))
    .join("\n");
  // A fence longer than any within, so that no name ends it.
  const longest = Math.max(2, ...(text.match(/`+/gu) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const summary = "Requests that show it, as cases of a PolicyTest of the new policies";
  return [
    `<details><summary>${summary}</summary>`,
    "",
    `${fence}yaml`,
    text,
    fence,
    "",
    "</details>",
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
