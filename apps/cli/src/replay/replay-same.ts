import { counted } from "@holdfast/model";
import { createEngine } from "@holdfast/engine";
import type { Json } from "@holdfast/model";
import { replayRecorded } from "@holdfast/runtime";
import type { CommandContext } from "../command-context.ts";
import type { ReplayCommandOptions } from "../commands/replay.ts";
import { exitCode } from "../exit-code.ts";
import { renderData } from "../output-format.ts";
import { differenceOf, differenceText } from "./difference.ts";
import type { FirstDifference } from "./difference.ts";
import { progressLine } from "../progress.ts";

/** What came of deciding everything again by the bundles that decided. */
interface SameReport {
  readonly decisions: number;
  readonly same: number;
  readonly different: number;
  /** rest on history that is erased or pruned, so that nobody can tell */
  readonly unknown: number;
  /** records that are erased, or stand for what was pruned: not decided again */
  readonly lost: number;
  /** rules read values that are redacted: not decided again */
  readonly redacted: number;
  readonly first?: FirstDifference;
}

/** `holdfast replay` without other policies; exits with 9 when anything differs. */
export async function replayAsRecorded(
  context: CommandContext,
  { data, since, output }: ReplayCommandOptions,
): Promise<void> {
  let first: FirstDifference | undefined;
  const counts = { decisions: 0, same: 0, different: 0, unknown: 0, redacted: 0 };
  let lost = 0;
  const options = {
    ...(since === undefined ? {} : { sinceMs: since }),
    progress: progressLine(context, "records"),
    lost: () => void (lost += 1),
  };
  for await (const replayed of replayRecorded(data, createEngine, options)) {
    counts.decisions += 1;
    const readSame = replayed.state.recorded === replayed.state.recomputed;
    const isTrue = replayed.misstated.length === 0;
    if (isTrue && replayed.redacted === "unreadable") counts.redacted += 1;
    else if (replayed.isSame && readSame) counts.same += 1;
    else if (isTrue && lost > 0 && !readSame) counts.unknown += 1;
    else {
      counts.different += 1;
      first ??= differenceOf(replayed);
    }
  }
  const report: SameReport = {
    ...counts,
    lost,
    ...(first === undefined ? {} : { first }),
  };
  const terminal = context.terminal();
  if (output === "table") {
    const { green, red } = terminal.colors;
    const verdict = report.different === 0 ? green("same") : red("different");
    terminal.data(
      `${verdict}  ${report.same} of ${counted(report.decisions, "decision")} recompute to the bytes recorded`,
    );
    if (lost > 0) {
      terminal.data(
        `unknown  ${lost === 1 ? "1 record is" : `${lost} records are`} erased or pruned and not decided again; ${counted(report.unknown, "decision")} read them as history`,
      );
    }
    if (report.redacted > 0) {
      terminal.data(
        `redacted ${counted(report.redacted, "decision")} cannot be recomputed: rules read values that no record keeps`,
      );
    }
    if (first !== undefined) terminal.data(differenceText(first));
  } else terminal.data(renderData(structuredClone(report) as unknown as Json, "json"));
  context.exit(report.different === 0 ? exitCode.ok : exitCode.differs);
}
