import { readWhole, removeIfThere, writeAll } from "@holdfast/log";
import type { LogFiles } from "@holdfast/log";
import { canonicalBytes, HoldfastError, parseJson } from "@holdfast/model";
import { z } from "zod";

/** Where snapshots lie in a data directory. */
export const snapshotFolder = "snapshot";

const manifestName = "manifest.json";

const file = z.strictObject({
  name: z.string().regex(/^(?:state|run)-[0-9a-z-]+\.bin$/u),
  bytes: z.int().min(0),
  digest: z.string(),
});

const count = z.int().min(0);
const hex = z.string().regex(/^[0-9a-f]{64}$/u);

/** A `LogPlace` as it was written down. */
const place = z.strictObject({
  log: z.string(),
  segment: count,
  lastGroup: count,
  offset: count,
  batch: count,
  size: count,
  frontier: z.array(hex).readonly(),
  digest: z.string(),
  payload: z.strictObject({ file: count, offset: count }).exactOptional(),
});

const manifestSchema = z.strictObject({
  v: z.literal(1),
  /** the engine that folded, how it writes states down, and how this machine orders bytes */
  engine: z.strictObject({ name: z.string(), format: z.string(), order: z.string() }),
  /** history digest of the bundle that folded */
  history: z.string(),
  /** the records that are in it */
  log: z.strictObject({ size: z.int().min(0), root: z.string(), place: place.optional() }),
  state: file,
  /** ids that left memory, oldest first */
  runs: z.array(file),
});

/** Names all files of a snapshot, and what it stands for. It is written last. */
export type Manifest = z.output<typeof manifestSchema>;

/** Puts a manifest in the place of the one before, durably. */
export async function writeManifest(
  files: LogFiles,
  folder: string,
  manifest: Manifest,
): Promise<void> {
  const path = `${folder}/${manifestName}`;
  await removeIfThere(files, `${path}.new`);
  const written = await files.open(`${path}.new`, "create");
  try {
    await writeAll(written, canonicalBytes(manifest), 0);
    await written.sync();
  } finally {
    await written.close();
  }
  await files.rename(`${path}.new`, path);
  await files.syncDirectory(folder);
}

/** The manifest; undefined when there is none, or none that can be read. */
export async function readManifest(files: LogFiles, folder: string): Promise<Manifest | undefined> {
  try {
    const bytes = await readWhole(files, `${folder}/${manifestName}`);
    if (bytes === undefined) return undefined;
    return manifestSchema.parse(parseJson(bytes));
  } catch (error) {
    if (error instanceof HoldfastError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

/** Removes whatever is in the folder and no part of a snapshot that is kept. */
export async function removeOthers(
  files: LogFiles,
  folder: string,
  manifest: Manifest | undefined,
): Promise<void> {
  const kept = new Set<string>();
  if (manifest !== undefined) {
    kept.add(manifestName).add(manifest.state.name);
    for (const { name } of manifest.runs) kept.add(name);
  }
  for (const name of await files.list(folder)) {
    if (!kept.has(name)) await removeIfThere(files, `${folder}/${name}`);
  }
}
