import { callingCodes } from "./calling-code.ts";
import { isWithinWord, isWordUnit } from "./finding.ts";
import type { Finding, Scanned } from "./finding.ts";

const international = /(?:\+|00)[ ]?[(]?[1-9](?:[ ]?[-./()]?[ ]?[0-9]){6,16}/y;

/** Phone numbers with the code of their country, after `+` or `00` (ITU-T E.164). */
export function internationalPhonesIn({ text }: Scanned): readonly Finding[] {
  const found: Finding[] = [];
  for (let at = text.indexOf("+"); at >= 0; at = text.indexOf("+", at + 1)) {
    if (isWithinWord(text, at) || text.charAt(at - 1) === "+") continue;
    const finding = internationalAt(text, at);
    if (finding !== undefined) found.push(finding);
  }
  for (let at = text.indexOf("00"); at >= 0; at = text.indexOf("00", at + 2)) {
    // No group of a longer number.
    if (isWithinWord(text, at) || /[0-9][ ]$|[-.,:/+]$/u.test(text.slice(Math.max(0, at - 2), at)))
      continue;
    const finding = internationalAt(text, at);
    if (finding !== undefined) found.push(finding);
  }
  return found;
}

function internationalAt(text: string, at: number): Finding | undefined {
  international.lastIndex = at;
  const read = international.exec(text)?.[0];
  if (read === undefined) return undefined;
  const skipped = read.startsWith("+") ? 1 : 2;
  const own = read.slice(skipped).replaceAll(/[^0-9]/gu, "");
  const most = longest(own);
  if (most === undefined) return undefined;
  // The longest that the country has, cut where a group ends.
  let end = at + skipped;
  let best: number | undefined;
  for (let count = 0; end < at + read.length; end += 1) {
    const unit = text.charCodeAt(end);
    if (unit < 48 || unit > 57) continue;
    count += 1;
    const isEnd = !isWordUnit(text, end + 1);
    if (isEnd && count >= most.least && count <= most.most) best = end + 1;
  }
  return best === undefined ? undefined : { type: "phone", start: at, end: best };
}

/** How many digits a number has that begins like this, its country's code among them. */
function longest(own: string): { least: number; most: number } | undefined {
  for (const length of [1, 2, 3]) {
    const national = callingCodes.get(own.slice(0, length));
    if (national === undefined) continue;
    // Some write the zero that is left out when it is dialled from elsewhere.
    const zero = own.charAt(length) === "0" ? 1 : 0;
    return { least: length + national[0], most: length + national[1] + zero };
  }
  return undefined;
}

/** Words, in small letters, that stand before a phone number. */
const words =
  /(?:\b(?:tel|t\u00e9l|phone|ph|mobile|mob|cell|fax|call|ring|dial|handy|whatsapp|sms|txt|hotline|signal|tfno|m\u00f3vil|movil|gsm|contact|mobil|nummer|rufen)(?![a-z])|\b(?:telef|t\u00e9l\u00e9ph|cellulare|celular|portable|rufnu|phone_?num)[a-z\u00e9\u00f3]*|phone|mobile|\u96fb\u8a71|\u7535\u8bdd|\u624b\u673a|\u0442\u0435\u043b|\u260e|\ud83d\udcde)[^0-9\n[]{0,24}$/u;

/** What has the form of a number without being one: dates, and what money or time stands in. */
const dated =
  /^(?:19|20)[0-9]{2}[-./][01]?[0-9][-./][0-3]?[0-9]|^[0-3]?[0-9][-./][01]?[0-9][-./](?:19|20)[0-9]{2}/;

const american =
  /^(?:1[-. ])?(?:[(][2-9][0-9]{2}[)][ ]?|[2-9][0-9]{2}[-.])[2-9][0-9]{2}[-. ][0-9]{4}$/;
const french = /^0[1-9](?:(?: [0-9]{2}){4}|(?:\.[0-9]{2}){4}|(?:-[0-9]{2}){4})$/;

/**
 * A phone number without its country's code: in the form of North America or France, or after a word
 * that says what it is.
 */
export function nationalPhone(
  scanned: Scanned,
  number: {
    readonly start: number;
    readonly end: number;
    readonly digits: string;
    readonly isWhole: boolean;
  },
): Finding | undefined {
  const { text, lower, name } = scanned;
  const { start, end, digits, isWhole } = number;
  if (digits.length < 7 || digits.length > 13) return undefined;
  const from = text.charAt(start - 1) === "(" ? start - 1 : start;
  const written = text.slice(from, end);
  if (text.charAt(from - 1) === "+") return undefined;
  const finding = { type: "phone", start: from, end };
  if (isWhole && (american.test(written) || french.test(written))) return finding;
  const before = lower.slice(Math.max(0, from - 36), from);
  if (!words.test(before) && !(from === 0 && words.test(name))) return undefined;
  if (dated.test(written) || new Set(digits).size < 3) return undefined;
  return digits.startsWith("0") || digits.length <= 12 ? finding : undefined;
}
