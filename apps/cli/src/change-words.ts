import { witnessCase } from "@holdfast/engine";
import type { CaseWitness, ChangeRegion } from "@holdfast/engine";
import { copyJson } from "@holdfast/model";
import type { Decision, Json } from "@holdfast/model";

/** How many rules are named as why; the other formats have them all. */
const rulesShown = 4;

/** The mark that a place has where only chains of delegation are meant. */
const delegated = ", delegated";

/** Where, in at most two names: `crm.find`, `crm.find (delegated)` for what an agent hands on alone. */
export function wherePart(tools: readonly string[]): string {
  if (tools.length === 0) return "everywhere";
  const plain = tools.filter((tool) => !tool.endsWith(delegated));
  const handed = tools.flatMap((tool) =>
    tool.endsWith(delegated) ? [tool.slice(0, -delegated.length)] : [],
  );
  const names = [...new Set([...plain, ...handed])]
    .toSorted()
    .map((name) =>
      handed.includes(name)
        ? `${name} (${plain.includes(name) ? "also delegated" : "delegated"})`
        : name,
    );
  const [first = "", second] = names;
  if (second === undefined) return first;
  const more = names.length > 2 ? ` and ${names.length - 2} more` : "";
  return `${first}, ${second}${more}`;
}

/** What is different and which rules are why, of the old policies and of the new ones. */
export function aboutOf({ about, rules }: Pick<ChangeRegion, "about" | "rules">): string {
  const names = [...new Set([...rules.old, ...rules.new])];
  // What the kind of change says already need not be said again.
  const said = /^(?:newly|denied)/u.test(about);
  if (names.length === 0) return said ? "what must be so before rules are judged" : about;
  const causes = names.slice(0, rulesShown).map((name) => {
    if (!rules.new.includes(name)) return `${name} (old)`;
    return rules.old.includes(name) ? `${name} (old and new)` : `${name} (new)`;
  });
  const more = names.length > rulesShown ? ` and ${names.length - rulesShown} more` : "";
  return `${said ? "" : `${about}: `}${causes.join(", ")}${more}`;
}

/** How something was decided, and by which rules. */
export function outcomeOf({ effect, code, rules }: Decision): string {
  const by =
    rules.length === 0 ? (effect === "deny" ? ` (${code})` : "") : ` by ${rules.join(", ")}`;
  return `${effect}${by}`;
}

/** The longest line of a witness on a terminal, and the longest text shown whole. */
const [lineMax, textMax] = [98, 80];

/**
 * A request as lines for a terminal: one where it is short, else the members of a PolicyTest case
 * in YAML, each opened where it is too long for a line. Long texts are shortened.
 */
export function witnessLines(witness: CaseWitness): readonly string[] {
  const short: unknown = JSON.parse(JSON.stringify(witnessCase(witness), shortText));
  const line = JSON.stringify(short);
  return line.length <= lineMax ? [line] : membersOf(copyJson(short), "");
}

function shortText(_key: string, value: unknown): unknown {
  return typeof value === "string" && value.length > textMax
    ? `${value.slice(0, textMax / 2)}... (${value.length} characters)`
    : value;
}

/** The members of a map, or the items of a list, as lines of YAML. */
function membersOf(value: Json, indent: string): readonly string[] {
  if (Array.isArray(value)) return value.map((item) => `${indent}- ${JSON.stringify(item)}`);
  if (typeof value !== "object" || value === null) return [`${indent}${JSON.stringify(value)}`];
  return Object.entries(value).flatMap(([name, member]) => {
    const key = /^[a-z][a-z_]*$/iu.test(name) && !words.has(name) ? name : JSON.stringify(name);
    const line = `${indent}${key}: ${JSON.stringify(member)}`;
    const opens = typeof member === "object" && member !== null && line.length > lineMax;
    return opens ? [`${indent}${key}:`].concat(membersOf(member, `${indent}  `)) : [line];
  });
}

/** Names that are no texts in YAML. */
const words: ReadonlySet<string> = new Set(["true", "false", "null"]);
