import { createCipheriv, createDecipheriv } from "node:crypto";

export const nonceBytes = 12;
const tagBytes = 16;
const algorithm = "aes-256-gcm";

/** What a cipher is used with. */
export interface CipherMeans {
  readonly key: Uint8Array;
  /** 12 bytes, never used twice with one key */
  readonly nonce: Uint8Array;
  /** authenticated with the text, and not stored */
  readonly about: string;
}

/** AES-256-GCM (NIST SP 800-38D): the encrypted text, and its tag of 16 bytes behind it. */
export function encrypt(plain: Uint8Array, { key, nonce, about }: CipherMeans): Buffer {
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(about));
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** What `encrypt` was given; undefined when anything is not as it was. */
export function decrypt(
  sealed: Uint8Array,
  { key, nonce, about }: CipherMeans,
): Buffer | undefined {
  if (sealed.length < tagBytes || nonce.length !== nonceBytes) return undefined;
  const end = sealed.length - tagBytes;
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(about));
  decipher.setAuthTag(sealed.subarray(end));
  try {
    const plain = decipher.update(sealed.subarray(0, end));
    // In this mode nothing is left to give: it is asked whether the tag is right.
    decipher.final();
    return plain;
  } catch {
    return undefined;
  }
}
