import { canonicalJson } from "@holdfast/model";
import { originLimits, originMessages } from "../../document/origin-vocabulary.ts";
import { LimitReached } from "../budget.ts";
import type { Budget } from "../budget.ts";
import { isList } from "../value-type.ts";
import { CelMap, Optional, Uint } from "../value.ts";
import type { Value } from "../value.ts";

/** One leaf of a value that is asked about; of unknown origin when it has no text. */
export type Leaf =
  | { readonly known: false }
  | {
      readonly known: true;
      readonly number: boolean;
      /** the string, or the number as canonical JSON */
      readonly text: string;
      /** the ways in which a text can write it, `text` among them */
      readonly forms: readonly string[];
      /** too short to be known by standing in a text */
      readonly short: boolean;
    };
export type KnownLeaf = Extract<Leaf, { readonly known: true }>;

/**
 * The leaves of a value in order: elements, values of maps by key, what an optional holds. Pays a
 * step for itself and one for each part.
 * @throws LimitReached when there are more than `leavesMax`
 */
export function leavesOf(value: Value, budget: Budget): readonly Leaf[] {
  const leaves: Leaf[] = [];
  gather(value, leaves, budget);
  budget.spend(1);
  return leaves;
}

function gather(value: Value, leaves: Leaf[], budget: Budget): void {
  budget.spend(1);
  budget.enter();
  if (value instanceof CelMap) {
    const entries = [...value.entries()].map(([key, part]) => [nameOf(key), part] as const);
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    for (const [, part] of entries) gather(part, leaves, budget);
  } else if (value instanceof Optional) {
    if (value.value !== undefined) gather(value.value, leaves, budget);
  } else if (value !== null && isList(value)) {
    for (const part of value) gather(part, leaves, budget);
  } else {
    leaves.push(leafOf(value));
    if (leaves.length > originLimits.leavesMax) throw new LimitReached(originMessages.leaves);
  }
  budget.leave();
}

function nameOf(key: boolean | bigint | Uint | string): string {
  return key instanceof Uint ? String(key.value) : String(key);
}

function leafOf(value: Value): Leaf {
  if (typeof value === "string") return known(value, textForms(value), false);
  const number = exactNumber(value);
  if (number === undefined) return { known: false };
  const text = canonicalJson(number);
  return known(text, writtenForms(number, text), true);
}

function known(text: string, forms: readonly string[], number: boolean): KnownLeaf {
  return {
    known: true,
    number,
    text,
    forms,
    short: text.length < originLimits.literalUnitsMin,
  };
}

/** A number that has a canonical JSON text of its own: finite, and within 2^53 when it is an int. */
function exactNumber(value: Value): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  const whole = value instanceof Uint ? value.value : value;
  if (typeof whole !== "bigint") return undefined;
  const limit = 2n ** 53n;
  return whole >= -limit && whole <= limit ? Number(whole) : undefined;
}

/** A URL as a person writes it: without the scheme, and without a slash at its end. */
function textForms(text: string): readonly string[] {
  const bare = text.replace(/^https?:\/\//u, "");
  const { literalUnitsMin } = originLimits;
  if (bare === text || bare.length < literalUnitsMin) return [text];
  // An address of mail, a word or a number that the person wrote is no host.
  const end = bare.search(/[/?#]/u);
  const authority = end < 0 ? bare : bare.slice(0, end);
  const isHost = !authority.includes("@") && (authority.includes(".") || authority.includes(":"));
  return (isHost ? [text, bare] : [text]).flatMap((form) =>
    form.endsWith("/") && bare.length > literalUnitsMin ? [form, form.slice(0, -1)] : [form],
  );
}

/** As a person writes amounts: `1250`, `1250.00`, `1,250` and `1,250.00`; `2.5` and `2.50`. */
function writtenForms(number: number, text: string): readonly string[] {
  if (Math.abs(number) >= 1e15) return [text];
  const forms = [text];
  if (Number.isInteger(number)) forms.push(`${text}.00`);
  else if (/^-?\d+\.\d$/u.test(text)) forms.push(`${text}0`);
  return [...new Set([...forms, ...forms.map((form) => grouped(form))])];
}

/** With `,` between groups of three digits of the whole part. */
function grouped(form: string): string {
  const parts = /^(?<sign>-?)(?<whole>\d{4,})(?<rest>.*)$/u.exec(form)?.groups;
  if (parts === undefined) return form;
  const { sign = "", whole = "", rest = "" } = parts;
  let done = "";
  for (let at = 0; at < whole.length; at += 1) {
    const comma = at > 0 && (whole.length - at) % 3 === 0;
    done += comma ? `,${whole.charAt(at)}` : whole.charAt(at);
  }
  return `${sign}${done}${rest}`;
}
