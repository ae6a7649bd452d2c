import { updateExpectations } from "@holdfast/engine";
import type { UpdatedCase } from "@holdfast/engine";
import { printable } from "@holdfast/model";
import type { LoadedPolicies } from "@holdfast/runtime";
import { replaceChanged } from "../file-replacement.ts";
import type { Terminal } from "../terminal.ts";
import { isAbout } from "./test-report.ts";

/** Writes what was decided into the failing cases that the filter chooses, and says what changed. */
export function updateTests(
  { files, root }: LoadedPolicies,
  filter: string | undefined,
  terminal: Terminal,
): void {
  const updated = updateExpectations(files, { root }, (result) => isAbout(result, filter ?? ""));
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
