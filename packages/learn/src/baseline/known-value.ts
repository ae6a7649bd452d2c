import { originTiers } from "@holdfast/engine";
import { escapedJson } from "@holdfast/model";
import type { AgentBaseline } from "./baseline.ts";
import { formatPatterns } from "./value-shape.ts";

type Argument = AgentBaseline["tools"][string]["arguments"][string];

/** What an argument is asked by, whatever the schema of its tool says of it. */
function valueOf(name: string): string {
  return `dyn(args)[${escapedJson(JSON.stringify(name))}]`;
}

/** CEL: the argument is given. */
function isGiven(name: string): string {
  return `${escapedJson(JSON.stringify(name))} in dyn(args)`;
}

/**
 * CEL: the argument is given, and of a kind, format or size that no run showed. Total: of a value of another
 * kind nothing is asked that is an error of it.
 */
export function isNewShape(name: string, { shapes, sizes }: Argument): string {
  const value = valueOf(name);
  const known = Object.keys(shapes).sort();
  const most = Math.max(0, ...Object.keys(sizes).map(Number));
  // More than twice the greatest is new, as it is to `holdfast drift`.
  const bound = 2 ** Math.min(most + 1, 1023);
  const kinds = [
    ...textKind(value, known, bound),
    ...numberKind(value, known, bound),
    ...(known.includes("boolean") ? [`type(${value}) == bool`] : []),
    ...(known.includes("null") ? [`type(${value}) == null_type`] : []),
    ...(known.some((shape) => /^(?:empty )?list/u.test(shape))
      ? [`type(${value}) == list && size(${value}) <= ${whole(bound)}`]
      : []),
    ...(known.some((shape) => shape.startsWith("object"))
      ? [`type(${value}) == map && size(${value}) <= ${whole(bound)}`]
      : []),
  ];
  const any = kinds.map((kind) => `(${kind})`).join(" || ");
  return `${isGiven(name)} && !(${any || "false"})`;
}

function textKind(value: string, known: readonly string[], bound: number): readonly string[] {
  const isAny = known.includes("text of lines");
  const patterns = known.flatMap((shape) => {
    const pattern = formatPatterns.get(shape);
    return pattern === undefined ? [] : [`(?:${pattern})`];
  });
  if (!isAny && patterns.length === 0) return [];
  const text = `string(${value})`;
  const matches = isAny ? [] : [`${text}.matches(${JSON.stringify(patterns.join("|"))})`];
  return [
    [`type(${value}) == string`, `size(${text}) <= ${whole(bound)}`, ...matches].join(" && "),
  ];
}

function numberKind(value: string, known: readonly string[], bound: number): readonly string[] {
  const numbers = known.filter((shape) => /(?:integer|decimal)$/u.test(shape));
  if (numbers.length === 0) return [];
  const most = decimal(bound);
  const least = numbers.some((shape) => shape.startsWith("negative")) ? `-${most}` : "0.0";
  return [
    `type(${value}) in [int, double] && double(${value}) <= ${most} && double(${value}) >= ${least}`,
  ];
}

/** A power of two as CEL writes a double. */
function decimal(value: number): string {
  const text = String(value);
  return text.includes("e") ? text : `${text}.0`;
}

/** A size that no text, list or object has is written as a greatest one that is whole. */
function whole(bound: number): number {
  return Math.min(bound, 2 ** 52);
}

/**
 * CEL: the argument is given, and comes from where none came from that runs showed; undefined where they
 * told no origin, or the worst of all.
 */
export function isNewOrigin(name: string, { origins }: Argument): string | undefined {
  const ranks = Object.keys(origins).map((tier) => originTiers.findIndex((each) => each === tier));
  const worst = originTiers[Math.max(-1, ...ranks)];
  if (worst === undefined || worst === originTiers.at(-1)) return undefined;
  return `${isGiven(name)} && !no_worse(origin(${valueOf(name)}), "${worst}")`;
}
