import { lowerAscii } from "@holdfast/model";
import { snakeName } from "../tool/snake-name.ts";

/** Words at the end of the name of an argument that lets somebody in, beside those that make it a `secret`. */
const names =
  /(?:^|_)(?:pass|passwd|passcode|pwd|auth|authorization|bearer|cookies?|jwt|signature|[a-z0-9]+_key|keys?_?id)$/u;

/** What goes before a key where one is shown. */
const schemes = /^(?:bearer|basic|token) /u;

/** A stretch of a text that may be made up by chance. */
const stretches = /[A-Za-z0-9+/_=-]{16,}/gu;

/**
 * Whether the values of an argument must not stand in a policy, which more people read than may know them:
 * by its name, or as one looks like a key. Texts that hold half a character are none that a policy can hold.
 */
export function isKeptBack(name: string, texts: Iterable<string>): boolean {
  if (names.test(snakeName(name).replaceAll(/[^a-z0-9]+/gu, "_"))) return true;
  return [...texts].some((text) => /\p{Cs}/u.test(text) || isKeyLike(text));
}

function isKeyLike(text: string): boolean {
  if (schemes.test(lowerAscii(text))) return true;
  return (text.match(stretches) ?? []).some((stretch) => {
    if (/^[0-9a-f]{32,}$/u.test(stretch)) return true;
    return /[0-9]/u.test(stretch) && /[a-z]/u.test(stretch) && /[A-Z]/u.test(stretch);
  });
}
