/** Characters that change what is shown, or are shown as nothing, wherever they stand. */
const unseen =
  /[\u034f\u00ad\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u202a-\u202e\u2060-\u206f\u3164\uffa0\ufff9-\ufffb]|[\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}]/u;
const marks = /[\u061c\u200e\u200f]/u;
const rightToLeft =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]|[\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const selectors = /[A-Za-z][\ufe00-\ufe0f]|[\ufe00-\ufe0f]{2}|[\u{e0100}-\u{e01ef}]{2}/u;
/** A flag of a region: a black flag, tags that name it, and the tag that ends it. */
const flags = /\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{2,6}\u{e007f}/gu;
const tags = /[\u{e0000}-\u{e00ff}\u{e01f0}-\u{e0fff}]/u;
/** Joiners where scripts and pictures need them. */
const joined =
  /(?<=[\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\u1800-\u18aa])[\u200c\u200d]|[\u200d](?=[\u2190-\u2bff]|[\u{1f000}-\u{1faff}])/gu;

/** Whether a text holds what nobody sees, where neither its script nor its pictures need it. */
export function hidesText(text: string): boolean {
  if (/^[\t\n\r -~]*$/u.test(text)) return false;
  if (/\p{Cc}/u.test(text.replaceAll(/[\t\n\r]/gu, ""))) return true;
  if (unseen.test(text) || selectors.test(text)) return true;
  if (/[\u{e0000}-\u{e0fff}]/u.test(text) && tags.test(text.replaceAll(flags, ""))) return true;
  if (marks.test(text) && !rightToLeft.test(text)) return true;
  if (text.indexOf("\ufeff", 1) >= 0) return true;
  return /[\u200c\u200d]/u.test(text) && /[\u200c\u200d]/u.test(text.replaceAll(joined, ""));
}

const hiddenRun = /[\u{e0020}-\u{e007e}]{4,}|(?:[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]){4,}/gu;

/** Texts that are written in tags or in variation selectors, one byte each, as they read. */
export function hiddenTextsIn(text: string): readonly string[] {
  if (!/[\ufe00-\ufe0f]|[\u{e0020}-\u{e01ef}]/u.test(text)) return [];
  const plain = text.replaceAll(flags, "");
  return Array.from(plain.matchAll(hiddenRun), ([run]) =>
    Array.from(run, (character) => byteOf(character.codePointAt(0) ?? 0)).join(""),
  );
}

function byteOf(point: number): string {
  if (point >= 0xe0020 && point <= 0xe007e) return String.fromCharCode(point - 0xe0000);
  return String.fromCharCode(point >= 0xe0100 ? point - 0xe0100 + 16 : point - 0xfe00);
}
