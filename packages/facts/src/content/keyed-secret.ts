import { groupedBy } from "./grouping.ts";
import { isWithinWord, isWordUnit } from "./finding.ts";
import type { Finding, Scanned } from "./finding.ts";
import { secretFormats } from "./secret-format.ts";
import type { SecretFormat } from "./secret-format.ts";
import { endsInCrc32 } from "./token-checksum.ts";

/** A format made ready: what reads its body, and what stands before its mark. */
interface ReadFormat {
  readonly format: SecretFormat;
  readonly body: RegExp;
  readonly head: RegExp | undefined;
}

const byMark: ReadonlyMap<string, readonly ReadFormat[]> = groupedBy(
  secretFormats.map((format) => ({
    format,
    body: new RegExp(format.body, "y"),
    head: format.head && new RegExp(`^${format.head[0]}+$`),
  })),
  ({ format }) => format.mark,
);

/** Marks longest first, so that `sk-ant-` is not read as something shorter. */
const marks = new RegExp(
  [...byMark.keys()]
    .toSorted((a, b) => b.length - a.length)
    .map((mark) => mark.replaceAll(/[.\\]/gu, "\\$&"))
    .join("|"),
  "g",
);

/** Keys of known providers, each by the format that it is written in. */
export function keyedSecretsIn({ text }: Scanned): readonly Finding[] {
  const found: Finding[] = [];
  marks.lastIndex = 0;
  for (let hit = marks.exec(text); hit !== null; hit = marks.exec(text)) {
    const [mark] = hit;
    let next = hit.index + 1;
    for (const read of byMark.get(mark) ?? []) {
      const finding = keyAt(text, hit.index, read);
      if (finding === undefined) continue;
      if (!isExample(text.slice(hit.index + mark.length, finding.end))) found.push(finding);
      next = finding.end;
      break;
    }
    marks.lastIndex = Math.max(next, hit.index + 1);
  }
  return found;
}

function keyAt(text: string, at: number, { format, body, head }: ReadFormat): Finding | undefined {
  const { mark, type, named, apart, check } = format;
  const from = at + mark.length;
  body.lastIndex = from;
  const read = body.exec(text)?.[0];
  if (read === undefined) return undefined;
  let start = named === true ? from : at;
  if (format.head !== undefined && head !== undefined) {
    const [, , most] = format.head;
    const least = format.head[1];
    while (start > 0 && at - start < most && head.test(text.charAt(start - 1))) start -= 1;
    if (at - start < least) return undefined;
    // More of the same before it is another word.
    const isMore = start > 0 && head.test(text.charAt(start - 1));
    if (isMore && (isWithinWord(text, start) || !isWordUnit(text, start - 1))) return undefined;
  } else if (apart === true && isWithinWord(text, at)) return undefined;
  if (check === "crc32_base62" && !endsInCrc32(read)) return undefined;
  return { type, start, end: from + read.length };
}

/** What documentation writes in the place of a key. */
function isExample(body: string): boolean {
  if (/EXAMPLE|example/u.test(body)) return true;
  return body.length >= 16 && new Set(body).size < 5;
}
