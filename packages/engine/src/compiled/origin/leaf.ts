import { originLimits, originMessages } from "../../document/origin-vocabulary.ts";
import { LimitReached } from "../value/failure.ts";
import { byUnit, entriesOf, isMap } from "../value/map.ts";
import { Entries } from "../value/map.ts";
import type { Key } from "../value/map.ts";
import { Double, Optional, Uint, isList } from "../value/value.ts";
import type { Value } from "../value/value.ts";

/** A text, or a number as the double it is. */
export type LeafKey = string | number;

/** A leaf whose origin can be known: what it is written as. */
export interface Leaf {
  readonly key: LeafKey;
  /** the text, or the canonical JSON of the number and the other ways to write it */
  readonly forms: readonly string[];
  /** too short to be known by standing in a text */
  readonly short: boolean;
}

const written = originLimits.literalUnitsMin;

/**
 * The leaves of a value in order: texts and numbers as keys, `undefined` for those of unknown
 * origin.
 * @throws LimitReached when there are more than `originLimits.leavesMax`
 */
export function leafKeysOf(value: Value): Leaves {
  const found: Collected = { keys: [], parts: 0 };
  collect(value, found);
  return found;
}

/** The leaves of a value, and of how many parts it is: them, and what holds them. */
export interface Leaves {
  readonly keys: readonly (LeafKey | undefined)[];
  readonly parts: number;
}

interface Collected extends Leaves {
  readonly keys: (LeafKey | undefined)[];
  parts: number;
}

function collect(value: Value, found: Collected): void {
  found.parts += 1;
  if (value instanceof Optional) {
    if (value.value !== undefined) collect(value.value, found);
  } else if (isList(value)) {
    for (const item of value) collect(item, found);
  } else if (isMap(value)) {
    const entries = entriesOf(value);
    const ordered =
      value instanceof Entries
        ? entries.toSorted(([a], [b]) => byUnit(nameOf(a), nameOf(b)))
        : entries;
    for (const [, item] of ordered) collect(item, found);
  } else {
    if (found.keys.length >= originLimits.leavesMax) throw new LimitReached(originMessages.leaves);
    found.keys.push(leafKey(value));
  }
}

function nameOf(key: Key): string {
  return key instanceof Uint ? String(key.value) : String(key);
}

const exactInt = 9_007_199_254_740_992n;

/** The key of a text or a number that JSON can write exactly; `undefined` for any other value. */
function leafKey(value: Value): LeafKey | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (value instanceof Double) return value.value;
  if (value instanceof Uint) return value.value <= exactInt ? Number(value.value) : undefined;
  return undefined;
}

/** What a key is written as. */
export function leafOf(key: LeafKey): Leaf {
  if (typeof key === "string") return { key, forms: textForms(key), short: key.length < written };
  const plain = String(key === 0 ? 0 : key);
  return { key, forms: numberForms(key, plain), short: plain.length < written };
}

/** The ways to write a text: of a URL also without its scheme, if a host is seen then too, and without a last slash. */
function textForms(text: string): readonly string[] {
  const schemeEnd = text.startsWith("http://") ? 7 : text.startsWith("https://") ? 8 : 0;
  if (schemeEnd === 0 || text.length < schemeEnd + written) return [text];
  const bare = text.slice(schemeEnd);
  const forms = isHostWritten(bare) ? [text, bare] : [text];
  if (!text.endsWith("/") || text.length === schemeEnd + written) return forms;
  return forms.flatMap((form) => [form, form.slice(0, -1)]);
}

/** Whether what stands before a path is a host to whoever reads it: no address of mail, word or number. */
function isHostWritten(bare: string): boolean {
  const [authority = ""] = bare.split(/[/?#]/, 1);
  return !authority.includes("@") && /[.:]/.test(authority);
}

/** A number as people write it: with two decimals, and with `,` between thousands. */
function numberForms(value: number, plain: string): readonly string[] {
  const forms = [plain];
  if (Math.abs(value) >= 1e15) return forms;
  if (Number.isInteger(value)) forms.push(`${plain}.00`);
  else if (/^-?\d+\.\d$/.test(plain)) forms.push(`${plain}0`);
  const whole = /^-?(\d+)/.exec(plain)?.[1] ?? "";
  if (whole.length <= 3) return forms;
  return forms.flatMap((form) => [form, grouped(form, whole.length)]);
}

function grouped(form: string, wholeLength: number): string {
  const start = form.startsWith("-") ? 1 : 0;
  let text = form;
  for (let at = start + wholeLength - 3; at > start; at -= 3) {
    text = `${text.slice(0, at)},${text.slice(at)}`;
  }
  return text;
}
