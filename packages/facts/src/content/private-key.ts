import type { Finding, Scanned } from "./finding.ts";

const begin = /-----BEGIN ([0-9A-Z ]{0,40}?)PRIVATE KEY(?: BLOCK)?-----/y;
/** A line of what is in a key: base 64, its headers, white space, and line breaks as JSON writes them. */
const inside = /(?:[0-9A-Za-z+/=:,.\s-]|\\+[nrt])*/y;
const puttyEnd = /Private-MAC: *[0-9a-f]{40,64}/g;

/** A key without its end is taken to be no longer than this. */
const unendedMax = 8_192;

/**
 * Private keys as RFC 7468 writes them, with whatever stands for their line breaks, also without
 * their end; those of OpenPGP and of PuTTY.
 */
export function privateKeysIn({ text }: Scanned): readonly Finding[] {
  return [...blocksIn(text), ...puttyKeysIn(text)];
}

function blocksIn(text: string): readonly Finding[] {
  const found: Finding[] = [];
  let stop = 0;
  let at = text.indexOf("-----BEGIN ");
  while (at >= 0) {
    begin.lastIndex = at;
    const first = begin.exec(text)?.[0];
    const from = at + (first ?? "-").length;
    const next = text.indexOf("-----BEGIN ", from);
    if (first !== undefined) {
      // Looked for once for all of the blocks before it.
      if (stop >= 0 && stop < from) stop = text.indexOf("-----END ", from);
      const isEnded = stop >= 0 && (next < 0 || stop < next);
      const end = isEnded ? endOfLine(text, stop) : endOfBody(text, from);
      // A mark in prose has nothing of a key behind it.
      if (end - from >= 32) found.push({ type: "private_key", start: at, end });
    }
    at = next;
  }
  return found;
}

function puttyKeysIn(text: string): readonly Finding[] {
  const found: Finding[] = [];
  let at = text.indexOf("PuTTY-User-Key-File-");
  while (at >= 0) {
    puttyEnd.lastIndex = 0;
    const last = puttyEnd.exec(text.slice(at, at + unendedMax));
    const end = last === null ? at + 1 : at + last.index + last[0].length;
    if (last !== null) found.push({ type: "private_key", start: at, end });
    at = text.indexOf("PuTTY-User-Key-File-", end);
  }
  return found;
}

/** The place after `-----END ... -----`. */
function endOfLine(text: string, stop: number): number {
  const dashes = text.indexOf("-----", stop + 5);
  return dashes >= 0 && dashes - stop < 80 ? dashes + 5 : stop + 5;
}

function endOfBody(text: string, from: number): number {
  inside.lastIndex = 0;
  const body = inside.exec(text.slice(from, from + unendedMax))?.[0] ?? "";
  return from + body.trimEnd().length;
}
