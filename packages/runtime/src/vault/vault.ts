import { createHmac } from "node:crypto";
import { join } from "node:path";
import { HoldfastError } from "@holdfast/model";
import type { Random } from "../evidence.ts";
import { decrypt, encrypt, nonceBytes } from "./cipher.ts";
import { makeDataKey, readDataKey } from "./data-key.ts";
import type { DataKey, DataKeyPlace } from "./data-key.ts";
import { destroyFile, nodeStepFiles, unlessMissing } from "../step-files.ts";
import type { StepFiles } from "../step-files.ts";
import { dataKeySuffix, makeKek, readKek, vaultFolder } from "./key-encryption-key.ts";
import type { KekPlace, KeyWrapper } from "./key-encryption-key.ts";
import { decodeSealed, encodeSealed } from "./sealed-payload.ts";

/** The scheme of payloads under a key of their subject. */
export const sealedScheme = "aes-256-gcm-1";

/** Data keys that are kept in memory. */
const keysKept = 4_096;

/** What a vault is opened with. */
export interface VaultOptions {
  readonly directory: string;
  /** must be the one it was made with, and none where it was made with none */
  readonly wrapper?: KeyWrapper | undefined;
  readonly files?: StepFiles;
}

/**
 * The keys under which payloads are stored, one for each subject: whoever destroys a subject's key
 * has destroyed every copy of its payloads, wherever it lies. Synchronous but for opening, since a
 * payload is sealed in the step that decides.
 */
export class Vault {
  readonly #folder: string;
  readonly #kek: Buffer;
  readonly #random: Random | undefined;
  readonly #files: StepFiles;
  readonly #keys = new Map<string, DataKey>();
  /** whose key could not be kept, though its file may be there: nothing is sealed under it */
  readonly #doubtful = new Set<string>();

  private constructor({ directory, files }: KekPlace, kek: Buffer, random: Random | undefined) {
    this.#folder = join(directory, vaultFolder);
    this.#files = files;
    this.#kek = kek;
    this.#random = random;
  }

  /**
   * Opens the vault of a data directory to read; undefined when it has none.
   *
   * @throws HoldfastError `vault_key`
   */
  static async open(options: VaultOptions): Promise<Vault | undefined> {
    const { directory, wrapper, files = nodeStepFiles } = options;
    const place = { directory, files };
    const kek = await readKek(place, wrapper);
    return kek && new Vault(place, kek, undefined);
  }

  /**
   * Opens the vault of a data directory to make keys too; made when there is none. The caller has
   * the log's writer lock.
   *
   * @throws HoldfastError `vault_key`
   */
  static async openToSeal(options: VaultOptions & { readonly random: Random }): Promise<Vault> {
    const { directory, wrapper, random, files = nodeStepFiles } = options;
    const place = { directory, files };
    const kek = (await readKek(place, wrapper)) ?? (await makeKek(place, { wrapper, random }));
    // What an earlier process put there and could not store would be used from here on.
    files.syncFolder(join(directory, vaultFolder));
    files.syncFolder(directory);
    return new Vault(place, kek, random);
  }

  /** Whom a key belongs to, so that nobody without `vault/kek` can tell: hex of 16 bytes. */
  pseudonym(subject: string): string {
    const namesKey = createHmac("sha256", this.#kek).update("subject names").digest();
    return createHmac("sha256", namesKey).update(subject).digest("hex").slice(0, 32);
  }

  /**
   * A payload as it is stored under the subject's key, which is made, and durable, when it has none.
   *
   * @throws HoldfastError `vault_key`; `vault_write` where a new key cannot be kept
   */
  seal(subject: string, identity: string, content: Uint8Array): Uint8Array {
    if (this.#random === undefined) throw new HoldfastError("vault_key", "opened to read only");
    const pseudonym = this.#pseudonymKept(subject);
    if (this.#doubtful.has(pseudonym) && !this.#isRemoved(this.#path(pseudonym))) {
      throw new HoldfastError("vault_write", `key of \`${pseudonym}\` may not be stored`);
    }
    this.#doubtful.delete(pseudonym);
    const { id: keyId, key } = this.#keyOf(pseudonym) ?? this.#make(pseudonym, this.#random);
    const nonce = this.#random(nonceBytes);
    const sealed = encrypt(content, { key, nonce, about: identity });
    return encodeSealed({ pseudonym, keyId, nonce, sealed });
  }

  /**
   * The content of a sealed payload; undefined when its key is gone.
   *
   * @param identity of the record that names it, `identityOf`
   * @throws HoldfastError `payload_sealed` when it is not what was sealed for this record
   */
  unseal(index: number, identity: string, stored: Uint8Array): Uint8Array | undefined {
    const payload = decodeSealed(stored);
    if (payload === undefined) throw unreadable(index);
    const key = this.#keyOf(payload.pseudonym);
    if (key === undefined || key.id !== payload.keyId) return undefined;
    const { nonce, sealed } = payload;
    const content = decrypt(sealed, { key: key.key, nonce, about: identity });
    if (content === undefined) throw unreadable(index);
    return content;
  }

  /** Destroys the keys of these pseudonyms, for ever. The caller has the log's writer lock. */
  destroy(pseudonyms: Iterable<string>): void {
    for (const pseudonym of pseudonyms) {
      this.#keys.delete(pseudonym);
      destroyFile(this.#files, this.#path(pseudonym));
    }
    this.#files.syncFolder(this.#folder);
  }

  readonly #names = new Map<string, string>();

  #pseudonymKept(subject: string): string {
    const kept = this.#names.get(subject);
    if (kept !== undefined) return kept;
    const pseudonym = this.pseudonym(subject);
    keep(this.#names, subject, pseudonym);
    return pseudonym;
  }

  #keyOf(pseudonym: string): DataKey | undefined {
    const kept = this.#keys.get(pseudonym);
    if (kept !== undefined) return kept;
    const key = readDataKey(this.#place(pseudonym));
    if (key !== undefined) keep(this.#keys, pseudonym, key);
    return key;
  }

  #make(pseudonym: string, random: Random): DataKey {
    const place = this.#place(pseudonym);
    try {
      const key = makeDataKey(place, random);
      keep(this.#keys, pseudonym, key);
      return key;
    } catch (error) {
      if (!this.#isRemoved(place.path)) this.#doubtful.add(pseudonym);
      throw error;
    }
  }

  /** A key that may be gone after a power failure is taken away again. */
  #isRemoved(path: string): boolean {
    try {
      unlessMissing(() => this.#files.remove(path));
      return true;
    } catch {
      return false;
    }
  }

  #place(pseudonym: string): DataKeyPlace {
    const path = this.#path(pseudonym);
    return { files: this.#files, path, pseudonym, kek: this.#kek };
  }

  #path(pseudonym: string): string {
    return join(this.#folder, `${pseudonym}${dataKeySuffix}`);
  }
}

function keep<Value>(map: Map<string, Value>, name: string, value: Value): void {
  const [oldest] = map.keys();
  if (map.size >= keysKept && oldest !== undefined) map.delete(oldest);
  map.set(name, value);
}

function unreadable(index: number): HoldfastError {
  const message = `payload of record ${index} is not what was sealed for it`;
  return new HoldfastError("payload_sealed", message);
}
