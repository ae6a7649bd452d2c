import type { Assignment, Command, CommandNode, Redirection, Statement, Word } from "unbash";
import { arithmeticValue } from "./arithmetic-value.ts";
import { isPlainVariable } from "./plain-variable.ts";
import type { Frame, ShellReading, ShellRedirect } from "./shell-reading.ts";
import { isWrittenPlainly } from "./shell-reading.ts";
import { ShellRefusal } from "./shell-refusal.ts";
import type { ShellWord } from "./shell-word.ts";
import { plainWord, unknownText } from "./shell-word.ts";
import { noteCommand } from "./simple-command.ts";
import { walkTest } from "./test-expression.ts";
import { WordReader } from "./word-reader.ts";

type PipelineNode = Statement["command"];

/** Walks statements and notes every simple command that they can run. */
export function walkStatements(
  reading: ShellReading,
  statements: readonly Statement[],
  frame: Frame,
): void {
  for (const { command, background } of statements) {
    if (background === true) reading.constructs.add("background");
    walkPipelines(reading, command, frame);
  }
  if (statements.length > 1) reading.constructs.add("list");
}

function walkPipelines(reading: ShellReading, node: PipelineNode, frame: Frame): void {
  if (node.type === "AndOr") {
    reading.constructs.add("list");
    for (const command of node.commands) walkPipelines(reading, command, frame);
  } else if (node.type === "Pipeline") {
    if (node.commands.length > 1) reading.constructs.add("pipeline");
    for (const { type } of node.prefixes) {
      reading.constructs.add(type === "Time" ? "time" : "negation");
    }
    for (const command of node.commands) walkCommand(reading, command, frame);
  } else walkCommand(reading, node, frame);
}

/** The constructs of compound commands, by their names in the fact. */
const constructNames = {
  If: "if",
  For: "for",
  ArithmeticFor: "arithmetic_for",
  Select: "select",
  Subshell: "subshell",
  BraceGroup: "group",
  Case: "case",
  TestCommand: "test",
  ArithmeticCommand: "arithmetic_command",
  Function: "function",
  Coproc: "coproc",
} as const;

function walkCommand(reading: ShellReading, node: CommandNode, frame: Frame): void {
  if (node.type === "Command") return walkSimple(reading, node, frame);
  if (node.type === "Redirected") {
    const words = new WordReader(reading, frame);
    for (const redirect of node.redirects) walkRedirect(reading, redirect, words, frame);
    return walkCommand(reading, node.command, frame);
  }
  reading.constructs.add(node.type === "While" ? node.kind : constructNames[node.type]);
  const inner = reading.deeper(frame);
  const words = new WordReader(reading, frame);
  const body = (list: { readonly commands: readonly Statement[] }, within = inner): void =>
    walkStatements(reading, list.commands, within);
  switch (node.type) {
    case "If":
      for (const part of [node.clause, node.then]) body(part);
      for (const { clause, then } of node.elif) {
        body(clause);
        body(then);
      }
      if (node.else !== undefined) body(node.else);
      return;
    case "While":
      body(node.clause);
      return body(node.body);
    case "Subshell":
    case "BraceGroup":
      return body(node.body);
    case "Case":
      words.single(node.word);
      for (const item of node.items) {
        for (const pattern of item.pattern) words.single(pattern);
        body(item.body);
      }
      return;
    case "TestCommand":
      return walkTest(node.expression, words, reading);
    case "ArithmeticCommand":
      if (arithmeticValue(node.expression) === undefined) {
        reading.cannotTell("arithmetic on what is not a number");
      }
      return;
    case "For":
      return walkFor(reading, node, words, inner);
    case "Select":
      for (const word of node.wordlist ?? []) words.words(word);
      reading.cannotTell("a variable that somebody chooses");
      return body(node.body);
    case "ArithmeticFor":
      reading.cannotTell("arithmetic on what is not a number");
      return body(node.body);
    case "Function":
      reading.cannotTell("a function, which gives a name another meaning");
      return walkAny(reading, node.body, inner);
    case "Coproc":
      if (node.name !== undefined) words.single(node.name);
      return walkAny(reading, node.body, inner);
  }
}

function walkAny(
  reading: ShellReading,
  node: CommandNode | { readonly type: "CompoundList" },
  frame: Frame,
): void {
  if (node.type === "CompoundList") {
    throw new ShellRefusal("invalid", "the command does not parse");
  }
  walkCommand(reading, node, frame);
}

/** Walks the body once for each value that the variable takes, if all of them are known. */
function walkFor(
  reading: ShellReading,
  node: Extract<CommandNode, { type: "For" }>,
  words: WordReader,
  frame: Frame,
): void {
  const name = node.name.text;
  const values = node.wordlist?.flatMap((word) => words.words(word));
  const body = (variables: ReadonlyMap<string, string>): void =>
    walkStatements(reading, node.body.commands, { ...frame, variables });
  if (!isPlainVariable(name)) reading.cannotTell("a variable that changes what programs do");
  if (frame.variables.has(name)) reading.cannotTell("a loop variable that is set again");
  const known = values?.every((value) => !value.unknown && !value.glob && !value.pipe) ?? false;
  if (values === undefined || !known || values.length === 0) {
    const others = new Map(frame.variables);
    others.delete(name);
    return body(others);
  }
  for (const value of new Set(values.map(({ text }) => text))) {
    body(new Map([...frame.variables, [name, value]]));
  }
}

function walkSimple(reading: ShellReading, node: Command, frame: Frame): void {
  reading.count(node);
  const words = new WordReader(reading, frame);
  const env: Record<string, string> = Object.create(null) as Record<string, string>;
  const redirects: ShellRedirect[] = [];
  for (const part of node.prefix) {
    if (part.type === "Assignment") walkAssignment(reading, part, words, frame, env);
    else redirects.push(...walkRedirect(reading, part, words, frame));
  }
  const named = node.name === undefined ? [] : words.words(node.name);
  if (node.name !== undefined && named.length !== 1) {
    reading.cannotTell("a program whose name is several words, or none");
  }
  const given: ShellWord[] = [...named];
  for (const part of node.suffix) {
    if (part.type === "Word") given.push(...words.words(part));
    else if (part.type === "Assignment") {
      walkAssignment(reading, part, words, frame, Object.create(null) as Record<string, string>);
      given.push(plainWord(part.text));
    } else redirects.push(...walkRedirect(reading, part, words, frame));
  }
  if (node.name === undefined) {
    reading.constructs.add(Object.keys(env).length > 0 ? "assignment" : "redirect_only");
    if (!Object.keys(env).every(isPlainVariable)) {
      reading.cannotTell("a variable that changes what programs do");
    }
  }
  const written = [...(node.name === undefined ? [] : [node.name]), ...node.suffix];
  if (written.some((part, index) => part.pos === written[index - 1]?.end && part.type === "Word")) {
    reading.cannotTell("words with nothing between them");
  }
  // WHY: the parser looks for a function there, and forgets the parenthesis when there is none.
  const [next] = node.suffix;
  const gap = next === undefined ? "" : reading.source.slice(node.name?.end ?? next.pos, next.pos);
  if (gap.includes("(")) {
    reading.cannotTell("a parenthesis behind the name of a program");
  }
  const bare =
    node.name !== undefined && isWrittenPlainly(node.name) && !node.name.text.includes("/");
  noteCommand(given, frame, reading, { env, redirects, bare });
}

function walkAssignment(
  reading: ShellReading,
  node: Assignment,
  words: WordReader,
  frame: Frame,
  env: Record<string, string>,
): void {
  const { value } = node;
  if (node.index !== undefined) words.single(node.index);
  if (value.type === "ArrayValue") for (const element of value.elements) words.words(element);
  if (node.index !== undefined || value.type === "ArrayValue" || node.append === true) {
    reading.cannotTell("a variable that is changed in part");
  }
  if (frame.variables.has(node.name)) reading.cannotTell("a loop variable that is set again");
  env[node.name] = value.type === "ArrayValue" ? unknownText : words.single(value, true).text;
}

/** Notes a redirection; what the command shows of it. */
function walkRedirect(
  reading: ShellReading,
  node: Redirection,
  words: WordReader,
  frame: Frame,
): readonly ShellRedirect[] {
  if (node.descriptor?.type === "FileDescriptorVariable") {
    reading.cannotTell("a variable that is set to a file descriptor");
  }
  const redirect = readRedirect(reading, node, words, frame);
  reading.redirect(redirect);
  return [redirect];
}

function readRedirect(
  reading: ShellReading,
  node: Redirection,
  words: WordReader,
  frame: Frame,
): ShellRedirect {
  if (node.type === "HereDoc") {
    reading.constructs.add("here_document");
    if (node.body.parts !== undefined && node.delimiter?.quoted !== true) {
      new WordReader(reading, { ...frame, nested: true }).body(node.body.parts);
    }
    return { op: node.operator, path: "" };
  }
  if (node.type === "HereString") {
    reading.constructs.add("here_string");
    if (node.target !== undefined) words.single(node.target);
    return { op: node.operator, path: "" };
  }
  const target = node.target === undefined ? undefined : onlyWord(reading, node.target, words);
  if (target === undefined) throw new ShellRefusal("invalid", "a redirection without a target");
  const { operator } = node;
  const duplicates = operator === "<&" || operator === ">&";
  if (duplicates && /^(?:\d{1,3}-?|-)$/.test(target.text))
    return { op: operator, path: target.text };
  if (operator === "<&") reading.cannotTell("a file descriptor that is not known");
  if (operator === "<" || operator === "<>") reading.path(target, "read");
  if (operator !== "<" && operator !== "<&") reading.path(target, "write");
  if (/^\/dev\/(?:tcp|udp)\//.test(target.text)) reading.network = true;
  return { op: operator === ">&" ? "&>" : operator, path: target.text };
}

/** The one word that a target of a redirection is. */
function onlyWord(reading: ShellReading, word: Word, words: WordReader): ShellWord {
  const [only, ...others] = words.words(word);
  if (only === undefined || others.length > 0 || only.glob || (only.unknown && !only.pipe)) {
    reading.cannotTell("a redirection to what is only known when it runs");
  }
  return only ?? plainWord("");
}
