import { parseExpression } from "../cel/parse.ts";
import { printExpression } from "../cel/printer.ts";
import type { Expr, Range } from "../cel/syntax.ts";
import { dynType } from "../cel/type.ts";
import { freeNames, walk } from "../compile/check/syntax-walk.ts";
import { builtIn } from "./built.ts";
import { termOf } from "./built-term.ts";
import { definitionError } from "./definition-error.ts";
import { isDefinition } from "./definition.ts";
import type { Definition } from "./definition.ts";
import { literalNode } from "./literal.ts";
import type { CelDyn, CelTerm, Literal } from "./term.ts";

/** What may stand in `${…}`: a value, a term, or a definition, which stands for its name. */
export type Interpolated = Literal | Definition;

/**
 * CEL as text: ``cel`args.amount <= ${limit}` `` or `cel(text)`. What is interpolated is put in
 * as a value, quoted and in parentheses where it needs them, so it can never become syntax. A
 * backslash is CEL's own. The rest is kept as it is written; a template of several lines loses
 * the indentation they share.
 *
 * @throws HoldfastError `definition_invalid` when it is not CEL, or a value stands where none can
 */
export function cel(
  strings: TemplateStringsArray | string,
  ...values: readonly Interpolated[]
): CelDyn {
  const text = (typeof strings === "string" ? strings : filled(rawParts(strings), values)).trim();
  const ledger = values.map((value) => builtIn(value)?.ledger).find((one) => one !== undefined);
  return termOf(parsed(text), dynType, { text, ledger }) as unknown as CelDyn;
}

/** What stands around the values; a backslash is JavaScript's own only before `` ` `` and `$`. */
function rawParts({ raw }: TemplateStringsArray): readonly string[] {
  return raw.map((part) => part.replaceAll(/\\([`$])/gu, "$1"));
}

/**
 * A reason: ``text`over ${params.limit}` ``. Terms are filled in when an action is judged, all
 * else now; braces are doubled, as a reason needs them.
 */
export function text(
  strings: TemplateStringsArray,
  ...values: readonly (string | number | Definition | CelTerm)[]
): string {
  const doubled = (plain: string): string => plain.replaceAll(/[{}]/gu, "$&$&");
  return strings
    .map((part, index) => {
      const value = index === 0 ? undefined : values[index - 1];
      return filledPart(value, doubled) + doubled(part);
    })
    .join("");
}

function filledPart(
  value: string | number | Definition | CelTerm | undefined,
  doubled: (plain: string) => string,
): string {
  if (value === undefined) return "";
  if (isDefinition(value)) return doubled(value.metadata.name);
  if (typeof value === "string" || typeof value === "number") return doubled(String(value));
  const term = builtIn(value);
  if (term === undefined) throw definitionError("a reason holds texts, numbers and terms");
  const printed = printExpression(term.ast);
  // `{{` would be a brace.
  return printed.startsWith("{") ? `{ ${printed}}` : `{${printed}}`;
}

function parsed(source: string): Expr {
  const result = parseExpression(source);
  if (result.ok) return result.ast;
  const [first] = result.errors;
  const found = first === undefined ? "" : `: ${first.message}`;
  const rest = source.slice(first?.range.start ?? 0);
  const where = rest === "" ? "at its end" : `before \`${rest}\``;
  throw definitionError(`\`${source.trim()}\` is not CEL${found}, ${where}`);
}

/** The text with every value in the place of a variable that stood for it while it was parsed. */
function filled(parts: readonly string[], values: readonly Interpolated[]): string {
  let prefix = "slot";
  while (parts.some((part) => part.includes(prefix))) prefix += "_";
  const names = values.map((_, index) => `${prefix}${index}_`);
  const source = dedented(parts.map((part, index) => (names[index - 1] ?? "") + part).join(""));
  if (values.length === 0) return source;
  const places = slotPlaces(parsed(source), new Map(names.map((name, at) => [name, values[at]])));
  let result = source;
  for (const [index, name] of [...names.entries()].reverse()) {
    const place = places.get(name);
    if (place === undefined) {
      const message = `\`\${…}\` number ${index + 1} of \`${parts.join("${…}").trim()}\` stands where no value can, inside quotes or a comment, or as a name`;
      throw definitionError(message);
    }
    result = result.slice(0, place.start) + valueText(values[index]) + result.slice(place.end);
  }
  return result;
}

/**
 * Text of several lines without the indentation they share, as YAML reads a block: the same text
 * in both has the same digest. Text whose quotes go over lines is left alone.
 */
function dedented(source: string): string {
  const [first = "", ...lines] = source.split("\n");
  const depths = lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/u));
  const depth = Math.min(...depths);
  if (depths.length === 0 || depth === 0) return source;
  const text = [first, ...lines.map((line) => line.slice(depth))].join("\n");
  return printExpression(parsed(text)) === printExpression(parsed(source)) ? text : source;
}

function slotPlaces(ast: Expr, slots: ReadonlyMap<string, unknown>): ReadonlyMap<string, Range> {
  const places = new Map<string, Range>();
  walk(ast, (each, bound) => {
    if (each.kind === "ident" && slots.has(each.name)) {
      checkCapture(slots.get(each.name), bound);
      places.set(each.name, each.range);
    }
    // The name of an Event or Meter, which the parser makes a text of.
    if (each.kind !== "constant" || each.constant.type !== "string") return;
    const { value } = each.constant;
    const bare = each.range.end - each.range.start === value.length;
    if (bare && slots.has(value)) places.set(value, each.range);
  });
  return places;
}

/** WHY: a name that a macro binds around a value would take the place of one that it reads. */
function checkCapture(value: unknown, bound: ReadonlySet<string>): void {
  const term = builtIn(value);
  const read = term === undefined ? [] : [...freeNames(term.ast).keys()];
  const taken = read.find((name) => bound.has(name));
  if (taken === undefined) return;
  throw definitionError(`an element is called \`${taken}\`, which a value in it reads; rename it`);
}

function valueText(value: unknown): string {
  const node = literalNode(isDefinition(value) ? value.metadata.name : value);
  const printed = printExpression(node);
  return isWhole(node) && !printed.startsWith("-") ? printed : `(${printed})`;
}

/** Whether nothing around an expression can take a part of it. */
function isWhole(node: Expr): boolean {
  return node.kind !== "call" || node.target !== undefined || /^[A-Za-z]/u.test(node.function);
}
