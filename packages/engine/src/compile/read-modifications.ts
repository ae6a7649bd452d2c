import type { Modification } from "../document/policy.ts";
import { modificationPathText, readModificationPath } from "./modification-path.ts";
import type { ModificationPath } from "./modification-path.ts";
import { readExpression } from "./reading.ts";
import type { Reading } from "./reading.ts";
import type { RuleSpec } from "./schema/policy.ts";
import type { Path } from "./yaml-document.ts";

type ModifySpec = Extract<RuleSpec, { effect: "modify" }>;

/**
 * The `set`, `remove` and `mask` of a modify rule, sorted by path. `args` is what phase `call`
 * changes, `result` what phase `result` changes; only a mask may name the root itself.
 */
export function readModifications(
  spec: ModifySpec,
  path: Path,
  phase: "call" | "result",
  reading: Reading,
): Modification[] {
  const found: Modification[] = [];
  const add = (
    text: string,
    at: Path,
    rest: Pick<Modification, "operation" | "value" | "mask">,
  ): void => {
    const target = checkedPath(text, at, { phase, operation: rest.operation }, reading);
    if (target === undefined) return;
    found.push({ ...rest, path: target.segments, source: reading.document.keySpan(at) });
  };
  for (const [text, value] of Object.entries(spec.set ?? {})) {
    const at = [...path, "set", text];
    add(text, at, { operation: "set", value: readExpression(value, at, reading) });
  }
  for (const [index, text] of (spec.remove ?? []).entries()) {
    add(text, [...path, "remove", index], { operation: "remove" });
  }
  for (const [text, mask] of Object.entries(spec.mask ?? {})) {
    add(text, [...path, "mask", text], { operation: "mask", mask });
  }
  if (spec.set === undefined && spec.remove === undefined && spec.mask === undefined) {
    const message = "a modify rule needs `set`, `remove` or `mask`";
    reading.report.error("missing_key", message, reading.document.span(path));
  }
  checkOverlap(found, phase, reading);
  return found.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

function sortKey({ path, operation }: Modification): string {
  return JSON.stringify([path, operation]);
}

function checkedPath(
  text: string,
  at: Path,
  { phase, operation }: { phase: "call" | "result"; operation: Modification["operation"] },
  { document, report }: Reading,
): ModificationPath | undefined {
  const span = document.keySpan(at);
  const target = readModificationPath(text);
  const wanted = phase === "call" ? "args" : "result";
  if (target === undefined) {
    const suggestion = `a path is \`${wanted}\` and names joined by dots, as \`${wanted}.note\``;
    report.error("path_syntax", `\`${text}\` is not a path`, span, { suggestion });
    return undefined;
  }
  if (target.root !== wanted) {
    const message = `phase \`${phase}\` changes \`${wanted}\`, not \`${target.root}\``;
    report.error("path_syntax", message, span);
    return undefined;
  }
  if (target.segments.length === 0 && operation !== "mask") {
    const message = `\`${operation}\` needs a path below \`${wanted}\``;
    report.error("path_syntax", message, span);
    return undefined;
  }
  return target;
}

function checkOverlap(
  found: readonly Modification[],
  phase: "call" | "result",
  { report }: Reading,
): void {
  const root = phase === "call" ? "args" : "result";
  for (const [index, one] of found.entries()) {
    for (const other of found.slice(0, index)) {
      const [above, below] = one.path.length <= other.path.length ? [one, other] : [other, one];
      if (!above.path.every((name, step) => below.path[step] === name)) continue;
      const text = modificationPathText({ root, segments: above.path });
      const message = `this rule already changes \`${text}\``;
      const notes = [{ message: "here", span: other.source }];
      report.error("modification_overlap", message, one.source, { notes });
    }
  }
}
