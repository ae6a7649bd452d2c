import { parseDocument } from "yaml";
import { holdsComment, layoutExpression } from "../cel/layout.ts";
import type { Expr } from "../cel/syntax.ts";
import type { Value } from "./tree.ts";

/** A condition, and the text that it was read from. */
export interface Condition {
  readonly ast: Expr;
  readonly text: string;
}

type ScalarValue = Extract<Value, { readonly kind: "scalar" }>;

/** A value as lines: the first goes behind its key, `body` stands below it, from column 0. */
export interface ScalarLines {
  readonly head: string;
  readonly body: readonly string[];
  /** a block, whose first line takes no more than a comment */
  readonly block: boolean;
}

/** A scalar as it was written, its other lines without their indentation. */
export function writtenLines({ scalar, source }: ScalarValue): ScalarLines {
  const [first = "", ...others] = source.replaceAll("\r\n", "\n").split("\n");
  if (scalar.type === "BLOCK_LITERAL" || scalar.type === "BLOCK_FOLDED") {
    return blockLines(first, others, String(scalar.value));
  }
  return { head: first, body: others.map((line) => line.trimStart()), block: false };
}

function blockLines(header: string, lines: readonly string[], value: string): ScalarLines {
  const chomp = /[+-]/u.exec(header.slice(0, 3))?.[0] ?? "";
  const body = lines.at(-1)?.trim() === "" ? lines.slice(0, -1) : lines;
  const visible = (line: string): boolean => line.trim() !== "";
  const indentOf = (line: string): number => line.length - line.trimStart().length;
  const own = indentOf(value.split("\n").find(visible) ?? "");
  const written = body.find(visible);
  const margin = written === undefined ? 0 : indentOf(written) - own;
  const indicator = own > 0 ? "2" : "";
  return {
    head: `${header.slice(0, 1)}${indicator}${chomp}`,
    body: body.map((line) => (visible(line) ? line.slice(margin) : line.slice(margin).trimEnd())),
    block: true,
  };
}

/**
 * A condition as the printer writes it: behind its key when it fits into `width`, else as a block
 * that breaks at `&&` and `||`. One that holds comments stays as it was written.
 */
export function conditionLines(
  value: ScalarValue,
  { ast, text }: Condition,
  room: { readonly first: number; readonly below: number },
): ScalarLines {
  if (holdsComment(text) || typeof value.scalar.value !== "string") return writtenLines(value);
  const [line = "", ...more] = layoutExpression(ast, Number.POSITIVE_INFINITY);
  const whole = more.length === 0 ? inStyle(line, false) : undefined;
  if (whole !== undefined && whole.length <= room.first) {
    return { head: whole, body: [], block: false };
  }
  const lines = layoutExpression(ast, room.below);
  if (lines.length === 1 && whole !== undefined) return { head: whole, body: [], block: false };
  return { head: "|", body: lines, block: true };
}

/** A condition on one line, for a place inside braces or brackets when `flow`. */
export function conditionText(value: ScalarValue, { ast, text }: Condition, flow: boolean): string {
  if (holdsComment(text) || typeof value.scalar.value !== "string") return value.source;
  return inStyle(layoutExpression(ast, Number.POSITIVE_INFINITY).join(" "), flow);
}

/** Text plain where YAML reads it back as just that, else in the quotes that need fewer escapes. */
function inStyle(text: string, flow: boolean): string {
  if (readsAs(text, text, flow)) return text;
  const single = `'${text.replaceAll("'", "''")}'`;
  const double = JSON.stringify(text);
  const plainer = text.includes('"') || text.includes("\\") ? single : double;
  return readsAs(plainer, text, flow) ? plainer : double;
}

function readsAs(written: string, text: string, flow: boolean): boolean {
  const document = parseDocument(flow ? `[{k: ${written}}]` : `k: ${written}\n`, {
    version: "1.2",
    schema: "core",
    logLevel: "silent",
  });
  if (document.errors.length > 0 || document.warnings.length > 0) return false;
  return document.getIn(flow ? [0, "k"] : ["k"]) === text;
}
