import { lowerAscii } from "@holdfast/model";
import { visit } from "yaml";
import type { Document, YAMLError } from "yaml";
import type { Report } from "./report.ts";
import type { SourceFile } from "./source-file.ts";

const colonHelp = 'put the value in quotes: ": " ends a plain value';

const indentHelp =
  "what belongs together begins in one column; keys in a list stand two columns behind the `-`";

/** Reports what the YAML parser found wrong with a document, in our words and with what to do. */
export function reportProblems(document: Document, file: SourceFile, report: Report): void {
  // What the parser says behind its first error is about text it no longer understands.
  const errors = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  // Behind a tab the parser blames the line above for what the tab has done.
  const error = errors.find(({ code }) => code === "TAB_AS_INDENT") ?? errors[0];
  for (const warning of document.warnings) reportProblem(warning, document, file, report);
  if (error === undefined) return;
  // Behind `when: !has(x) || y` the parser stumbles over the rest of what it took for a tag.
  const ofTag = document.warnings.some(
    ({ code, pos: [from] }) =>
      code === "TAG_RESOLVE_FAILED" &&
      from <= error.pos[0] &&
      !file.text.slice(from, error.pos[0]).includes("\n"),
  );
  if (!ofTag) reportProblem(error, document, file, report);
}

function reportProblem(
  problem: YAMLError,
  document: Document,
  file: SourceFile,
  report: Report,
): void {
  const [start, end] = problemRange(problem, document, file.text);
  const span = file.span(start, Math.max(end, start + 1));
  if (problem.code === "TAG_RESOLVE_FAILED") {
    const tag = file.text.slice(start, end).trim();
    const suggestion = isCondition(tag, file.text.slice(end))
      ? "put the condition in quotes: YAML reads a leading ! as a tag"
      : "leave the tag out";
    report.error("yaml_tag", `unknown tag \`${tag}\``, span, { suggestion });
    return;
  }
  const suggestion = suggestionFor(problem, file.text);
  report.error("yaml_syntax", sentence(problem.message), span, { suggestion });
}

/** Whether what was read as a tag is more likely the beginning of a condition. */
function isCondition(tag: string, rest: string): boolean {
  if (/^!(?:!|<)/u.test(tag)) return false;
  return /[.([]/u.test(tag) || /^[ \t]+[^\s[{#]/u.test(rest);
}

function isListGap(message: string): boolean {
  return message.startsWith("Sequence item without");
}

function suggestionFor({ code, message, pos: [at] }: YAMLError, text: string): string | undefined {
  const before = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
  const behind = /^[^\n]*/u.exec(text.slice(at))?.[0] ?? "";
  if (code === "TAB_AS_INDENT" || /^ *\t\s*$/u.test(before)) return "use spaces";
  if (/at node end/u.test(message)) {
    const quotes = `${before}${behind}`.includes('"') ? "single quotes" : "quotes";
    return `the text ends before this, put all of it in ${quotes}`;
  }
  if (code === "BAD_INDENT" || isListGap(message)) return indentHelp;
  if (code !== "BLOCK_AS_IMPLICIT_KEY" && code !== "BLOCK_IN_FLOW") return undefined;
  // The same message stands for a key that is indented too far; no colon is to blame then.
  return /:(?:\s|$)/u.test(behind) ? colonHelp : indentHelp;
}

/** A quote that never closes is shown where it opens, a wrong indentation where the text begins. */
function problemRange(
  problem: YAMLError,
  document: Document,
  text: string,
): readonly [number, number] {
  const [start, end] = problem.pos;
  if (problem.code === "BAD_INDENT" || isListGap(problem.message)) {
    const key = start + (/^ */u.exec(text.slice(start))?.[0].length ?? 0);
    return [key, key];
  }
  let opened: number | undefined;
  visit(document, {
    Scalar: (_, { type, range }) => {
      const quoted = type === "QUOTE_DOUBLE" || type === "QUOTE_SINGLE";
      if (quoted && range !== undefined && range !== null && range[1] === start) opened = range[0];
    },
  });
  return opened === undefined || problem.code !== "MISSING_CHAR" ? [start, end] : [opened, opened];
}

/** The parser's words in our form: lower case, no final period, one line. */
function sentence(message: string): string {
  const words = message
    .replace(/^Missing closing (["'])quote$/u, "the quote $1 is never closed")
    .replace(
      /^(?:Nested mappings are not allowed in compact mappings|Block collections are not allowed within flow collections)$/u,
      "a map begins where it cannot",
    )
    .replace(
      /^Sequence item without - indicator$/u,
      "a line of a list begins with neither `-` nor the column of the keys behind it",
    )
    .replace(/^Unexpected scalar at node end$/u, "more text stands behind the value")
    .replace(/^Unexpected flow-(seq|map)-start at node end$/u, (_, kind: string) =>
      kind === "seq" ? "`[` cannot stand behind a value" : "`{` cannot stand behind a value",
    );
  const line = words.replaceAll(/\s+/gu, " ").trim().replace(/\.$/u, "");
  return lowerAscii(line.charAt(0)) + line.slice(1);
}
