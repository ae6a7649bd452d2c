import type { Json } from "@holdfast/model";
import { numberIn } from "../view/agent-view.ts";
import type { AgentView } from "../view/agent-view.ts";

/** The values that an argument had in honest runs. */
function seen(view: AgentView, tool: string, name: string): readonly Json[] {
  return (view.samples.get(tool) ?? []).flatMap(({ args }) => {
    const value = args[name];
    return value === undefined || value === null ? [] : [value];
  });
}

/** Holds of a number beyond twice what honest runs had; `undefined` for what is no number. */
export function numberLimit(
  view: AgentView,
  tool: string,
  name: string,
  value: string,
): string | undefined {
  const range = view.ranges.get(`${tool} ${name}`);
  if (range === undefined) return undefined;
  const all = seen(view, tool, name);
  if (all.length === 0 || all.some((each) => numberIn(each) === undefined)) return undefined;
  const most = decimal(Math.max(0, range.max * 2));
  const least = decimal(Math.min(0, range.min * 2));
  return `double(${value}) > ${most} || double(${value}) < ${least}`;
}

/** Holds of a list longer than twice the longest. */
export function sizeLimit(
  view: AgentView,
  tool: string,
  name: string,
  value: string,
): string | undefined {
  const sizes = seen(view, tool, name).flatMap((each) =>
    Array.isArray(each) ? [each.length] : [],
  );
  return sizes.length === 0 ? undefined : `size(${value}) > ${2 * Math.max(1, ...sizes)}`;
}

/** Holds of a call made where no honest run was; `undefined` where runs do not tell that. */
export function elsewhere({ environments: { honest } }: AgentView): string | undefined {
  return honest.length === 0 ? undefined : `!(environment in ${JSON.stringify(honest)})`;
}

/** Marks that may stand in a value besides letters, digits and spaces. */
const marks = "@.:/_+-,'()&?=#!%\"$;*~";

/**
 * Holds of a value that is not made of what honest ones are made of: another type, a mark that none of
 * them has, or a way up in a path.
 */
export function seenForm(
  view: AgentView,
  tool: string,
  name: string,
  value: string,
): string | undefined {
  const all = seen(view, tool, name);
  const texts = all.flatMap((each) =>
    Array.isArray(each)
      ? (each as readonly Json[]).filter((one) => typeof one === "string")
      : typeof each === "string"
        ? [each]
        : [],
  );
  if (texts.length === 0) return undefined;
  const kept = Array.from(marks).filter((mark) => texts.some((text) => text.includes(mark)));
  const escaped = kept.map((mark) => ("-]\\^.".includes(mark) ? `\\${mark}` : mark)).join("");
  const space = texts.some((text) => /\s/u.test(text)) ? "\\s" : "";
  const foreign = texts.some((text) => /[^\x20-\x7E\s]/u.test(text)) ? "\\pL\\pM\\pN\\pP\\pS" : "";
  const pattern = `^[A-Za-z0-9${space}${foreign}${escaped}]*$`;
  const isOdd = (text: string): string =>
    `!string(${text}).matches(${JSON.stringify(pattern)}) || string(${text}).contains("..")`;
  return all.some((each) => Array.isArray(each))
    ? `${value}.exists(text, ${isOdd("text")})`
    : isOdd(value);
}

/** A number as CEL writes a double; twice the greatest is none, and becomes the greatest. */
function decimal(value: number): string {
  const text = String(Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE));
  return /[.e]/u.test(text) ? text : `${text}.0`;
}
