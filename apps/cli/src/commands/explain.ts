import { Command, Option } from "commander";
import { nearestName, printable } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import type { CommandContext } from "../command-context.ts";
import { NamedArgument } from "../completion/known-values.ts";
import { explainedCodes } from "../explanation/explanations.ts";
import type { CodeOrigin, ExplainedCode } from "../explanation/explanations.ts";
import { badArguments } from "../failure.ts";
import { outputFormats, renderData } from "../output-format.ts";
import type { OutputFormat } from "../output-format.ts";
import { wrapped } from "../paragraph.ts";
import type { Terminal } from "../terminal.ts";

/** `holdfast explain`: what a code means, with an example that gets it and its mend. */
export function explainCommand(context: CommandContext): Command {
  return new Command("explain")
    .description("say what a code of the compiler, of lint or of a decision means")
    .addArgument(
      new NamedArgument(
        "[code]",
        "such as `unknown_tool`, `claims_in_allow` or `default_deny`",
        () => explainedCodes().map(({ code }) => code),
      ),
    )
    .addOption(
      new Option("-o, --output <format>", "how to print")
        .choices([...outputFormats])
        .default("table"),
    )
    .addHelpText("after", examples)
    .action((code: string | undefined, { output }: { readonly output: OutputFormat }) => {
      const all = explainedCodes();
      const chosen = code === undefined ? all : [codeOf(code, all)];
      const terminal = context.terminal();
      if (output === "jsonl") {
        for (const each of chosen) terminal.data(renderData(dataOf(each), output));
      } else if (output !== "table") {
        const data = chosen.map((each) => dataOf(each));
        terminal.data(renderData(code === undefined ? data : (data[0] ?? null), output));
      } else if (code === undefined) printList(chosen, terminal);
      else for (const each of chosen) terminal.data(pageOf(each, terminal));
    });
}

function codeOf(code: string, all: readonly ExplainedCode[]): ExplainedCode {
  const found = all.find((each) => each.code === code);
  if (found !== undefined) return found;
  const near = nearestName(
    code,
    all.map((each) => each.code),
  );
  const hint = near === undefined ? "`holdfast explain` lists them" : `did you mean \`${near}\`?`;
  throw badArguments(`unknown code \`${code}\`; ${hint}`);
}

const headings: Readonly<Record<CodeOrigin, string>> = {
  compiler: "Codes of the compiler: the policies are not put in force",
  lint: "Codes of lint",
  decision: "Reason codes of decisions",
};

function printList(all: readonly ExplainedCode[], terminal: Terminal): void {
  const width = Math.max(...all.map(({ code }) => code.length));
  for (const [origin, heading] of Object.entries(headings)) {
    terminal.data(terminal.colors.bold(heading));
    for (const each of all.filter((one) => one.origin === origin)) {
      terminal.data(`  ${each.code.padEnd(width)}  ${summaryOf(each)}`);
    }
    terminal.data("");
  }
}

/** One line: the title, or the first sentence of what it means. */
function summaryOf({ title, level, means }: ExplainedCode): string {
  const text = title ?? (/^.*?[.:](?= |$)/u.exec(means)?.[0] ?? means).replace(/[.:]$/u, "");
  return level === undefined ? text : `${text} (${level})`;
}

const lineWidth = 88;

function pageOf(each: ExplainedCode, { colors }: Terminal): string {
  const { code, origin, level, means, frame, bad, mend } = each;
  const kind = level === undefined ? origin : `${origin}, ${level}`;
  const lines = [`${colors.bold(code)}  ${colors.dim(kind)}`, "", ...wrapped(means, lineWidth)];
  if (frame === "none") return lines.join("\n");
  return [
    ...lines,
    "",
    origin === "decision" ? "This gets it:" : "Instead of",
    "",
    ...snippet(bad, frame),
    "",
    origin === "decision" ? "and this does not:" : "write",
    "",
    ...snippet(mend, frame),
  ].join("\n");
}

function snippet(text: string, frame: ExplainedCode["frame"]): readonly string[] {
  const lines = text.split("\n").map((line) => `    ${printable(line)}`);
  return frame === "condition" ? lines.map((line) => line.replace("    ", "    when: ")) : lines;
}

function dataOf({ code, origin, level, title, means, frame, bad, mend }: ExplainedCode): Json {
  return {
    code,
    origin,
    ...(level === undefined ? {} : { level }),
    ...(title === undefined ? {} : { title }),
    means,
    ...(frame === "none" ? {} : { frame, bad, mend }),
  };
}

const examples = `
Examples:
  holdfast explain                    list all codes
  holdfast explain event_polarity     what it means, an example and its mend
  holdfast explain default_deny -o json
`;
