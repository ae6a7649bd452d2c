import { renderDiagnostic } from "@holdfast/model";
import { renderTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { gapsOf } from "./coverage-gap.ts";
import { missingOf } from "./test-report.ts";
import type { TestReport } from "./test-report.ts";

/** Rules that were never seen to hold, that are listed without `--coverage`. */
const listedMax = 5;

/** What no case sees, in short: the way to all of it is `--coverage`. */
export function printUncovered({ run }: TestReport, terminal: Terminal): void {
  const { dim } = terminal.colors;
  const uncovered = run.coverage.filter(({ cases }) => cases === 0);
  for (const { rule, source } of uncovered.slice(0, listedMax)) {
    terminal.data(dim(`  never held: ${rule} (${source.file}:${source.start.line})`));
  }
  if (uncovered.length > listedMax) {
    terminal.data(dim(`  never held: ${uncovered.length - listedMax} more`));
  }
  const missing = run.parts.some((part) => missingOf(part).length > 0);
  if (missing || uncovered.length > listedMax) {
    terminal.data(dim("  --coverage shows what is missing, and where"));
  }
}

/** Every rule with how much of it the cases see, then each missing outcome at its source line. */
export function printCoverage(
  { run, coverage }: TestReport,
  sources: ReadonlyMap<string, string>,
  terminal: Terminal,
): void {
  const rows = run.coverage.map(({ rule, effect, cases, source }) => {
    const parts = run.parts.filter(({ rules }) => rules.includes(rule));
    const missing = parts.reduce((sum, part) => sum + missingOf(part).length, 0);
    const errors = parts.reduce((sum, { decided }) => sum + decided.error, 0);
    return [
      rule,
      effect,
      cases === 0 ? "never" : String(cases),
      parts.length === 0 ? "-" : `${parts.length * 2 - missing}/${parts.length * 2}`,
      errors === 0 ? "" : String(errors),
      `${source.file}:${source.start.line}`,
    ];
  });
  terminal.data(
    `\n${renderTable(["rule", "effect", "held in", "outcomes", "errors", "place"], rows)}`,
  );
  for (const gap of gapsOf(run)) {
    terminal.data(`\n${renderDiagnostic(gap, sources.get(gap.span.file))}`);
  }
  const { seen, total, percent } = coverage;
  terminal.data(`\ncoverage ${percent} %: ${seen} of ${total} rules and outcomes were seen`);
}
