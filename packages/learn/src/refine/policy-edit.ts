import { isMap, isScalar, isSeq, parseAllDocuments } from "yaml";
import type { Pair, YAMLMap } from "yaml";
import { printForm } from "@holdfast/engine";
import type { PolicyFileText } from "@holdfast/engine";
import { escapedJson, HoldfastError, lowerAscii } from "@holdfast/model";
import type { PolicyEdit } from "./refinement.ts";

/** The file that new documents are put into, below the policy folder. */
export const refinedFile = "refined.yaml";

/**
 * Policy files with changes made to them, and else as they were written, comments and layout too.
 * New documents are put into `refined.yaml`.
 *
 * @param root the policy folder, as paths begin with it; empty when they begin with no folder
 * @throws HoldfastError `refine_text` when a rule is not where the policies say it is
 */
export function editedFiles(
  files: readonly PolicyFileText[],
  edits: readonly PolicyEdit[],
  root: string,
): readonly PolicyFileText[] {
  let edited = files;
  for (const edit of edits) {
    edited =
      edit.kind === "except"
        ? withChangedRule(edited, edit)
        : withDocument(edited, grantText(edited, edit), root);
  }
  return edited;
}

type Except = Extract<PolicyEdit, { readonly kind: "except" }>;

function withChangedRule(
  files: readonly PolicyFileText[],
  edit: Except,
): readonly PolicyFileText[] {
  let isFound = false;
  const edited = files.map(({ path, text }) => {
    const changed = withException(text, edit);
    isFound ||= changed !== undefined;
    return { path, text: changed ?? text };
  });
  if (isFound) return edited;
  const name = `${edit.policy}/${edit.rule}`;
  throw new HoldfastError("refine_text", `\`${name}\` is in none of the policy files`);
}

/** The files with one more document. */
export function withDocument(
  files: readonly PolicyFileText[],
  text: string,
  root: string,
): readonly PolicyFileText[] {
  const path = root === "" ? refinedFile : `${root}/${refinedFile}`;
  const present = files.find((file) => file.path === path);
  if (present === undefined) {
    return [...files, { path, text }].sort((a, b) => (a.path < b.path ? -1 : 1));
  }
  const joined = `${present.text.trimEnd()}\n---\n${text}`;
  return files.map((file) => (file === present ? { path, text: joined } : file));
}

/** The text with the rule's condition changed; undefined when it is not in this file. */
function withException(text: string, { policy, rule: id, condition }: Except): string | undefined {
  const rule = ruleIn(text, policy, id);
  if (rule === undefined) return undefined;
  const when = pairOf(rule, "when");
  if (when !== undefined) {
    const [start, end] = rangeOf(when.value);
    const written = text.slice(start, end);
    const tail = written.slice(written.trimEnd().length);
    const before = isScalar(when.value) ? String(when.value.value) : "true";
    const changed = `(${before}) && !(${condition})`;
    return `${text.slice(0, start)}${quoted(changed)}${tail}${text.slice(end)}`;
  }
  const effect = pairOf(rule, "effect");
  if (effect === undefined) return undefined;
  const [, at] = rangeOf(effect.value);
  const [start] = rangeOf(effect.key);
  const indent = " ".repeat(start - text.lastIndexOf("\n", start - 1) - 1);
  const added = `when: ${quoted(`!(${condition})`)}`;
  const end = text.slice(0, at).trimEnd().length;
  const glue = rule.flow === true ? ", " : `\n${indent}`;
  return `${text.slice(0, end)}${glue}${added}${text.slice(end)}`;
}

function ruleIn(text: string, policy: string, id: string): YAMLMap | undefined {
  for (const document of parseAllDocuments(text, { version: "1.2", schema: "core" })) {
    if (!("getIn" in document) || document.get("kind") !== "Policy") continue;
    if (document.getIn(["metadata", "name"]) !== policy) continue;
    const rules = document.getIn(["spec", "rules"]);
    if (!isSeq(rules)) continue;
    const rule = rules.items.find((each) => isMap(each) && String(each.get("id")) === id);
    if (isMap(rule)) return rule;
  }
  return undefined;
}

function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find(({ key }) => isScalar(key) && key.value === name);
}

function rangeOf(node: unknown): readonly [number, number] {
  const range = isScalar(node) ? node.range : undefined;
  if (range === undefined || range === null) {
    throw new HoldfastError("refine_text", "a condition stands where no text is");
  }
  return [range[0], range[1]];
}

/** A text on one line, with quotes that leave those of conditions as they are where that can be. */
function quoted(text: string): string {
  return /^[ -~]*$/u.test(text)
    ? `'${text.replaceAll("'", "''")}'`
    : escapedJson(JSON.stringify(text));
}

function grantText(
  files: readonly PolicyFileText[],
  { tool, agents, condition, calls }: Extract<PolicyEdit, { readonly kind: "grant" }>,
): string {
  const plain = lowerAscii(tool)
    .replaceAll(/[^a-z0-9]+/gu, "-")
    .replaceAll(/^-+|-+$/gu, "");
  const isTaken = (name: string): boolean =>
    files.some(({ text }) => new RegExp(`name: ["']?${name}["']?\\s*[,}\\n]`, "u").test(text));
  let name = `refined-${plain}`;
  for (let at = 2; isTaken(name); at += 1) name = `refined-${plain}-${at}`;
  return printForm({
    apiVersion: "holdfast.dev/v1",
    kind: "Policy",
    metadata: {
      name,
      description: `widens: approved by people in ${calls.length === 1 ? "record" : "records"} ${calls.join(", ")}`,
    },
    spec: {
      match: { agents: [...agents], tools: [tool] },
      rules: [
        {
          id: "approved",
          effect: "allow",
          ...(condition === "true" ? {} : { when: condition }),
        },
      ],
    },
  });
}
