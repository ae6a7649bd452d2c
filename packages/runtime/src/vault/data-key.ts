import { HoldfastError } from "@holdfast/model";
import { z } from "zod";
import type { Random } from "../evidence.ts";
import { decrypt, encrypt, nonceBytes } from "./cipher.ts";
import { keyBytes } from "./key-encryption-key.ts";
import { readFileOf, replaceFileOf } from "../step-files.ts";
import type { StepFiles } from "../step-files.ts";

/** The key of one subject's payloads. */
export interface DataKey {
  /** hex; another one for each key that a subject ever had */
  readonly id: string;
  readonly key: Buffer;
}

/** What a key file is read or made with. */
export interface DataKeyPlace {
  readonly files: StepFiles;
  readonly path: string;
  /** of whom it is; authenticated with the key */
  readonly pseudonym: string;
  readonly kek: Uint8Array;
}

const base64 = z.base64();
const fileSchema = z.strictObject({ v: z.literal(1), id: z.string(), nonce: base64, key: base64 });

/**
 * The key in a file; undefined when there is none.
 *
 * @throws HoldfastError `vault_key` when the file is not what `makeDataKey` wrote under this key
 */
export function readDataKey({ files, path, pseudonym, kek }: DataKeyPlace): DataKey | undefined {
  let text: string | undefined;
  try {
    text = readFileOf(files, path)?.toString("utf8");
  } catch (cause) {
    throw new HoldfastError("vault_key", `key \`${path}\` cannot be read`, { cause });
  }
  if (text === undefined) return undefined;
  // An erasure that was interrupted leaves zeros.
  if (text.includes("\0")) return undefined;
  let file: z.output<typeof fileSchema>;
  try {
    file = fileSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new HoldfastError("vault_key", `\`${path}\` is not a key`, { cause });
  }
  const { id } = file;
  const nonce = Buffer.from(file.nonce, "base64");
  const about = aboutKey(pseudonym, id);
  const key = decrypt(Buffer.from(file.key, "base64"), { key: kek, nonce, about });
  if (key !== undefined) return { id, key };
  throw new HoldfastError("vault_key", `\`${path}\` is not wrapped by \`vault/kek\``);
}

/**
 * Makes a key of chance, and keeps it durably before it gives it.
 *
 * @throws HoldfastError `vault_write` where it cannot be kept, such as on a full disk
 */
export function makeDataKey(place: DataKeyPlace, random: Random): DataKey {
  const { files, path, pseudonym, kek } = place;
  const key = Buffer.from(random(keyBytes));
  const id = Buffer.from(random(8)).toString("hex");
  const nonce = random(nonceBytes);
  const wrapped = encrypt(key, { key: kek, nonce, about: aboutKey(pseudonym, id) });
  const file: z.output<typeof fileSchema> = {
    v: 1,
    id,
    nonce: Buffer.from(nonce).toString("base64"),
    key: wrapped.toString("base64"),
  };
  try {
    replaceFileOf(files, path, Buffer.from(`${JSON.stringify(file)}\n`));
  } catch (cause) {
    throw new HoldfastError("vault_write", `key \`${path}\` cannot be stored`, { cause });
  }
  return { id, key };
}

function aboutKey(pseudonym: string, id: string): string {
  return `key\n${pseudonym}\n${id}`;
}
