import { createHash, hash } from "node:crypto";
import type { Hash } from "node:crypto";

/**
 * SHA-256 (FIPS 180-4), 32 bytes, in one call: half the cost of a hash object on small input. Taken
 * as text of one byte a character: memory of the platform's own for each hash costs as much as
 * hashing 1 KB.
 */
export function sha256(data: Uint8Array): Buffer {
  return Buffer.from(hash("sha256", data, "binary"), "latin1");
}

/** As `sha256`, written to `room` at `at`; `room` may be what is hashed. */
export function sha256Into(data: Uint8Array, room: Buffer, at: number): void {
  room.write(hash("sha256", data, "binary"), at, 32, "latin1");
}

/** SHA-256 of a file that is still being written; `name` ends it. */
export class RunningDigest {
  readonly #hash: Hash = createHash("sha256");

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** As `name`, of everything given so far; more may follow. */
  nameSoFar(): string {
    return `sha256:${this.#hash.copy().digest("hex")}`;
  }

  /** `sha256:` and lower-case hex of everything given, as `sha256sum` prints it. Call once. */
  name(): string {
    return `sha256:${this.#hash.digest("hex")}`;
  }
}

/** `sha256:` and the lower-case hex digest of bytes, as `digestOfBytes` names them. */
export function digestName(data: Uint8Array): string {
  return `sha256:${hash("sha256", data, "hex")}`;
}
