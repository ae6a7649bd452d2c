import type { Bundle, FactReader } from "@holdfast/engine";
import { createFactReader, openSqlParser } from "@holdfast/facts";
import type { FilePort } from "@holdfast/facts";

/**
 * A disk with nothing on it but folders where a path needs them: what a test sees, so that its
 * result is the same on every machine.
 */
export const emptyDisk: FilePort = { entry: () => undefined };

/**
 * Computes the facts that the tools of a bundle are annotated for, as a guard on these files does.
 * The grammar of SQL, which takes a while to load, is loaded only where a tool takes SQL.
 */
export async function factReaderFor(bundle: Bundle, files: FilePort): Promise<FactReader> {
  const takesSql = bundle.tools.some((tool) => Object.values(tool.arguments).includes("sql"));
  return createFactReader({ files, sqlParser: takesSql ? await openSqlParser() : undefined });
}
