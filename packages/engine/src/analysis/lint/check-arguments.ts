import type { Expr } from "../../cel/syntax.ts";
import { walkDirected } from "../../compile/check/direction.ts";
import { variableOf } from "../../compile/check/rule-expressions.ts";
import { callOf, pathOf } from "../../compile/check/syntax-walk.ts";
import { argumentsType } from "../../compile/check/type-scope.ts";
import type { CelType } from "../../cel/type.ts";
import type { ArgumentUse, Tool } from "../../document/kinds.ts";
import { argumentWords } from "./argument-word.ts";
import { partSpan } from "./lint-set.ts";
import type { LintSet, PlacedRule } from "./lint-set.ts";

/** How conditions look at arguments: as text where a fact exists, and by their mere presence. */
export function checkArguments(set: LintSet): void {
  const annotated = set.bundle.tools.some((tool) => Object.keys(tool.arguments).length > 0);
  const types = new Map<Tool, CelType>();
  const typeOf = (tool: Tool): CelType => {
    const known = types.get(tool) ?? argumentsType(tool);
    types.set(tool, known);
    return known;
  };
  for (const placed of set.rules) {
    if (annotated) checkRawText(placed, set);
    if (placed.rule.effect !== "allow") checkPresence(placed, typeOf, set);
  }
}

/** Functions that judge text letter by letter. */
const textFunctions: ReadonlySet<string> = new Set([
  "contains",
  "endsWith",
  "glob",
  "indexOf",
  "lastIndexOf",
  "matches",
  "replace",
  "split",
  "startsWith",
  "substring",
]);

const instead: Readonly<Record<ArgumentUse, string | undefined>> = {
  shell: "read `shell.commands`, `shell.writes` and `shell.network`, which are parsed",
  sql: "read `sql.statements` and `sql.writes`, which are parsed",
  path: "use `paths` and `under(p, root)`, which see through `..` and links",
  url: "use `urls`, whose `host`, `port` and `path` are parsed, and `domain(host, suffix)`",
  k8s: "read `k8s`, which is parsed",
  content: undefined,
};

/** A command, a path or a URL has many spellings; a text function sees one of them. */
function checkRawText(placed: PlacedRule, set: LintSet): void {
  const { name } = placed;
  for (const { function: called, target, args, range, owner } of set.whenReads(placed).calls) {
    if (!textFunctions.has(called)) continue;
    const paths = [
      target,
      ...args.map((arg) => (arg !== undefined && "path" in arg ? arg.path : undefined)),
    ];
    for (const path of paths) {
      const found = path === undefined ? undefined : annotationOf(path, placed, set);
      if (path === undefined || found === undefined) continue;
      const [tool, use] = found;
      const text = path.join(".");
      const message = `\`${called}\` looks at the letters of \`${text}\`, which is ${argumentWords[use]} of \`${tool.name}\``;
      set.tell("raw_text_of_fact", message, partSpan(owner, range, set), {
        rules: [name],
        suggestion: `what means the same and is spelt otherwise passes by; ${instead[use] ?? ""}`,
      });
    }
  }
}

function annotationOf(
  path: readonly string[],
  { policy }: PlacedRule,
  set: LintSet,
): readonly [Tool, ArgumentUse] | undefined {
  const [root, ...fields] = path;
  if ((root !== "args" && root !== "original") || fields.length === 0) return undefined;
  const name = fields.join(".");
  for (const tool of set.tools.of(policy.match).tools) {
    const use = tool.arguments[name];
    if (use !== undefined && instead[use] !== undefined) return [tool, use];
  }
  return undefined;
}

/**
 * `has(args.x) && …` in a rule that narrows: where no schema declares `x`, an agent that leaves it
 * out passes, and the tool may well run with a default. Where a schema declares it optional, that
 * is what the author said.
 */
function checkPresence(placed: PlacedRule, typeOf: (tool: Tool) => CelType, set: LintSet): void {
  const { rule, policy, name } = placed;
  if (rule.when === undefined || policy.match.phase !== "call") return;
  if (!set.whenReads(placed).paths.some(({ path, existence }) => existence && path[0] === "args")) {
    return;
  }
  const told = new Set<string>();
  walkDirected(
    rule.when,
    (variable) => variableOf(policy, variable),
    ({ expr, direction, owner }) => {
      const fields = direction === "down" ? undefined : presenceOf(expr);
      if (fields === undefined) return false;
      const text = ["args", ...fields].join(".");
      const where = undeclaredIn(fields, placed, typeOf, set);
      if (where === undefined || told.has(text)) return true;
      told.add(text);
      const message = `whoever leaves \`${text}\` out escapes this rule, and ${where}`;
      const suggestion = `declare it in a schema, or write \`!has(${text}) || …\`, so that leaving it out is narrowed too`;
      set.tell("optional_escape", message, partSpan(owner, expr.range, set), {
        rules: [name],
        suggestion,
      });
      return true;
    },
  );
}

/** The fields below `args` whose presence an expression asks for. */
function presenceOf(expr: Expr): readonly string[] | undefined {
  if (expr.kind === "has") {
    const path = pathOf(expr.operand);
    return path?.root === "args" ? [...path.fields, expr.field] : undefined;
  }
  const [key, map] = callOf(expr, "@in") ?? [];
  if (key?.kind !== "constant" || key.constant.type !== "string" || map === undefined)
    return undefined;
  const path = pathOf(map);
  return path?.root === "args" ? [...path.fields, key.constant.value] : undefined;
}

function undeclaredIn(
  fields: readonly string[],
  { policy }: PlacedRule,
  typeOf: (tool: Tool) => CelType,
  set: LintSet,
): string | undefined {
  const { tools, undescribed } = set.tools.of(policy.match);
  const tool = tools.find((each) => isOpen(typeOf(each), fields));
  if (tool !== undefined) return `\`${tool.name}\` does not declare it`;
  // Of tools without a document only exact names and the label can be granted.
  return undescribed && tools.length === 0 ? "no Tool document declares it" : undefined;
}

/** Whether a type does not say if the field is there. */
function isOpen(type: CelType, fields: readonly string[]): boolean {
  const [field, ...below] = fields;
  if (type.kind === "dyn") return true;
  if (field === undefined) return false;
  if (type.kind === "nullable") return isOpen(type.of, fields);
  if (type.kind === "map") return true;
  if (type.kind !== "object") return false;
  const declared = type.fields.get(field);
  if (declared === undefined) return type.rest !== undefined;
  return below.length > 0 && isOpen(declared.type, below);
}
