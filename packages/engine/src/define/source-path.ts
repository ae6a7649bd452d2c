import { isMap, isNode, isScalar, isSeq, parseDocument } from "yaml";
import type { Span } from "@holdfast/model";

/** The path of the innermost value of a YAML document that holds a span: `spec.rules[0].when`. */
export function pathAt(text: string, span: Span): string {
  let path = "";
  let node: unknown = parseDocument(text).contents;
  for (let next = stepAt(node, span); next !== undefined; next = stepAt(node, span)) {
    path += path === "" ? next.step.replace(/^\./u, "") : next.step;
    node = next.value;
  }
  return path;
}

function stepAt(node: unknown, span: Span): { step: string; value: unknown } | undefined {
  if (isSeq(node)) {
    const index = node.items.findIndex((item) => holds(item, span));
    return index < 0 ? undefined : { step: `[${index}]`, value: node.items[index] };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key, value }) => holds(key, span) || holds(value, span));
  return pair === undefined ? undefined : { step: stepText(pair.key), value: pair.value };
}

function stepText(key: unknown): string {
  const name = isScalar(key) ? String(key.value) : "";
  return /^[A-Za-z_]\w*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** Whether a node holds all of a span; where its value ends, white space may follow. */
function holds(node: unknown, { start, end }: Span): boolean {
  if (!isNode(node) || node.range === null || node.range === undefined) return false;
  const [from, , to] = node.range;
  return from <= start.offset && start.offset < Math.max(to, from + 1) && end.offset <= to;
}
