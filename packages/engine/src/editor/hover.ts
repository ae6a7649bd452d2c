import { typeText } from "../cel/type-text.ts";
import type { Expr, Range } from "../cel/syntax.ts";
import type { PolicyDocument } from "../document/bundle.ts";
import { conditionAt } from "./condition-place.ts";
import { conditionScopes, firstScope } from "./condition-scope.ts";
import { viewCondition } from "./condition-view.ts";
import { definitionAt } from "./navigation.ts";
import type { Cursor } from "./navigation.ts";
import type { Occurrence } from "./occurrence.ts";
import { keyHelp } from "./schema-help.ts";
import type { LooseDocument, PolicySurvey } from "./survey.ts";
import { partsOf } from "./yaml-part.ts";

/** What there is to say of a place: lines of words, and code in backticks. */
export interface Hover {
  readonly lines: readonly string[];
  readonly start: number;
  readonly end: number;
}

/** What stands at the cursor: the type of an expression, what a function, a key or a name is. */
export function hoverAt(survey: PolicySurvey, cursor: Cursor): Hover | undefined {
  const document = documentAt(survey, cursor);
  if (document === undefined) return undefined;
  const names = definitionLines(survey, cursor);
  const condition = conditionHover(document, cursor.offset, survey);
  if (condition !== undefined) return { ...condition, lines: [...names.lines, ...condition.lines] };
  if (names.lines.length > 0) return names;
  return keyHover(document, cursor.offset);
}

/** The document that an offset lies in. */
function documentAt(
  { documents }: PolicySurvey,
  { file, offset }: Cursor,
): LooseDocument | undefined {
  return documents.get(file)?.findLast(({ yaml }) => (yaml.root.range?.[0] ?? 0) <= offset);
}

function conditionHover(
  document: LooseDocument,
  offset: number,
  survey: PolicySurvey,
): Hover | undefined {
  const found = conditionAt(document, offset);
  if (found === undefined) return undefined;
  const { expression } = found.condition;
  const covers = ({ start, end }: Range): boolean => start <= found.at && found.at < end;
  const { parts } = viewCondition(expression.ast, firstScope(document, survey));
  const place = (range: Range) => ({
    start: expression.offsets[range.start] ?? offset,
    end: (expression.offsets[range.end - 1] ?? offset) + 1,
  });
  const called = parts.find(({ expr }) => expr.kind === "call" && covers(expr.functionRange))?.expr;
  const help = called === undefined ? [] : functionLines(called, survey);
  const inner = called ?? parts.find(({ expr }) => covers(expr.range))?.expr;
  if (inner === undefined) return undefined;
  const text = expression.text.slice(inner.range.start, inner.range.end);
  const types = typesOf(inner, document, survey, expression.ast);
  return { lines: [`\`${text}\`: ${types.join(" or ")}`, ...help], ...place(inner.range) };
}

/** The types that an expression has over the tools that its document can meet. */
function typesOf(
  inner: Expr,
  document: LooseDocument,
  survey: PolicySurvey,
  whole: Expr,
): readonly string[] {
  const scopes = conditionScopes(document, survey);
  const described = scopes.filter(({ tool }) => tool !== undefined);
  const found = (described.length > 0 ? described : scopes).map(({ environment }) => {
    const { parts } = viewCondition(whole, environment);
    return parts.find(({ expr }) => expr === inner)?.type;
  });
  return [...new Set(found.map((type) => (type === undefined ? "dyn" : typeText(type))))].slice(
    0,
    4,
  );
}

function functionLines(call: Expr, { environment }: PolicySurvey): readonly string[] {
  if (call.kind !== "call") return [];
  const { target } = call;
  const space = target?.kind === "ident" ? `${target.name}.` : "";
  const { functions } = environment;
  const found = functions.get(`${space}${call.function}`) ?? functions.get(call.function);
  if (found === undefined) return [];
  return [
    found.summary,
    ...found.overloads
      .slice(0, 6)
      .map(({ text }) => `\`${found.name}${text.startsWith("(") ? "" : ": "}${text}\``),
  ];
}

function definitionLines(survey: PolicySurvey, cursor: Cursor): Hover {
  const definitions = definitionAt(survey, cursor).slice(0, 4);
  const lines = definitions.flatMap((definition) => linesOf(definition, survey));
  return { lines, start: cursor.offset, end: cursor.offset };
}

function linesOf({ kind, name, file, start }: Occurrence, survey: PolicySurvey): readonly string[] {
  const document = documentAt(survey, { file, offset: start });
  if (document === undefined) return [];
  const { line } = document.yaml.file.span(start, start).start;
  if (kind === "role") return [`a role of agent \`${document.name}\`, ${file}:${line}`];
  const typed = [...survey.set.marks.placed.keys()].find(
    (each) => each.kind === document.kind && each.name === document.name,
  );
  const more = typed === undefined ? [] : describe(typed);
  return [`${kind} \`${name}\`, ${file}:${line}`, ...more];
}

/** What a document says of itself, in a line or two. */
function describe(document: PolicyDocument): readonly string[] {
  const own =
    "description" in document && document.description !== undefined ? [document.description] : [];
  switch (document.kind) {
    case "Tool": {
      const args = Object.keys(member(document.schema, "properties"));
      const takes =
        args.length === 0 ? [] : [`arguments: ${args.map((arg) => `\`${arg}\``).join(", ")}`];
      return [
        ...own,
        `labels: ${document.labels.map((label) => `\`${label}\``).join(", ")}`,
        ...takes,
      ];
    }
    case "Event":
      return [
        ...own,
        `occurs at ${document.at}${document.when === undefined ? "" : `, when \`${document.when.text}\``}`,
      ];
    case "Meter":
      return [...own, `charges \`${document.reserve?.text ?? "1"}\``];
    case "List":
      return [...own, `${document.type}, ${document.items.length} entries`];
    case "Group":
      return [...own, `members: ${document.members.slice(0, 8).join(", ")}`];
    case "Sandbox":
      return [...own, `rank ${document.rank}, covers ${Object.keys(document.covers).join(", ")}`];
    case "Agent":
    case "Boundary":
    case "External":
    case "Policy":
    case "PolicyTest":
    case "Resource":
    case "Settings":
      return own;
  }
}

function member(schema: unknown, key: string): object {
  if (typeof schema !== "object" || schema === null) return {};
  const found: unknown = Object.entries(schema).find(([name]) => name === key)?.[1];
  return typeof found === "object" && found !== null ? found : {};
}

function keyHover({ kind, yaml }: LooseDocument, offset: number): Hover | undefined {
  if (kind === undefined) return undefined;
  const part = partsOf(yaml.root).find(({ scalar, isKey }) => {
    const [start, end] = scalar.range ?? [0, 0];
    return isKey && start <= offset && offset <= end;
  });
  const help = part === undefined ? "" : keyHelp(kind, part.path, yaml);
  if (part === undefined || help === "") return undefined;
  const [start, end] = part.scalar.range ?? [0, 0];
  return { lines: [help], start, end };
}
