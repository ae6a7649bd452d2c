import { Command, InvalidArgumentError, Option } from "commander";
import { createEngine, gatherFacts, invalidRequestDecision, readsOrigins } from "@holdfast/engine";
import type { Bundle, CompiledEngine, DecisionInput, Engine, State } from "@holdfast/engine";
import { HoldfastError, parseJson, readRequest } from "@holdfast/model";
import type { Json, JsonObject, Request } from "@holdfast/model";
import { chooseEnvironment, defaultConfiguration, machineFiles } from "@holdfast/runtime";
import { AnswerPrinter, print } from "../check/answer.ts";
import type { AnswerOptions, Checked } from "../check/answer.ts";
import { checkRun } from "../check/run-call.ts";
import type { CommandContext } from "../command-context.ts";
import { exitCode, exitCodeOfEffect } from "../exit-code.ts";
import { factReaderFor } from "../fact-reader.ts";
import { badArguments } from "../failure.ts";
import { readBytes } from "../input-file.ts";
import { inputLines, lineBytesMax } from "../input-lines.ts";
import { outputFormats } from "../output-format.ts";
import { loadPolicies } from "../policies.ts";
import { policyOption } from "../policy-option.ts";
import { readPrompt, withPromptOptions } from "../prompt.ts";
import type { PromptOptions } from "../prompt.ts";
import type { Terminal } from "../terminal.ts";

interface CheckOptions extends PromptOptions, AnswerOptions {
  readonly policy: string;
  readonly request?: string;
  readonly environment?: string;
  readonly now?: string;
  readonly runs?: string;
  readonly run?: string;
  readonly call?: number;
  readonly agent: string;
  readonly toolServer: string;
}

/**
 * `holdfast check`: decides requests against a policy folder and explains. It is a peek: history
 * is empty but for a prompt that is given, nothing is recorded, nothing runs. Facts are those of this
 * machine, as a guard that runs here would find them. With `--runs` it decides calls of a recorded run
 * instead, by what came before them in it.
 */
export function checkCommand(context: CommandContext): Command {
  const command = new Command("check")
    .description(
      "decide one request and explain it, or many as JSON lines on standard input, or calls of a run",
    )
    .addOption(policyOption())
    .option("-r, --request <file>", "one request as JSON; `-` reads it from standard input")
    .option(
      "-e, --environment <name>",
      "environment of requests that name none (default as in `wrap`)",
    )
    .option("--now <time>", "decide as of this RFC 3339 time instead of now")
    .addOption(
      new Option(
        "--runs <file>",
        "decide calls of a run instead: JSON lines, or .gz of them",
      ).conflicts(["request", "prompt", "promptFile", "now"]),
    )
    .option("--run <id>", "with `--runs`: which run (default the only one)")
    .option(
      "--call <n>",
      "with `--runs`: which call, the first is 0 (default each of them)",
      readPlace,
    )
    .option("--agent <id>", "with `--runs`: the agent that acts", "agent")
    .option("--tool-server <name>", "with `--runs`: the server of their tools", "local")
    .option("--explain", "show how the decision came to be: every stage, and the rules with values")
    .option("--all", "with `--explain`: every rule and part, where else what fits a screen")
    .addOption(
      new Option("-o, --output <format>", "how to print")
        .choices([...outputFormats])
        .default("table"),
    )
    .addHelpText("after", examples)
    .action(async (options: CheckOptions) => {
      if (options.all === true && options.explain !== true) {
        throw badArguments("`--all` is about what `--explain` shows; give both");
      }
      const { runs, ...rest } = options;
      if (runs !== undefined) return checkRun(context, { ...rest, runs });
      if (options.run !== undefined || options.call !== undefined) {
        throw badArguments("`--run` and `--call` are about a file of runs; name it with `--runs`");
      }
      const check = await createCheck(options, context.terminal());
      if (options.request === undefined) await checkLines(context, options, check);
      else await checkOne(context, options, { check, path: options.request });
    });
  return withPromptOptions(command);
}

/** What the runtime would open for an action that names no session: one without a past. */
const freshSession = { id: "check", root: "check" };

/**
 * A request that says no more of its agent than the id means the agent of that Agent document,
 * as it does at an enforcement point.
 */
function describedAgent(bundle: Bundle, written: Json, agent: Request["agent"]): Request["agent"] {
  const document = bundle.agents.find(({ name }) => name === agent.id);
  if (document === undefined || Object.keys(memberOf(written, "agent")).length > 1) return agent;
  const { attributes, created, owner, roles, version } = document;
  return { id: agent.id, attributes, created, owner, roles: [...roles], version };
}

function memberOf(value: Json, name: string): JsonObject {
  const member = isObject(value) ? value[name] : undefined;
  return isObject(member) ? member : {};
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const promptless =
  "these policies ask where values come from, and no prompt is given: rules that ask deny or do not " +
  "grant (`--prompt`, `--prompt-file`)";

interface Check {
  readonly engine: CompiledEngine;
  decide(text: Uint8Array): Checked;
}

async function createCheck(options: CheckOptions, terminal: Terminal): Promise<Check> {
  const nowMs = options.now === undefined ? Date.now() : Date.parse(options.now);
  if (Number.isNaN(nowMs)) throw badArguments(`\`${options.now}\` is not an RFC 3339 time`);
  const prompt = readPrompt(options);
  const bundle = loadPolicies(options.policy, terminal);
  if (prompt === undefined && readsOrigins(bundle)) terminal.words(promptless);
  const engine = createEngine(bundle);
  const factReader = await factReaderFor(bundle, machineFiles);
  const environment = chooseEnvironment(options.environment, defaultConfiguration(), bundle);
  const refuse = (problem: string): Checked => ({
    decision: invalidRequestDecision(bundle, problem),
  });
  const decide = (text: Uint8Array): Checked => {
    let value: Json;
    try {
      value = parseJson(text);
    } catch (error) {
      return refuse(`it is not JSON: ${error instanceof Error ? error.message : "unreadable"}`);
    }
    const reading = readRequest(value);
    if (!reading.ok) {
      const problems = reading.problems.map(({ path, message }) => `\`${path}\` ${message}`);
      return refuse(problems.join("; ").slice(0, 1000));
    }
    const agent = describedAgent(bundle, value, reading.request.agent);
    const request = { environment, session: freshSession, ...reading.request, agent };
    const state = stateWith(engine, prompt, { request, nowMs });
    const asked: DecisionInput = { request, external: {}, state, nowMs };
    const { input } = gatherFacts(engine, asked, undefined, factReader);
    return { decision: engine.decide(input), input };
  };
  return { engine, decide };
}

/** A state in which nothing has happened but that the request's user typed the prompt. */
function stateWith(
  engine: Engine,
  prompt: string | undefined,
  { request, nowMs }: { readonly request: Request; readonly nowMs: number },
): State {
  const state = engine.createState();
  const { tenant, session } = request;
  if (prompt === undefined || session === undefined) return state;
  engine.fold(state, {
    kind: "observation",
    sequence: 0,
    nowMs,
    tenant,
    root: session.root ?? session.id,
    seen: "prompt",
    text: prompt,
    source: "operator",
    labels: ["user"],
  });
  return state;
}

async function checkOne(
  context: CommandContext,
  options: CheckOptions,
  { check, path }: { readonly check: Check; readonly path: string },
): Promise<void> {
  const text = path === "-" ? await readAll(context) : readBytes(path);
  const checked = check.decide(text);
  print(context, options, { engine: check.engine, checked });
  context.exit(exitCodeOfEffect(checked.decision.effect));
}

async function checkLines(
  context: CommandContext,
  options: CheckOptions,
  check: Check,
): Promise<void> {
  if (context.host.stdin.isTTY === true) {
    throw badArguments("no request: give `--request <file>`, or JSON lines on standard input");
  }
  let count = 0;
  const printer = new AnswerPrinter(context, options);
  for await (const line of inputLines(context.host.stdin)) {
    count += 1;
    if (
      count === 1 &&
      Buffer.from(line.bytes ?? [])
        .toString()
        .trim() === "{"
    ) {
      context
        .terminal()
        .words("each line is a request; for one over several lines use `--request -`");
    }
    // A line over the limit is undecidable as it stands, and so denied like any broken one.
    const checked = check.decide(line.bytes ?? overlong);
    printer.add({ engine: check.engine, checked });
  }
  if (count === 0) throw badArguments("no request on standard input");
  printer.end();
  context.exit(exitCode.ok);
}

const overlong: Uint8Array = Buffer.from(`line over ${lineBytesMax} bytes`);

/** A place in a run. */
function readPlace(text: string): number {
  if (!/^[0-9]{1,9}$/u.test(text))
    throw new InvalidArgumentError("write the place of a call, from 0");
  return Number(text);
}

async function readAll(context: CommandContext): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  for await (const piece of context.host.stdin) pieces.push(Buffer.from(piece as Uint8Array));
  const text = Buffer.concat(pieces);
  if (text.length > lineBytesMax)
    throw new HoldfastError("request_too_large", "the request is over 16 MiB");
  return text;
}

const examples = `
Examples:
  holdfast check --request call.json                      policies of the folder \`policies\`
  holdfast check --policy rules --request call.json --explain
  holdfast check --request call.json --explain -o json
  holdfast check --request call.json --prompt "answer the mail of ana@corp.example"
  holdfast check --policy learned --runs runs.jsonl --run r7 --call 3 --explain
  printf '%s\\n' "$call1" "$call2" | holdfast check -o jsonl

One request exits with 0 (allow, modify, sandbox), 5 (not allowed) or 6 (pending: step_up,
defer). JSON lines exit with 0 when each got a decision; a line that is no valid request gets
the decision deny, code invalid_request. Calls of a run are decided as \`holdfast replay --runs\`
decides them; one call exits as one request does.
`;
