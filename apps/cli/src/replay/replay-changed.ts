import { createEngine } from "@holdfast/engine";
import type { Decision, Json } from "@holdfast/model";
import { compareReplays } from "@holdfast/runtime";
import { changeWords } from "../change-report.ts";
import type { CommandContext } from "../command-context.ts";
import type { ReplayCommandOptions } from "../commands/replay.ts";
import { exitCode } from "../exit-code.ts";
import { renderData } from "../output-format.ts";
import { loadPolicies } from "../policies.ts";
import { renderTable } from "../table.ts";
import { ChangeCount } from "./change-count.ts";
import type { ChangeGroup } from "./change-count.ts";
import { progressLine } from "../progress.ts";

/** `holdfast replay --policy`; exits with 9 on a change when asked to. */
export async function replayUnderPolicies(
  context: CommandContext,
  { data, policy = "policies", since, failOnChange, output }: ReplayCommandOptions,
): Promise<void> {
  const terminal = context.terminal();
  const after = createEngine(loadPolicies(policy, terminal));
  const count = new ChangeCount();
  let lost = 0;
  let redacted = 0;
  const options = {
    ...(since === undefined ? {} : { sinceMs: since }),
    progress: progressLine(context, "records"),
    lost: () => void (lost += 1),
    redacted: () => void (redacted += 1),
  };
  for await (const compared of compareReplays(data, { after }, options)) count.add(compared);
  if (output === "table") {
    terminal.data(tableOf(count));
    if (lost > 0) {
      terminal.words(
        `${lost === 1 ? "1 record is" : `${lost} records are`} erased or pruned; what they did to history is not counted`,
      );
    }
    if (redacted > 0) {
      terminal.words(
        `${redacted === 1 ? "1 decision is" : `${redacted} decisions are`} left out: values are redacted, and nobody can tell what other rules make of them`,
      );
    }
  } else terminal.data(renderData(dataOf(count, { lost, redacted }), "json"));
  context.exit(failOnChange === true && count.changed > 0 ? exitCode.differs : exitCode.ok);
}

function tableOf({ decisions, changed, groups }: ChangeCount): string {
  const denied = sumOf(groups, "newly_denied");
  const allowed = sumOf(groups, "newly_allowed");
  const lines = [
    `${changed} of ${decisions} recorded decisions change: ${denied.count} newly denied (${denied.succeeded} had succeeded), ${allowed.count} newly allowed`,
  ];
  if (groups.length === 0) return lines.join("\n");
  const head = ["count", "change", "phase", "as recorded", "now", "had succeeded", "for example"];
  const rows = groups.map((group) => [
    String(group.count),
    changeWords[group.change],
    group.phase,
    toldText(group.before),
    toldText(group.after),
    group.succeeded === 0 ? "" : String(group.succeeded),
    group.examples.map(({ sequence, agent, tool }) => `#${sequence} ${agent} ${tool}`).join(", "),
  ]);
  return [...lines, "", renderTable(head, rows)].join("\n");
}

function toldText({ effect, code, rules }: Pick<Decision, "effect" | "code" | "rules">): string {
  return `${effect} ${rules.length === 0 ? code : rules.join(" ")}`;
}

function sumOf(groups: readonly ChangeGroup[], change: ChangeGroup["change"]) {
  const own = groups.filter((group) => group.change === change && group.phase === "call");
  return {
    count: own.reduce((sum, group) => sum + group.count, 0),
    succeeded: own.reduce((sum, group) => sum + group.succeeded, 0),
  };
}

function dataOf(
  { decisions, changed, groups }: ChangeCount,
  left: { readonly lost: number; readonly redacted: number },
): Json {
  const newlyDenied = sumOf(groups, "newly_denied");
  const newlyAllowed = sumOf(groups, "newly_allowed").count;
  const report = { decisions, changed, newlyDenied, newlyAllowed, ...left, groups };
  return structuredClone(report) as unknown as Json;
}
