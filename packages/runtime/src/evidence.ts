import { NamedPayload } from "@holdfast/log";
import { canonicalBytes, CanonicalTexts, commitmentTo, saltBytes } from "@holdfast/model";
import type { JsonLike, PayloadScheme, Request } from "@holdfast/model";
import { sealedScheme } from "./vault/vault.ts";
import type { Vault } from "./vault/vault.ts";

/** Gives unpredictable bytes; injected, so that tests own chance too. */
export type Random = (bytes: number) => Uint8Array;

/** What a record says of its payload, and the payload itself. */
export interface Evidence {
  readonly commit: Record<string, string>;
  readonly payload: {
    readonly scheme: PayloadScheme;
    readonly digest: string;
    readonly bytes: number;
  };
  /** the payload as it is stored */
  readonly stored: NamedPayload;
  /** the same in clear */
  readonly content: Uint8Array;
}

/** What evidence is sealed with. */
export interface Sealing {
  readonly random: Random;
  /** absent where payloads are stored as they are */
  readonly vault?: Vault | undefined;
}

/** Under whose key a payload is stored, and to which record it belongs. */
export interface PayloadOwner {
  /** `user:ID`, `agent:ID` or `session:ID` */
  readonly subject: string;
  readonly identity: string;
}

/** Whose the payload of an action is: the user's for whom is acted, else the agent's. */
export function actionSubject({ user, agent }: Pick<Request, "user" | "agent">): string {
  return user === undefined || user === null ? `agent:${agent.id}` : `user:${user.id}`;
}

/**
 * Splits what is recorded into the part that stays for ever and the part that can be erased:
 * salted commitments to `fields` for the tree, and a payload that holds `content` and the
 * salts, under the owner's key. A field that is `undefined` is left out. What `texts` keeps is not written again.
 *
 * @throws HoldfastError `json_…` on anything that is not JSON; `vault_key`, `vault_write` and errors of the file
 * system where the owner's key cannot be had
 */
export function sealEvidence(
  fields: Readonly<Record<string, JsonLike | undefined>>,
  content: Readonly<Record<string, JsonLike | undefined>>,
  { owner, sealing }: { readonly owner: PayloadOwner; readonly sealing: Sealing },
  texts: CanonicalTexts = new CanonicalTexts(),
): Evidence {
  const commit: Record<string, string> = {};
  const salts: Record<string, string> = {};
  const present = Object.keys(fields).filter((field) => fields[field] !== undefined);
  const chance = Buffer.from(sealing.random(saltBytes * present.length));
  let at = 0;
  for (const field of present) {
    const value = fields[field];
    if (value === undefined) continue;
    const salt = chance.subarray(at, at + saltBytes);
    // Most fields are in the content once more.
    texts.keep(value);
    commit[field] = commitmentTo(field, value, salt, texts);
    salts[field] = chance.toString("base64", at, at + saltBytes);
    at += saltBytes;
  }
  const clear = canonicalBytes({ ...content, salts }, texts);
  const { vault } = sealing;
  const bytes = vault?.seal(owner.subject, owner.identity, clear) ?? clear;
  const scheme = vault === undefined ? "plain-1" : sealedScheme;
  const stored = new NamedPayload(scheme, bytes);
  const payload = { scheme, digest: stored.digest, bytes: bytes.length } as const;
  return { commit, payload, stored, content: clear };
}
