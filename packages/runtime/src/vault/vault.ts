import { createHmac } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { HoldfastError } from "@holdfast/model";
import type { Random } from "../evidence.ts";
import { decrypt, encrypt, nonceBytes } from "./cipher.ts";
import { makeDataKey, readDataKey } from "./data-key.ts";
import type { DataKey } from "./data-key.ts";
import { destroyFile, syncFolder } from "./destroyed-file.ts";
import { dataKeySuffix, makeKek, readKek, vaultFolder } from "./key-encryption-key.ts";
import type { KeyWrapper } from "./key-encryption-key.ts";
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
  readonly #keys = new Map<string, DataKey>();

  private constructor(directory: string, kek: Buffer, random: Random | undefined) {
    this.#folder = join(directory, vaultFolder);
    this.#kek = kek;
    this.#random = random;
  }

  /**
   * Opens the vault of a data directory to read; undefined when it has none.
   *
   * @throws HoldfastError `vault_key`
   */
  static async open({ directory, wrapper }: VaultOptions): Promise<Vault | undefined> {
    const kek = await readKek(directory, wrapper);
    return kek && new Vault(directory, kek, undefined);
  }

  /**
   * Opens the vault of a data directory to make keys too; made when there is none. The caller has
   * the log's writer lock.
   *
   * @throws HoldfastError `vault_key`
   */
  static async openToSeal(options: VaultOptions & { readonly random: Random }): Promise<Vault> {
    const { directory, wrapper, random } = options;
    const kek =
      (await readKek(directory, wrapper)) ?? (await makeKek(directory, { wrapper, random }));
    return new Vault(directory, kek, random);
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
      const path = this.#path(pseudonym);
      if (existsSync(path)) destroyFile(path);
    }
    syncFolder(this.#folder);
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
    const key = readDataKey({ path: this.#path(pseudonym), pseudonym, kek: this.#kek });
    if (key !== undefined) keep(this.#keys, pseudonym, key);
    return key;
  }

  #make(pseudonym: string, random: Random): DataKey {
    const place = { path: this.#path(pseudonym), pseudonym, kek: this.#kek };
    const key = makeDataKey(place, random);
    keep(this.#keys, pseudonym, key);
    return key;
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
