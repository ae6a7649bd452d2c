import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { HoldfastError } from "@holdfast/model";

/** What stands before the 32 bytes of a public key in its DER form (RFC 8410 section 4). */
const publicPrefix = Buffer.from("302a300506032b6570032100", "hex");
/** What stands before the 32 bytes of a private key in its PKCS8 form (RFC 8410 section 7). */
const privatePrefix = Buffer.from("302e020100300506032b657004220420", "hex");

/** Length of a seed, which is the private key, in bytes (RFC 8032 section 5.1.5). */
export const seedBytes = 32;

/** An Ed25519 key pair whose private half never leaves this object but as PEM. */
export interface KeyPair {
  /** 32 bytes (RFC 8032 section 5.1.5) */
  readonly publicKey: Uint8Array;
  /** PKCS8 in PEM (RFC 8410), to be kept where only its owner reads */
  pem(): string;
  /** The 64 bytes of the signature; the same bytes for the same message (RFC 8032 section 5.1.6). */
  sign(message: Uint8Array): Uint8Array;
}

/** The key pair of 32 bytes of chance. */
export function keyPairOfSeed(seed: Uint8Array): KeyPair {
  if (seed.length !== seedBytes) throw new RangeError(`seed has ${seed.length} bytes, not 32`);
  const der = Buffer.concat([privatePrefix, seed]);
  return keyPairOf(createPrivateKey({ key: der, format: "der", type: "pkcs8" }));
}

/**
 * The key pair of a PKCS8 text.
 *
 * @throws HoldfastError `log_key` when it is not an Ed25519 private key without a passphrase
 */
export function keyPairOfPem(pem: string): KeyPair {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, format: "pem" });
  } catch (cause) {
    throw new HoldfastError("log_key", "not a private key in PEM", { cause });
  }
  if (key.asymmetricKeyType !== "ed25519") {
    throw new HoldfastError("log_key", "private key is not one of Ed25519");
  }
  return keyPairOf(key);
}

/**
 * True when the signature is that of the key over the message (RFC 8032 section 5.1.7). Runs
 * beside the caller, so that many can be checked at once.
 */
export function verifySignature(options: {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}): Promise<boolean> {
  const { publicKey, message, signature } = options;
  const der = Buffer.concat([publicPrefix, publicKey]);
  return new Promise((resolve) => {
    try {
      const key = createPublicKey({ key: der, format: "der", type: "spki" });
      verify(undefined, message, key, signature, (error, valid) => {
        resolve(error === null && valid);
      });
    } catch {
      // 32 bytes that are no point of the curve sign nothing.
      resolve(false);
    }
  });
}

function keyPairOf(key: KeyObject): KeyPair {
  const der = createPublicKey(key).export({ format: "der", type: "spki" });
  const publicKey = new Uint8Array(der.subarray(publicPrefix.length));
  return {
    publicKey,
    pem: () => key.export({ format: "pem", type: "pkcs8" }).toString(),
    sign: (message) => new Uint8Array(sign(undefined, message, key)),
  };
}
