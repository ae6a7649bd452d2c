import { isMap, isNode, isScalar, isSeq, parseDocument } from "yaml";

/** The path of the innermost value of a YAML document that stands at an offset: `spec.rules[0].when`. */
export function pathAt(text: string, offset: number): string {
  let path = "";
  let node: unknown = parseDocument(text).contents;
  for (let next = stepAt(node, offset); next !== undefined; next = stepAt(node, offset)) {
    path += path === "" ? next.step.replace(/^\./u, "") : next.step;
    node = next.value;
  }
  return path;
}

function stepAt(node: unknown, offset: number): { step: string; value: unknown } | undefined {
  if (isSeq(node)) {
    const index = node.items.findIndex((item) => holds(item, offset));
    return index < 0 ? undefined : { step: `[${index}]`, value: node.items[index] };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key, value }) => holds(key, offset) || holds(value, offset));
  return pair === undefined ? undefined : { step: stepText(pair.key), value: pair.value };
}

function stepText(key: unknown): string {
  const name = isScalar(key) ? String(key.value) : "";
  return /^[A-Za-z_]\w*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

function holds(node: unknown, offset: number): boolean {
  if (!isNode(node)) return false;
  const [start, end] = node.range ?? [0, 0];
  return start <= offset && offset < Math.max(end, start + 1);
}
