import { existsSync, writeFileSync } from "node:fs";
import { suggestCases } from "@holdfast/engine";
import type { Unshown } from "@holdfast/engine";
import { printable } from "@holdfast/model";
import type { LoadedPolicies } from "@holdfast/runtime";
import { badArguments } from "../failure.ts";
import type { Terminal } from "../terminal.ts";

/** Looks for cases that show what no case shows: as YAML on stdout, or into a new file. */
export function suggestTests(
  { files, root }: LoadedPolicies,
  path: string | true,
  terminal: Terminal,
): void {
  if (path !== true && existsSync(path)) {
    throw badArguments(`\`${path}\` is there already; suggestions go into a new file`);
  }
  const { text, names, unshown } = suggestCases(files, { root });
  if (text !== "") {
    if (path === true) terminal.data(text);
    else writeFileSync(path, text, { flag: "wx" });
  }
  for (const each of unshown) terminal.words(printable(unshownText(each)));
  const where = path === true || text === "" ? "" : ` in \`${path}\``;
  const rest = unshown.length === 0 ? "" : `; for ${unshown.length} more none was found`;
  terminal.words(
    names.length + unshown.length === 0
      ? "the cases show every rule and every outcome"
      : `${names.length} ${names.length === 1 ? "case" : "cases"} suggested${where}${rest}`,
  );
}

function unshownText({ shows, source, kind, because }: Unshown): string {
  const { file, start } = source;
  return `no case: ${file}:${start.line}:${start.column} ${shows}: ${kind}: ${because}`;
}
