import type { Tool } from "../../document/kinds.ts";
import type { Modification } from "../../document/policy.ts";
import { mayOverlap } from "../../compile/check/matched-tools.ts";
import { modificationPathText } from "../../compile/modification-path.ts";
import { partSpan } from "./lint-set.ts";
import type { LintSet, PlacedRule } from "./lint-set.ts";
import type { OwnedPath } from "./rule-reads.ts";

/** How many rules one finding names. */
const namedMax = 3;

/** A rule that narrows, and where it reads a path below `args`. */
interface Reader {
  readonly placed: PlacedRule;
  readonly read: OwnedPath;
}

/**
 * What narrows is asked of the arguments as a modify rule left them (POLICY.md section 2). Where
 * both touch one path, the modification may take from the other what it looks for: `original`
 * holds what the agent sent.
 */
export function checkModifications(set: LintSet): void {
  const modifying = set.rules.filter(
    ({ rule, policy }) => rule.effect === "modify" && policy.match.phase === "call",
  );
  if (modifying.length === 0) return;
  const touched = new Set<Tool>(
    modifying.flatMap(({ policy }) => set.tools.of(policy.match).tools),
  );
  const readers = readersByField(touched, set);
  for (const placed of modifying) {
    const { rule } = placed;
    if (rule.effect !== "modify") continue;
    for (const modification of rule.modifications) {
      tellReaders(placed, modification, readers, set);
    }
  }
}

type ReadersByField = ReadonlyMap<Tool, ReadonlyMap<string, readonly Reader[]>>;

function readersByField(tools: ReadonlySet<Tool>, set: LintSet): ReadersByField {
  const found = new Map<Tool, Map<string, Reader[]>>();
  for (const placed of set.rules) {
    const { effect } = placed.rule;
    if (effect === "allow" || effect === "modify" || placed.policy.match.phase !== "call") continue;
    const reads = set.whenReads(placed).paths.filter(({ path }) => path[0] === "args");
    if (reads.length === 0) continue;
    for (const tool of set.tools.of(placed.policy.match).tools) {
      if (!tools.has(tool)) continue;
      const fields = found.get(tool) ?? new Map<string, Reader[]>();
      found.set(tool, fields);
      for (const read of reads) {
        const field = read.path[1] ?? "*";
        const list = fields.get(field) ?? [];
        fields.set(field, list);
        list.push({ placed, read });
      }
    }
  }
  return found;
}

function tellReaders(
  placed: PlacedRule,
  modification: Modification,
  readers: ReadersByField,
  set: LintSet,
): void {
  const [first = "*"] = modification.path;
  const met = new Map<PlacedRule, Reader>();
  for (const tool of set.tools.of(placed.policy.match).tools) {
    const fields = readers.get(tool);
    for (const reader of [...(fields?.get(first) ?? []), ...(fields?.get("*") ?? [])]) {
      if (met.has(reader.placed) || !overlaps(modification.path, reader.read.path.slice(1)))
        continue;
      if (!sharesAgents(placed, reader.placed)) continue;
      if (mayOverlap(placed.policy.match, reader.placed.policy.match, set.bundle)) {
        met.set(reader.placed, reader);
      }
    }
  }
  if (met.size === 0) return;
  const path = modificationPathText({ root: "args", segments: modification.path });
  const names = [...met.keys()].map(({ name }) => `\`${name}\``);
  const more = names.length > namedMax ? ` and ${names.length - namedMax} more` : "";
  const message = `\`${path}\` is changed before ${names.slice(0, namedMax).join(", ")}${more} narrow${names.length === 1 ? "s" : ""} by it`;
  set.tell("modified_input", message, modification.source, {
    rules: [placed.name, ...[...met.keys()].map(({ name }) => name)],
    suggestion: `where what the agent sent matters, read \`original${path.slice("args".length)}\``,
    notes: [...met.values()].slice(0, namedMax).map(({ placed: reader, read }) => ({
      message: `\`${reader.name}\` reads it here`,
      span: partSpan(read.owner, read.range, set),
    })),
  });
}

/** Whether one path lies on the way to the other; `*` is any step. */
function overlaps(one: readonly string[], other: readonly string[]): boolean {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) {
    if (one[at] !== other[at] && one[at] !== "*" && other[at] !== "*") return false;
  }
  return true;
}

/** False only when no agent can fit both. */
function sharesAgents({ policy: one }: PlacedRule, { policy: other }: PlacedRule): boolean {
  const { agents: first } = one.match;
  const { agents: second } = other.match;
  if (first === undefined || second === undefined) return true;
  return first.some((each) => second.some((pattern) => meet(each, pattern)));
}

function meet(one: string, other: string): boolean {
  const [first, second] = [one, other].map((pattern) =>
    pattern.endsWith("*") ? pattern.slice(0, -1) : undefined,
  );
  if (first !== undefined && second !== undefined) {
    return first.startsWith(second) || second.startsWith(first);
  }
  if (first !== undefined) return other.startsWith(first);
  return second === undefined ? one === other : one.startsWith(second);
}
