import { join } from "node:path";
import { loadPolicySet } from "@holdfast/engine";
import type { Bundle } from "@holdfast/engine";
import { canonicalBytes, HoldfastError, parseJson } from "@holdfast/model";
import { z } from "zod";
import type { PolicyFile } from "./policy-source.ts";
import { nodeStepFiles, readFileOf, replaceFileOf } from "./step-files.ts";
import type { StepFiles } from "./step-files.ts";

/** What a kept bundle holds: all that is needed to compile it again. */
const keptSchema = z.strictObject({
  v: z.literal(1),
  digest: z.string(),
  /** the policy folder as it begins the paths */
  root: z.string(),
  files: z.array(z.strictObject({ path: z.string(), text: z.string() })),
});

/**
 * Keeps the source of a bundle in the data directory, under its digest, so that any recorded
 * decision can be recomputed when the policies have long changed. Durable when it returns.
 *
 * @throws HoldfastError `bundle_store`
 */
export function keepBundleSource(
  directory: string,
  bundle: Bundle,
  sources: {
    readonly root: string;
    readonly files: readonly PolicyFile[];
    readonly disk?: StepFiles;
  },
): void {
  const { root, files, disk = nodeStepFiles } = sources;
  const folder = join(directory, "bundles");
  const name = bundleFileName(bundle.digest);
  try {
    disk.makeFolder(folder, directory);
    if (disk.list(folder)?.includes(name) !== true) {
      const kept = {
        v: 1,
        digest: bundle.digest,
        root,
        files: files.map((file) => ({ path: file.path, text: file.text })),
      };
      replaceFileOf(disk, join(folder, name), canonicalBytes(kept));
    }
    // One that is there may have been put there by somebody whom the disk then failed.
    disk.syncFolder(folder);
    disk.syncFolder(directory);
  } catch (cause) {
    throw new HoldfastError("bundle_store", `cannot keep the policy sources in \`${folder}\``, {
      cause,
    });
  }
}

/**
 * Compiles a kept bundle again.
 *
 * @throws HoldfastError `bundle_missing`, or `bundle_store` when what is kept gives another digest
 */
export function loadKeptBundle(directory: string, digest: string): Bundle {
  const path = join(directory, "bundles", bundleFileName(digest));
  const missing = `no source of bundle \`${digest}\` is kept`;
  let bytes: Uint8Array | undefined;
  try {
    bytes = readFileOf(nodeStepFiles, path);
  } catch (cause) {
    throw new HoldfastError("bundle_missing", missing, { cause });
  }
  if (bytes === undefined) throw new HoldfastError("bundle_missing", missing);
  const kept = keptSchema.safeParse(parseJson(bytes, { bytesMax: 1024 * 1024 * 1024 }));
  const loaded = kept.success
    ? loadPolicySet(kept.data.files, { root: kept.data.root })
    : undefined;
  if (loaded?.ok !== true || loaded.bundle.digest !== digest) {
    throw new HoldfastError("bundle_store", `\`${path}\` does not hold the bundle it is named for`);
  }
  return loaded.bundle;
}

/** A digest as a file name that every file system takes. */
function bundleFileName(digest: string): string {
  return `${digest.replace(":", "-")}.json`;
}
