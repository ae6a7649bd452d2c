import { canonicalJson } from "@holdfast/model";
import type { DecisionTrace } from "@holdfast/model";
import { oneLine } from "../one-line.ts";

type TracedRule = DecisionTrace["rules"][number];
type Part = NonNullable<TracedRule["condition"]>["parts"][number];
type TracedValue = Part["values"][number];
type Place = Pick<TracedRule, "file" | "line" | "column">;

/** Parts of one condition, and values of one part, that are listed unless all are asked for. */
const partsMax = 4;
const valuesMax = 3;
/** Units of a value that are shown: the most of these with which its line fits. */
const valueUnits = [40, 20, 8];
const widthMax = 100;

const indent = "    ";

/** How a rule is listed: the lines that are it, and how near it came to mattering; less is nearer. */
export interface ListedRule {
  readonly lines: readonly string[];
  readonly rank: readonly number[];
  readonly word: string;
}

/** One rule of a trace as lines: what became of it, where it stands, and what was so and what not. */
export function listedRule(
  rule: TracedRule,
  trace: DecisionTrace,
  { all }: { readonly all: boolean },
): ListedRule {
  const word = wordOf(rule);
  const head = `  ${word.padEnd(9)}${rule.rule} (${rule.effect})  ${placeText(rule)}`;
  const who = rule.agent === undefined ? "" : `  for the delegating agent ${rule.agent}`;
  const lines = [`${head}${who}${shadowText(rule)}${countText(rule)}`, ...detailLines(rule, all)];
  return { lines, rank: rankOf(rule, trace), word };
}

function wordOf({ mode, verdict, determining }: TracedRule): string {
  if (mode === "observe")
    return verdict === "holds" ? "observes" : verdict === "fails" ? "no" : verdict;
  if (verdict === "error") return "error";
  if (determining) return verdict === "conflict" ? "conflict" : "decides";
  return verdict === "fails" ? "no" : verdict;
}

function shadowText({ mode, shadow }: TracedRule): string {
  if (mode === "observe") return "  mode observe: in the shadow alone";
  return shadow === undefined ? "" : `  in the shadow: ${shadow}`;
}

/** How much of a condition that does not hold was so. */
function countText({ condition, unmatched }: TracedRule): string {
  if (condition === undefined || condition.outcome === "true" || unmatched.length > 0) return "";
  const { parts } = condition;
  const holding = parts.filter(({ outcome }) => outcome === "true").length;
  return parts.length > 1 ? `  ${holding} of ${parts.length} parts true` : "";
}

const order = ["decides", "conflict", "error", "holds", "observes", "no", "skipped"];

function rankOf(rule: TracedRule, { decision }: DecisionTrace): readonly number[] {
  const parts = rule.condition?.parts ?? [];
  const holding = parts.filter(({ outcome }) => outcome === "true").length;
  // Nothing granted: what would have; something granted: what might have narrowed it.
  const wanted = (decision.code === "default_deny") === (rule.effect === "allow");
  return [
    order.indexOf(wordOf(rule)),
    rule.unmatched.length,
    wanted ? 0 : 1,
    parts.length - holding,
    -holding,
  ];
}

function detailLines(rule: TracedRule, all: boolean): readonly string[] {
  const lines: string[] = [];
  if (rule.error !== undefined) lines.push(line("error", rule.error));
  for (const { expression, found, needed, ...place } of rule.unmatched.slice(0, all ? 99 : 1)) {
    lines.push(
      fitted(
        (units) =>
          `${line("match", clipped(expression))} (${near(place, rule)}): ${shortened(found, units)}, needed ${shortened(needed, Math.max(units, 24))}`,
      ),
    );
  }
  if (rule.unmatched.length > 0 && !all) return lines;
  if (rule.condition !== undefined) lines.push(...conditionLines(rule, rule.condition, all));
  for (const { operation, path, before, after } of rule.changes) {
    lines.push(
      fitted((units) =>
        line(operation, `${path}: ${valueText(before, units)} -> ${valueText(after, units)}`),
      ),
    );
  }
  if (rule.limit !== undefined) lines.push(line("limit", limitText(rule.limit)));
  for (const { expression, tier, source, error } of rule.origins) {
    const from = source === undefined ? (tier ?? "") : `${tier ?? ""} (${source})`;
    lines.push(
      line("origin", `${expression}: ${error === undefined ? from : `an error: ${error}`}`),
    );
  }
  return lines;
}

function conditionLines(
  rule: TracedRule,
  { outcome, parts, failed }: NonNullable<TracedRule["condition"]>,
  all: boolean,
): readonly string[] {
  if (outcome !== "true" && !all && failed !== undefined) {
    const { expression, found, needed } = failed;
    const where = `${clipped(expression)} (${near(failed, rule)})`;
    // The error itself stands above, and what is no more than false needs no words.
    if (outcome === "error") return [line("at", where)];
    if (found === outcome) return [line(outcome, where)];
    return [
      fitted((units) =>
        line(
          outcome,
          `${where}: ${shortened(found, units)}, needed ${shortened(needed, Math.max(units, 24))}`,
        ),
      ),
    ];
  }
  const listed = all ? parts : parts.slice(0, partsMax);
  const lines = listed.map((part) => partLine(part, rule, all));
  const more = parts.length - listed.length;
  return more > 0 ? [...lines, line("", `and ${more} more parts`)] : lines;
}

function partLine(part: Part, rule: TracedRule, all: boolean): string {
  const { expression, outcome, error } = part;
  const values = part.values.slice(0, all ? part.values.length : valuesMax);
  return fitted((units) => {
    const told = values.map((value) => `${clipped(value.expression)} = ${valueText(value, units)}`);
    if (error !== undefined) told.unshift(error);
    const what = told.length === 0 ? "" : `: ${told.join(", ")}`;
    return line(outcome, `${clipped(expression)} (${near(part, rule)})${what}`);
  });
}

function limitText(limit: NonNullable<TracedRule["limit"]>): string {
  const { meter, current, amount, max, exceeded, error } = limit;
  if (error !== undefined || current === undefined || amount === undefined) {
    return `${meter}: an error: ${error ?? "unknown"}`;
  }
  const sum = `${meter} has ${current}, this adds ${amount}: ${current + amount}`;
  return `${sum} ${exceeded === true ? "is over" : "is within"} the limit of ${max}`;
}

/** A line with as much of its values as there is room for. */
function fitted(make: (units: number) => string): string {
  let made = "";
  for (const units of valueUnits) {
    made = make(units);
    if (made.length <= widthMax) break;
  }
  return made;
}

/** A value as JSON, one that is long cut and with its length. */
function valueText({ value, cut, error }: TracedValue, units: number): string {
  if (error !== undefined) return `an error: ${error}`;
  if (cut !== undefined) return cutText(cut.text, cut.length, units);
  if (value === undefined) return "absent";
  const text = canonicalJson(value);
  return text.length > units ? cutText(text, text.length, units) : text;
}

/** Words with a value in them, cut where a value would be. */
function shortened(words: string, units: number): string {
  const suffix = /… \(\d+ characters\)$/u.exec(words)?.[0] ?? "";
  const body = words.slice(0, words.length - suffix.length);
  if (body.length <= units * 2) return words;
  return suffix === "" ? cutText(words, words.length, units) : `${body.slice(0, units)}${suffix}`;
}

function cutText(text: string, length: number, units: number): string {
  return `${text.slice(0, units)}… (${length} characters)`;
}

function clipped(expression: string): string {
  return oneLine(expression, 70);
}

/** A place, by line and column alone where the file is the rule's. */
function near({ file, line, column }: Place, rule: Place): string {
  return file === rule.file ? `${line}:${column}` : `${file}:${line}:${column}`;
}

function placeText({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

function line(word: string, text: string): string {
  return `${indent}${word.padEnd(6)} ${text}`;
}
