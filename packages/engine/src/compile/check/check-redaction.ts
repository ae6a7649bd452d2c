import { nearestName, readRedactionPath } from "@holdfast/model";
import type { RedactionPath, Span } from "@holdfast/model";
import { references } from "../../cel/reference.ts";
import type { CelType } from "../../cel/type.ts";
import type { Expression } from "../../document/expression.ts";
import type { KeyPart } from "../../document/history.ts";
import type { Tool } from "../../document/kinds.ts";
import type { Match, Policy } from "../../document/policy.ts";
import { didYouMean } from "../report.ts";
import { stepInto } from "./check-modifications.ts";
import { matchedTools } from "./matched-tools.ts";
import { documentKeySpan, documentSpan, expressionSpan, isSound } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { ruleExpressions, variableOf } from "./rule-expressions.ts";
import { schemaType } from "./schema-type.ts";

/**
 * What records do not keep: every path below `args` is one that the schema knows, and nothing that
 * outlives the action reads it. History is folded from records, so it would differ after a restart, and
 * reasons, values that are set and fallbacks would carry the value on. Conditions may read it.
 */
export function checkRedaction(set: PolicySet): void {
  const { tools, events, meters, policies } = set.bundle;
  for (const tool of tools) {
    for (const [index, path] of tool.log.redact.entries()) {
      checkPath(tool, path, documentSpan(tool, ["spec", "log", "redact", index], set), set);
    }
    for (const path of Object.keys(tool.log.classes)) {
      checkPath(tool, path, documentKeySpan(tool, ["spec", "log", "classes", path], set), set);
    }
  }
  const redacting = tools.filter(({ redact }) => redact.length > 0);
  if (redacting.length === 0) return;
  for (const tool of redacting) {
    for (const { id } of tool.resources) demandUnread(id, [tool], set);
  }
  const among = (match: Match): readonly Tool[] =>
    matchedTools(match, set.bundle).tools.filter((tool) => redacting.includes(tool));
  for (const event of events) {
    const tools = among(event.match);
    if (event.when !== undefined) demandUnread(event.when, tools, set);
    checkKey(event, tools, set);
  }
  for (const meter of meters) {
    const tools = among(meter.match);
    for (const amount of [meter.reserve, meter.settle]) {
      if (amount !== undefined) demandUnread(amount, tools, set);
    }
    checkKey(meter, tools, set);
  }
  for (const policy of policies) checkRules(policy, among(policy.match), set);
}

function checkRules(policy: Policy, tools: readonly Tool[], set: PolicySet): void {
  if (tools.length === 0) return;
  for (const rule of policy.rules) {
    for (const { use, expression } of ruleExpressions(rule)) {
      if (use !== "when") demandUnread(expression, tools, set, policy);
    }
  }
}

type Keyed = PolicySet["bundle"]["events"][number] | PolicySet["bundle"]["meters"][number];

function checkKey(document: Keyed, tools: readonly Tool[], set: PolicySet): void {
  for (const [index, part] of document.key.entries()) {
    const path = pathOfPart(part);
    const found = path === undefined ? undefined : redactedBy(path, tools);
    if (found === undefined) continue;
    tell(found, documentSpan(document, ["spec", "key", index], set), set);
  }
}

function pathOfPart(part: KeyPart): readonly string[] | undefined {
  return typeof part === "string" ? undefined : ["args", ...part.args];
}

/** Where an expression, or a variable that it reads, reads what one of the tools redacts. */
function demandUnread(
  expression: Expression,
  tools: readonly Tool[],
  set: PolicySet,
  policy?: Policy,
): void {
  if (tools.length === 0 || !isSound(expression, set)) return;
  for (const { path, range } of references(expression.ast).paths) {
    const found = redactedBy(path, tools) ?? throughVariable(path, tools, policy, set);
    if (found !== undefined) tell(found, expressionSpan(expression, range, set), set);
  }
}

function throughVariable(
  [root, name = ""]: readonly string[],
  tools: readonly Tool[],
  policy: Policy | undefined,
  set: PolicySet,
  seen: ReadonlySet<string> = new Set(),
): Found | undefined {
  if (root !== "variables" || policy === undefined || seen.has(name)) return undefined;
  const variable = variableOf(policy, name);
  if (variable === undefined || !isSound(variable, set)) return undefined;
  const further = new Set([...seen, name]);
  for (const { path } of references(variable.ast).paths) {
    const found = redactedBy(path, tools) ?? throughVariable(path, tools, policy, set, further);
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Found {
  readonly tool: Tool;
  readonly path: string;
}

function redactedBy(read: readonly string[], tools: readonly Tool[]): Found | undefined {
  for (const tool of tools) {
    const path = tool.redact.find((each) => meets(read, readRedactionPath(each)));
    if (path !== undefined) return { tool, path };
  }
  return undefined;
}

/** Whether a path that is read leads to, through or below one that is redacted. */
function meets([root, ...steps]: readonly string[], redacted: RedactionPath | undefined): boolean {
  if (redacted === undefined) return false;
  if ((root === "original" ? "args" : root) !== redacted.root) return false;
  // Names go through lists, whether or not the path says so.
  const names = redacted.steps.filter((step) => step !== "[]");
  const read = steps.filter((step) => step !== "*");
  if (read.length < steps.length) return read.length === 0 || names.includes(read[0] ?? "");
  return names.every((name, place) => read[place] === undefined || read[place] === name);
}

function tell({ tool, path }: Found, span: ReturnType<typeof documentSpan>, set: PolicySet): void {
  const message = `\`${path}\` of \`${tool.name}\` is redacted, and cannot be read here`;
  const suggestion = "read it in `when` alone: nothing else may keep or tell what records do not";
  set.report.error("redacted_read", message, span, { suggestion });
}

function checkPath(tool: Tool, path: string, span: Span, set: PolicySet): void {
  const read = readRedactionPath(path);
  if (read?.root !== "args" || tool.schema === undefined) return;
  let type: CelType = schemaType(tool.schema, `${tool.name} args`);
  for (const step of read.steps) {
    while (type.kind === "list" || type.kind === "nullable") {
      type = type.kind === "list" ? type.element : type.of;
    }
    if (step === "[]") continue;
    const next = stepInto(type, step);
    if (typeof next === "string") {
      const near = nearestName(step, type.kind === "object" ? type.fields.keys() : []);
      const message = `\`${path}\` is not declared by the schema of \`${tool.name}\``;
      set.report.error("unknown_argument", message, span, { suggestion: didYouMean(near) });
      return;
    }
    type = next.type;
  }
}
