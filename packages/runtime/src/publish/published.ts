import { nodeFiles, readWhole, replaceFile } from "@holdfast/log";
import type { LogFiles } from "@holdfast/log";
import { canonicalBytes, HoldfastError, parseJson } from "@holdfast/model";
import { z } from "zod";
import { targetSchema } from "./target.ts";

const publishedName = "published.json";

const entrySchema = z.strictObject({
  target: targetSchema,
  /** what the target got last */
  last: z.strictObject({ size: z.int().min(0), root: z.string(), time: z.int().min(0) }).optional(),
  /** why it did not get what came since */
  failure: z.strictObject({ since: z.int().min(0), message: z.string() }).optional(),
});

const publishedSchema = z.strictObject({
  v: z.literal(1),
  targets: z.record(z.string(), entrySchema),
});

/** What one target got last, and what hinders it now. */
export type PublishedEntry = z.output<typeof entrySchema>;

/**
 * What was published where, by the name of the target. It is said by whoever can write the log's
 * folder, so it is worth nothing until the target itself is asked.
 */
export async function readPublished(
  directory: string,
  files: LogFiles = nodeFiles,
): Promise<ReadonlyMap<string, PublishedEntry>> {
  const bytes = await readWhole(files, `${directory}/${publishedName}`);
  if (bytes === undefined) return new Map();
  try {
    return new Map(Object.entries(publishedSchema.parse(parseJson(bytes)).targets));
  } catch (error) {
    if (error instanceof HoldfastError || error instanceof z.ZodError) return new Map();
    throw error;
  }
}

/** Notes how one target stands, and leaves what is noted of the others. */
export async function notePublished(
  directory: string,
  name: string,
  entry: PublishedEntry,
): Promise<void> {
  const every = new Map([...(await readPublished(directory)), [name, entry]]);
  const targets = Object.fromEntries([...every].map(([each, of]) => [each, withoutSecrets(of)]));
  await replaceFile(nodeFiles, `${directory}/${publishedName}`, canonicalBytes({ v: 1, targets }));
}

/** Headers may be secrets, and whoever reads of a target needs none. */
export function withoutSecrets(entry: PublishedEntry): PublishedEntry {
  const { target } = entry;
  return "url" in target ? { ...entry, target: { url: target.url } } : entry;
}
