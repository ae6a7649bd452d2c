import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { loadPolicySet } from "@holdfast/engine";
import type { Bundle } from "@holdfast/engine";
import { makeFolder } from "@holdfast/log";
import { canonicalBytes, HoldfastError, parseJson } from "@holdfast/model";
import { z } from "zod";
import type { PolicyFile } from "./policy-source.ts";

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
  { root, files }: { readonly root: string; readonly files: readonly PolicyFile[] },
): void {
  const folder = join(directory, "bundles");
  const path = join(folder, bundleFileName(bundle.digest));
  try {
    makeFolder(folder, 0o700, directory);
    if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
    const temporary = `${path}.new`;
    const descriptor = openSync(temporary, "w", 0o600);
    try {
      const bytes = canonicalBytes({
        v: 1,
        digest: bundle.digest,
        root,
        files: files.map((file) => ({ path: file.path, text: file.text })),
      });
      for (let written = 0; written < bytes.length;) {
        written += writeSync(descriptor, bytes, written);
      }
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
    syncFolder(folder);
  } catch (cause) {
    throw new HoldfastError("bundle_store", `cannot keep the policy sources in \`${folder}\``, {
      cause,
    });
  }
}

/** Without this a power loss can undo the rename. Windows has no such call, and needs none. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Compiles a kept bundle again.
 *
 * @throws HoldfastError `bundle_missing`, or `bundle_store` when what is kept gives another digest
 */
export function loadKeptBundle(directory: string, digest: string): Bundle {
  const path = join(directory, "bundles", bundleFileName(digest));
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new HoldfastError("bundle_missing", `no source of bundle \`${digest}\` is kept`, {
      cause,
    });
  }
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
