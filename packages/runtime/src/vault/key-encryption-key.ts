import { join } from "node:path";
import { HoldfastError } from "@holdfast/model";
import { z } from "zod";
import type { Random } from "../evidence.ts";
import { readFileOf, replaceFileOf } from "../step-files.ts";
import type { StepFiles } from "../step-files.ts";

/** Folder of the keys, in the data directory. */
export const vaultFolder = "vault";
/** The key that all others are wrapped by, in the vault. */
const kekName = "kek";
/** What the file of a data key ends with. */
export const dataKeySuffix = ".key";
export const keyBytes = 32;

/**
 * Keeps the vault's key-encryption key under a key that never leaves a key service. Asked once
 * when a vault is made, and once each time it is opened.
 */
export interface KeyWrapper {
  /** the key in a form that only `unwrap` reads */
  wrap(key: Uint8Array): Promise<Uint8Array>;
  /** the very bytes that `wrap` was given; rejects on any others */
  unwrap(wrapped: Uint8Array): Promise<Uint8Array>;
}

const fileSchema = z.union([
  z.strictObject({ v: z.literal(1), key: z.base64() }),
  z.strictObject({ v: z.literal(1), wrapped: z.base64() }),
]);

/** Where the key is. */
export interface KekPlace {
  /** data directory */
  readonly directory: string;
  readonly files: StepFiles;
}

/** Whether a data directory has keys for payloads. */
export function hasKek(directory: string, files: StepFiles): boolean {
  return files.list(join(directory, vaultFolder))?.includes(kekName) === true;
}

/**
 * The key in `vault/kek`; undefined where there is none.
 *
 * @throws HoldfastError `vault_key` when it cannot be read, or needs a wrapper that is not given
 */
export async function readKek(
  { directory, files }: KekPlace,
  wrapper: KeyWrapper | undefined,
): Promise<Buffer | undefined> {
  let text: string | undefined;
  try {
    text = readFileOf(files, join(directory, vaultFolder, kekName))?.toString("utf8");
  } catch (cause) {
    throw new HoldfastError("vault_key", "`vault/kek` cannot be read", { cause });
  }
  if (text === undefined) return undefined;
  const key = await unwrapped(text, wrapper);
  if (key.length === keyBytes) return key;
  throw new HoldfastError("vault_key", `\`vault/kek\` does not hold a key of ${keyBytes} bytes`);
}

async function unwrapped(text: string, wrapper: KeyWrapper | undefined): Promise<Buffer> {
  let file: z.output<typeof fileSchema>;
  try {
    file = fileSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new HoldfastError("vault_key", "`vault/kek` is not a key", { cause });
  }
  if ("key" in file) return Buffer.from(file.key, "base64");
  if (wrapper === undefined) {
    const message = "`vault/kek` is wrapped by a key service; give the same `keyWrapper`";
    throw new HoldfastError("vault_key", message);
  }
  try {
    return Buffer.from(await wrapper.unwrap(Buffer.from(file.wrapped, "base64")));
  } catch (cause) {
    throw new HoldfastError("vault_key", "the key service does not unwrap `vault/kek`", { cause });
  }
}

/**
 * Makes `vault/kek` of chance, durably, for this user alone.
 *
 * @throws HoldfastError `vault_key` when there are keys that another one wraps
 */
export async function makeKek(
  { directory, files }: KekPlace,
  { wrapper, random }: { readonly wrapper: KeyWrapper | undefined; readonly random: Random },
): Promise<Buffer> {
  const folder = join(directory, vaultFolder);
  files.makeFolder(folder, directory);
  if (files.list(folder)?.some((name) => name.endsWith(dataKeySuffix)) === true) {
    const message = "`vault/kek` is missing, and keys in `vault` are wrapped by it; put it back";
    throw new HoldfastError("vault_key", message);
  }
  const key = Buffer.from(random(keyBytes));
  const file =
    wrapper === undefined
      ? { v: 1, key: key.toString("base64") }
      : { v: 1, wrapped: Buffer.from(await wrapper.wrap(key)).toString("base64") };
  replaceFileOf(files, join(folder, kekName), Buffer.from(`${JSON.stringify(file)}\n`));
  files.syncFolder(directory);
  return key;
}
