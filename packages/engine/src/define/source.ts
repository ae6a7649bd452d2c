import { digestOf, foldText, lowerAscii } from "@holdfast/model";
import type { PolicyFileText } from "../compile/load.ts";
import { printForm } from "../compile/print.ts";
import { definitionError } from "./definition-error.ts";
import { isDefinition } from "./definition.ts";
import type { Definition } from "./definition.ts";

/** How definitions are written down. */
export interface SourceOptions {
  /** the folder that the paths begin with */
  readonly under?: string;
  /** a line of comment at the top of every file */
  readonly header?: string;
}

/** A policy file with the definition it holds. */
export interface DefinitionSource extends PolicyFileText {
  readonly definition: Definition;
}

/**
 * Definitions as policy files in YAML, one each, named `KIND.NAME.yaml` in the folder of the
 * definition and sorted by path. The same definitions give the same bytes, in any order.
 *
 * @throws HoldfastError `definition_invalid` for what is no definition, and a folder that leaves
 * its parent
 */
export function sourcesOf(
  definitions: readonly Definition[],
  { under = "", header }: SourceOptions = {},
): DefinitionSource[] {
  const taken = new Set<string>();
  const comment = header === undefined ? "" : `# ${header.replaceAll(/\s+/gu, " ")}\n`;
  return [...definitions.entries()]
    .map(([index, definition]) => {
      if (isDefinition(definition)) return { definition, key: keyOf(definition) };
      throw definitionError(`entry ${index} is no definition; a \`define…\` function makes one`);
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ definition }) => {
      const { apiVersion, kind, metadata, spec } = definition;
      const path = freePath(definition, under, taken);
      return { path, text: comment + printForm({ apiVersion, kind, metadata, spec }), definition };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The text tells apart what the name does not. */
function keyOf({ folder = "", kind, metadata, spec }: Definition): string {
  return JSON.stringify([folder, kind, metadata, spec]);
}

/** WHY: names differ that a file system may think the same, and a file must not hide another. */
function freePath(
  { kind, metadata, folder }: Definition,
  under: string,
  taken: Set<string>,
): string {
  const stem = [under, folder === undefined ? "" : checkedFolder(folder), ""]
    .filter((part, index) => part !== "" || index === 2)
    .join("/");
  const kindName = lowerAscii(kind.replaceAll(/(?<=[a-z])(?=[A-Z])/gu, "-"));
  const plain = `${stem}${kindName}.${fileName(metadata.name)}`;
  for (let copy = 0; ; copy += 1) {
    const path = `${plain}${copy === 0 ? "" : `-${copy}`}.yaml`;
    if (taken.has(foldText(path))) continue;
    taken.add(foldText(path));
    return path;
  }
}

const fileNameLengthMax = 120;

/** A name with everything but plain characters as `%XX`; a long one ends in its digest. */
function fileName(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9._-]/gu, (character) => encodeURIComponent(character));
  if (plain.length <= fileNameLengthMax) return plain;
  return `${plain.slice(0, fileNameLengthMax)}-${digestOf(name).slice(7, 19)}`;
}

function checkedFolder(folder: string): string {
  const steps = folder.split("/");
  const safe = steps.every((step) => /^[^\\:\p{Cc}]+$/u.test(step) && !step.startsWith("."));
  if (safe) return folder;
  const wanted = "a folder is relative, its names joined by `/`, and none begins with a dot";
  throw definitionError(`\`${folder}\`: ${wanted}`);
}
