import { HoldfastError } from "@holdfast/model";
import { decodeBase64 } from "../note/base64.ts";
import { verifySignature } from "../note/ed25519.ts";
import { isSameKey, parseVerifierKey, verifierKeyText } from "../note/verifier-key.ts";
import type { VerifierKey } from "../note/verifier-key.ts";

/** A change of the key that signs a log, as its `key` record says it. */
export interface KeyChange {
  /** index of the record */
  readonly index: number;
  readonly previous: VerifierKey;
  readonly next: VerifierKey;
  /** of the previous key, over `keyChangeText` */
  readonly signature: Uint8Array;
}

/** What the previous key signs. Its second line is no number, so it is never a checkpoint. */
export function keyChangeText(
  origin: string,
  change: Pick<KeyChange, "previous" | "next">,
): string {
  const { previous, next } = change;
  return `${origin}\nkey change\n${verifierKeyText(previous)}\n${verifierKeyText(next)}\n`;
}

/**
 * Reads a `key` record's fields.
 *
 * @returns undefined when they are not those of a change of keys
 */
export function readKeyChange(index: number, record: object): KeyChange | undefined {
  const { previous, next, signature } = record as Record<string, unknown>;
  if (typeof previous !== "string" || typeof next !== "string") return undefined;
  const bytes = typeof signature === "string" ? decodeBase64(signature) : undefined;
  if (bytes?.length !== 64) return undefined;
  try {
    const keys = { previous: parseVerifierKey(previous), next: parseVerifierKey(next) };
    return { index, ...keys, signature: new Uint8Array(bytes) };
  } catch (error) {
    if (error instanceof HoldfastError) return undefined;
    throw error;
  }
}

/** Which keys a log is to be signed by at which size, as its own records tell it. */
export class KeyRing {
  readonly #origin: string;
  readonly #trusted: VerifierKey[];
  readonly #changes: KeyChange[] = [];

  /** @param trusted keys that are believed from the start: given, or the oldest one kept */
  constructor(origin: string, trusted: readonly VerifierKey[]) {
    this.#origin = origin;
    this.#trusted = [...trusted];
  }

  /** Keys that are believed so far. */
  get trusted(): readonly VerifierKey[] {
    return this.#trusted;
  }

  /**
   * Takes a change of keys, in the order of the records.
   *
   * @returns what is wrong with it
   */
  async change(change: KeyChange): Promise<string | undefined> {
    const { previous, next, signature } = change;
    const current = this.#changes.at(-1)?.next;
    if (current !== undefined && !isSameKey(current, previous)) {
      return `changes the key ${previous.keyId}, but ${current.keyId} signs since record ${this.#changes.at(-1)?.index}`;
    }
    const message = Buffer.from(keyChangeText(this.#origin, change));
    const { publicKey } = previous;
    const named = previous.name === this.#origin && next.name === this.#origin;
    if (!named || !(await verifySignature({ publicKey, message, signature }))) {
      return `is not signed by the key ${previous.keyId} that it changes`;
    }
    this.#changes.push(change);
    const isTrusted = (key: VerifierKey) => this.#trusted.some((each) => isSameKey(each, key));
    if (isTrusted(previous) && !isTrusted(next)) this.#trusted.push(next);
    return undefined;
  }

  /**
   * Who has to sign the head of `size` records, when the head signed before it had `before`:
   * whoever signs now, and where the key changed between them the previous one too. Nobody in
   * particular while no change was seen.
   */
  signersFor(size: number, before: number): readonly VerifierKey[] {
    const covered = this.#changes.filter(({ index }) => index < size);
    const last = covered.at(-1);
    if (last === undefined) {
      const [first] = this.#changes;
      return first === undefined ? [] : [first.previous];
    }
    return last.index < before ? [last.next] : [last.previous, last.next];
  }
}
