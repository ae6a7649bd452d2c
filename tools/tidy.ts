import { checkLayers } from "./tidy/manifest.ts";
import { checkPurity } from "./tidy/purity.ts";
import { checkReferenceRoom } from "./tidy/reference-room.ts";
import { checkDeadFiles, checkShape } from "./tidy/shape.ts";
import { sourceFiles } from "./tidy/source-file.ts";
import { findingLines } from "./tidy/source-tree.ts";
import type { SourceTree } from "./tidy/source-tree.ts";
import { checkNames, checkText } from "./tidy/word.ts";

/**
 * Everything in a tree that breaks a rule of the repository which neither compiler nor linter
 * knows: layers, purity, the reference interpreter's independence, words, names, sizes,
 * exports and dead files. One line each; none on a tidy tree.
 */
export function tidy(tree: SourceTree): string[] {
  const files = sourceFiles(tree);
  return findingLines([
    ...checkLayers(tree, files),
    ...checkPurity(files),
    ...checkReferenceRoom(files),
    ...checkText(tree),
    ...checkNames(tree, files),
    ...checkShape(tree, files),
    ...checkDeadFiles(tree, files),
  ]);
}
