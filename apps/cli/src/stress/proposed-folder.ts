import { join } from "node:path";
import { counted } from "@holdfast/model";
import type { Proposal } from "@holdfast/stress";
import { replaceFolder } from "../folder-replacement.ts";
import { filesMarked } from "../printed-folder.ts";
import type { FolderOwner } from "../printed-folder.ts";
import type { Terminal } from "../terminal.ts";

const mark = "proposed by `holdfast stress`";

const owner: FolderOwner = {
  mark,
  refusal: (path) => `\`${path}\` was not proposed by \`holdfast stress\`; choose another folder`,
};

/** @throws CommandFailure when the folder holds anything that was not proposed */
export function needProposedFolder(folder: string): void {
  filesMarked(folder, owner);
}

/** Writes the proposed rules, each in a file that says what it buys and costs; in place of all that was there. */
export function writeProposed(
  folder: string,
  proposals: readonly Proposal[],
  terminal: Terminal,
): void {
  const texts = new Map<string, { notes: string[]; text: string }>();
  for (const { class: name, survivors, rule } of proposals) {
    if (rule === undefined) continue;
    const { file, kills, tried, honestTouched, honestRuns } = rule;
    const note =
      `# ${name}: stops ${kills.length} of ${counted(tried, "survivor")} tried, of ${survivors}; touches ` +
      `${honestTouched} of ${counted(honestRuns, "honest run")} of the tool`;
    const known = texts.get(file.path) ?? { notes: [], text: file.text };
    known.notes.push(note);
    texts.set(file.path, known);
  }
  const files = [...texts].map(([path, { notes, text }]) => ({
    path: join(folder, path),
    text: `# ${mark}; read it before you add it\n${notes.join("\n")}\n${text}`,
  }));
  filesMarked(folder, owner);
  replaceFolder(folder, files);
  terminal.words(
    `wrote ${counted(files.length, "rule file")} to \`${folder}\`: copy those you want into the policy folder, then \`holdfast lint\``,
  );
}
