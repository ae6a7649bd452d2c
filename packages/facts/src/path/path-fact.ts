import type { FactAnswer, Json } from "@holdfast/model";
import type { AnnotatedArgument } from "../annotated-argument.ts";
import { factError, isTexts, textsOf } from "../fact-error.ts";
import type { ArgumentText } from "../fact-error.ts";
import { factLimits } from "../fact-limit.ts";
import { hasLoneSurrogate, utf8Bytes } from "../text-bytes.ts";
import { foldedNames, odditiesOf } from "./path-oddity.ts";
import { resolvePath } from "./resolution.ts";
import type { PathPlace } from "./resolution.ts";

/** Where the paths of a call are resolved, and what the call does there. */
export interface PathSettings extends PathPlace {
  readonly mode: "read" | "write";
}

/**
 * The fact `paths` (POLICY.md section 1): one entry for each argument annotated `path`, in their
 * order. An entry is opaque when its path cannot be resolved ({@link resolvePath}); what is odd
 * about its text is named in `odd`, for policies to judge.
 *
 * Errors: `unannotated`, `invalid` (not a text, or half of a surrogate pair), `limit` (a path of
 * more than 4,096 bytes, a name of more than 255, or more than 1,000 paths).
 */
export function pathFact(
  annotated: readonly AnnotatedArgument[],
  settings: PathSettings,
): FactAnswer {
  const texts = textsOf(annotated, "path", factLimits.entriesMax);
  if (!isTexts(texts)) return texts;
  for (const { arg, text } of texts) {
    if (hasLoneSurrogate(text)) return factError("invalid", `\`${arg}\` is not valid Unicode`);
    if (isTooLong(text)) return factError("limit", `\`${arg}\` is longer than any path`);
  }
  return { value: texts.map((each) => entryOf(each, settings)) };
}

function isTooLong(text: string): boolean {
  const { pathBytesMax, pathPartBytesMax } = factLimits;
  if (text.length > pathBytesMax || utf8Bytes(text) > pathBytesMax) return true;
  return text.split("/").some((name) => utf8Bytes(name) > pathPartBytesMax);
}

function entryOf({ arg, text }: ArgumentText, settings: PathSettings): Json {
  // WHY: for the kernel a path ends at NUL, and no text with one is the path it seems to be.
  const found = text.includes("\0") ? undefined : resolvePath(text, settings);
  const { real, kind, links, link } = found ?? { real: "", kind: "absent", links: 0, link: false };
  return {
    arg,
    mode: settings.mode,
    raw: text,
    real,
    exists: kind !== "absent",
    link,
    kind,
    links,
    parts: [...foldedNames(real)],
    odd: [...odditiesOf(text)],
    opaque: found === undefined,
  };
}
