import { parseExpression } from "../cel/parse.ts";
import { printExpression } from "../cel/printer.ts";
import type { Expr, Range } from "../cel/syntax.ts";
import { dynType } from "../cel/type.ts";
import { walk } from "../compile/check/syntax-walk.ts";
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
 * backslash is CEL's own. Text without interpolations is kept as it is written.
 *
 * @throws HoldfastError `definition_invalid` when it is not CEL, or a value stands where none can
 */
export function cel(
  strings: TemplateStringsArray | string,
  ...values: readonly Interpolated[]
): CelDyn {
  const parts =
    typeof strings === "string"
      ? [strings]
      : strings.raw.map((part) => part.replaceAll(/\\([`$])/gu, "$1"));
  const text = (values.length === 0 ? parts.join("") : filled(parts, values)).trim();
  return termOf(parsed(text), dynType, text) as unknown as CelDyn;
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
  const at = first === undefined ? "" : ` at character ${first.range.start + 1}`;
  throw definitionError(`\`${source}\` is not CEL: ${first?.message ?? "it does not parse"}${at}`);
}

/** The text with every value in the place of a variable that stood for it while it was parsed. */
function filled(parts: readonly string[], values: readonly Interpolated[]): string {
  let prefix = "slot";
  while (parts.some((part) => part.includes(prefix))) prefix += "_";
  const names = values.map((_, index) => `${prefix}${index}_`);
  const source = parts.map((part, index) => (names[index - 1] ?? "") + part).join("");
  const places = slotPlaces(parsed(source), new Set(names));
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

function slotPlaces(ast: Expr, names: ReadonlySet<string>): ReadonlyMap<string, Range> {
  const places = new Map<string, Range>();
  walk(ast, (each) => {
    if (each.kind === "ident" && names.has(each.name)) places.set(each.name, each.range);
    // The name of an Event or Meter, which the parser makes a text of.
    if (each.kind !== "constant" || each.constant.type !== "string") return;
    const { value } = each.constant;
    const bare = each.range.end - each.range.start === value.length;
    if (bare && names.has(value)) places.set(value, each.range);
  });
  return places;
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
