import { updateExpectations } from "@holdfast/engine";
import type { FactReader, PolicyTestResult, UpdatedCase } from "@holdfast/engine";
import { printable } from "@holdfast/model";
import type { LoadedPolicies } from "@holdfast/runtime";
import { replaceChanged } from "../file-replacement.ts";
import type { Terminal } from "../terminal.ts";
import { isAbout } from "./test-report.ts";

/** Which cases are updated, and what computes the facts that they do not state. */
export interface Updating {
  readonly filter: string | undefined;
  readonly factReader: FactReader;
}

/** Writes what was decided into the failing cases that the filter chooses, and says what changed. */
export function updateTests(
  { files, root }: LoadedPolicies,
  { filter, factReader }: Updating,
  terminal: Terminal,
): void {
  const isChosen = (result: PolicyTestResult): boolean => isAbout(result, filter ?? "");
  const updated = updateExpectations(files, { root }, isChosen, { factReader });
  replaceChanged(files, updated.files);
  for (const each of updated.cases) tell(each, terminal);
  const changed = updated.cases.filter(({ kept }) => kept === undefined).length;
  terminal.words(
    updated.cases.length === 0
      ? "no case failed, so nothing was changed"
      : `updated ${changed} of ${updated.cases.length} failing cases; read the difference before you keep it`,
  );
}

function tell({ result, kept }: UpdatedCase, terminal: Terminal): void {
  const { test, name, source, mismatches } = result;
  const place = `${source.file}:${source.start.line}`;
  if (kept !== undefined) {
    terminal.words(printable(`kept     ${place} ${test}: ${name}: ${kept}`));
    return;
  }
  terminal.words(printable(`updated  ${place} ${test}: ${name}`));
  for (const { field, expected, found } of mismatches) {
    terminal.words(printable(`         ${field}: ${expected} -> ${found}`));
  }
}
