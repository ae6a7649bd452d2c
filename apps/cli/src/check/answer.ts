import { refusedTrace, renderExplanation, renderTrace } from "@holdfast/engine";
import type { CompiledEngine, DecisionInput } from "@holdfast/engine";
import { copyJson, printable } from "@holdfast/model";
import type { Decision, DecisionTrace, Json } from "@holdfast/model";
import type { CommandContext } from "../command-context.ts";
import { renderData } from "../output-format.ts";
import type { OutputFormat } from "../output-format.ts";

/** How answers are shown. */
export interface AnswerOptions {
  readonly output: OutputFormat;
  readonly explain?: boolean;
  readonly all?: boolean;
}

/** What one text was decided to be; `input` is absent when it was no valid request. */
export interface Checked {
  readonly decision: Decision;
  readonly input?: DecisionInput;
}

/** What was decided, and by which engine. */
export interface Answer {
  readonly engine: CompiledEngine;
  readonly checked: Checked;
  /** which of several it is, above its text; data has no place for it */
  readonly title?: string;
}

/** Prints one answer. */
export function print(context: CommandContext, options: AnswerOptions, answer: Answer): void {
  const { engine, checked, title } = answer;
  const { decision, input } = checked;
  const terminal = context.terminal();
  if (options.output !== "table") {
    terminal.data(renderData(dataOf(options, answer), options.output));
    return;
  }
  if (title !== undefined) terminal.data(printable(title));
  if (options.explain === true) {
    terminal.data(renderTrace(traceOf(answer), { all: options.all === true }));
    return;
  }
  const explanation =
    input === undefined ? { determining: [], matched: [], errors: [] } : engine.explain(input);
  terminal.data(renderExplanation(decision, explanation));
}

/** Prints answers as they come; JSON and YAML as one document, so that a reader of either can read it whole. */
export class AnswerPrinter {
  readonly #context: CommandContext;
  readonly #options: AnswerOptions;
  readonly #held: Json[] = [];

  constructor(context: CommandContext, options: AnswerOptions) {
    this.#context = context;
    this.#options = options;
  }

  add(answer: Answer): void {
    const { output } = this.#options;
    if (output === "json" || output === "yaml") this.#held.push(dataOf(this.#options, answer));
    else print(this.#context, this.#options, answer);
  }

  end(): void {
    if (this.#held.length === 0) return;
    const { output } = this.#options;
    this.#context.terminal().data(renderData(this.#held, output === "yaml" ? "yaml" : "json"));
  }
}

/** The decision as data, or the whole trace of it. */
function dataOf(options: AnswerOptions, answer: Answer): Json {
  return copyJson(options.explain === true ? traceOf(answer) : answer.checked.decision);
}

function traceOf({ engine, checked }: Answer): DecisionTrace {
  const { decision, input } = checked;
  if (input !== undefined) return engine.trace(input);
  const rules = engine.bundle.policies.map((policy) => policy.rules.length);
  const rulesTotal = rules.reduce((sum, count) => sum + count, 0);
  return refusedTrace(decision, decision.reason, rulesTotal);
}
