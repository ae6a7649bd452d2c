import { parse } from "yaml";
import { copyJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import type { LearnedRun } from "./learned-run.ts";

/** What a recorder may cut a long text at, so that its end is no whole line. */
const cutUnitsMin = 3_900;

/** Lines at the end of a cut text that are left out, one after the other, until it parses. */
const cutLinesMax = 12;

/** The share of a tool's results that have to be structured. */
const structuredShare = 0.9;

/** A text as frameworks wrap one to set it off. */
const wrapped = /^<<(?<inner>[\s\S]*)>>$/u;

/** What stands in place of a result that somebody kept back. */
const standIn = /^<[^<>\n]*>$/u;

/**
 * The object or list that a text is as YAML, which frameworks write structured results in for a model to
 * read. `undefined` for any other text. Only for tools whose results are known to be structured
 * (`structuredTools`): of a document somebody else wrote its form says nothing.
 */
function structuredText(text: string): Json | undefined {
  let rest = (wrapped.exec(text)?.groups?.["inner"] ?? text).trim();
  if (!/^(?:- |\{|\[|["'A-Za-z_][^\n]*:(?:\s|$))/u.test(rest)) return undefined;
  const isCut = text.length >= cutUnitsMin;
  for (let left = isCut ? cutLinesMax : 1; left > 0 && rest !== ""; left -= 1) {
    const read = parsed(rest);
    if (read !== undefined) return typeof read === "object" && read !== null ? read : undefined;
    rest = rest.slice(0, Math.max(0, rest.lastIndexOf("\n")));
  }
  return undefined;
}

function parsed(text: string): Json | undefined {
  try {
    const options = {
      schema: "core",
      maxAliasCount: 0,
      logLevel: "error",
      // To compare each key with all before it takes square time; of two that are alike the last counts.
      uniqueKeys: false,
    } as const;
    return copyJson(parse(text, options));
  } catch {
    return undefined;
  }
}

/** The tools that answer with structured data: nearly all of their results in these runs are. */
export function structuredTools(runs: readonly LearnedRun[]): ReadonlySet<string> {
  const counts = new Map<string, { all: number; structured: number }>();
  for (const { tool, result, error } of runs.flatMap(({ calls }) => calls)) {
    if (typeof result !== "string" || standIn.test(result)) continue;
    if (error !== undefined && error !== null) continue;
    const count = counts.get(tool) ?? { all: 0, structured: 0 };
    count.all += 1;
    if (structuredText(result) !== undefined) count.structured += 1;
    counts.set(tool, count);
  }
  const isStructured = ({ all, structured }: { all: number; structured: number }): boolean =>
    structured / all >= structuredShare;
  return new Set([...counts].filter(([, count]) => isStructured(count)).map(([tool]) => tool));
}

/** A run with the texts of these tools as the data that they are. */
export function withStructuredResults<T extends LearnedRun>(run: T, tools: ReadonlySet<string>): T {
  const calls = run.calls.map((call) => {
    if (typeof call.result !== "string" || !tools.has(call.tool)) return call;
    return { ...call, result: structuredText(call.result) ?? call.result };
  });
  return { ...run, calls };
}
