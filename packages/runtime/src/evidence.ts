import {
  canonicalBytes,
  CanonicalTexts,
  commitmentTo,
  digestOfBytes,
  saltBytes,
} from "@holdfast/model";
import type { JsonLike } from "@holdfast/model";

/** Gives unpredictable bytes; injected, so that tests own chance too. */
export type Random = (bytes: number) => Uint8Array;

/** What a record says of its payload, and the payload itself. */
export interface Evidence {
  readonly commit: Record<string, string>;
  readonly payload: { readonly scheme: "plain-1"; readonly digest: string; readonly bytes: number };
  readonly bytes: Uint8Array;
}

/**
 * Splits what is recorded into the part that stays for ever and the part that can be erased:
 * salted commitments to `fields` for the tree, and a payload that holds `content` and the
 * salts. A field that is `undefined` is left out. What `texts` keeps is not written again.
 *
 * @throws HoldfastError `json_…` on anything that is not JSON
 */
export function sealEvidence(
  fields: Readonly<Record<string, JsonLike | undefined>>,
  content: Readonly<Record<string, JsonLike | undefined>>,
  random: Random,
  texts: CanonicalTexts = new CanonicalTexts(),
): Evidence {
  const commit: Record<string, string> = Object.create(null);
  const salts: Record<string, string> = Object.create(null);
  const present = Object.entries(fields).flatMap(([field, value]) =>
    value === undefined ? [] : [{ field, value }],
  );
  const chance = random(saltBytes * present.length);
  for (const [index, { field, value }] of present.entries()) {
    const salt = chance.subarray(index * saltBytes, (index + 1) * saltBytes);
    // Most fields are in the content once more.
    texts.keep(value);
    commit[field] = commitmentTo(field, value, salt, texts);
    salts[field] = Buffer.from(salt).toString("base64");
  }
  const bytes = canonicalBytes({ ...content, salts }, texts);
  const payload = { scheme: "plain-1", digest: digestOfBytes(bytes), bytes: bytes.length } as const;
  return { commit, payload, bytes };
}
