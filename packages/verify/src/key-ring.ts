import { verify } from "node:crypto";
import { base64Bytes } from "./base64-text.ts";
import type { JsonObject } from "./log-text.ts";
import { parseVerifierKey } from "./signed-note.ts";
import type { VerifierKey } from "./signed-note.ts";

/** A change of the key that signs a log, as a `key` record says it. */
interface KeyChange {
  readonly index: number;
  readonly previous: VerifierKey;
  readonly next: VerifierKey;
}

/** Which keys a log has to be signed with, by what its own records say of changes. */
export class KeyRing {
  readonly #origin: string;
  readonly #changes: KeyChange[] = [];
  readonly #trusted: VerifierKey[];

  /** @param trusted keys that are believed from the start */
  constructor(origin: string, trusted: readonly VerifierKey[]) {
    this.#origin = origin;
    this.#trusted = [...trusted];
  }

  /** Keys that are believed, and those that they handed over to. */
  get trusted(): readonly VerifierKey[] {
    return this.#trusted;
  }

  /**
   * Takes a `key` record; in the order of the log.
   *
   * @returns what is wrong with it: then the key has not changed
   */
  take(index: number, record: JsonObject): string | undefined {
    const previous = keyOf(record["previous"]);
    const next = keyOf(record["next"]);
    const text = record["signature"];
    const signature = typeof text === "string" ? base64Bytes(text) : undefined;
    if (previous === undefined || next === undefined || signature?.length !== 64) {
      return "is no change of keys";
    }
    const current = this.#changes.at(-1)?.next;
    if (current !== undefined && current.text !== previous.text) {
      return `changes the key ${previous.id}, but ${current.id} signs`;
    }
    const isNamed = previous.name === this.#origin && next.name === this.#origin;
    const message = `${this.#origin}\nkey change\n${previous.text}\n${next.text}\n`;
    if (!isNamed || !verify(null, Buffer.from(message), previous.key, signature)) {
      return `is not signed by the key ${previous.id} that it changes`;
    }
    this.#changes.push({ index, previous, next });
    if (this.trusts(previous) && !this.trusts(next)) this.#trusted.push(next);
    return undefined;
  }

  trusts({ text }: VerifierKey): boolean {
    return this.#trusted.some((each) => each.text === text);
  }

  /**
   * Who has to sign a head of so many records, when the one before had `before`: the key of that
   * time, and across a change both. No one in particular while nothing was changed.
   */
  due(size: number, before: number): readonly VerifierKey[] {
    const last = this.#changes.findLast(({ index }) => index < size);
    if (last === undefined) return this.#changes.slice(0, 1).map(({ previous }) => previous);
    return last.index < before ? [last.next] : [last.previous, last.next];
  }
}

function keyOf(text: JsonObject[string]): VerifierKey | undefined {
  return typeof text === "string" ? parseVerifierKey(text) : undefined;
}
