import { isAlias, isMap, isScalar, isSeq } from "yaml";
import type { Node, Pair, Scalar, YAMLMap } from "yaml";
import type { Json, Span } from "@holdfast/model";
import type { Report } from "./report.ts";
import type { SourceFile } from "./source-file.ts";
import { nestingMax } from "./yaml-guard.ts";

/** The span of a node as written. */
export function nodeSpan(node: Node, file: SourceFile): Span {
  const [start, end] = node.range ?? [0, 0];
  return file.span(start, end);
}

/**
 * The JSON value of a YAML node: objects without prototype, in the order written. Reports
 * whatever JSON or the policy language does not have and carries on behind it.
 */
export function yamlValue(node: unknown, file: SourceFile, report: Report, depth = 0): Json {
  if (node === null || node === undefined) return null;
  if (isAlias(node)) {
    refuseAlias(nodeSpan(node, file), report);
    return null;
  }
  if (!isMap(node) && !isSeq(node) && !isScalar(node)) return null;
  if (depth > nestingMax) {
    const message = `values are nested more than ${nestingMax} deep`;
    report.error("yaml_too_deep", message, nodeSpan(node, file));
    return null;
  }
  if (node.anchor !== undefined) refuseAlias(nodeSpan(node, file), report);
  if (isScalar(node)) return scalarValue(node, file, report);
  if (isSeq(node)) return node.items.map((item) => yamlValue(item, file, report, depth + 1));
  return mapValue(node, file, report, depth);
}

function refuseAlias(span: Span, report: Report): void {
  const message = "anchors and aliases are not allowed in a policy file";
  report.error("yaml_alias", message, span, { suggestion: "write the value out where it is used" });
}

function mapValue(map: YAMLMap, file: SourceFile, report: Report, depth: number): Json {
  const value: Record<string, Json> = Object.create(null);
  const first = new Map<string, Span>();
  for (const pair of map.items) {
    const name = keyText(pair, map, file, report);
    if (name === undefined) continue;
    const span = keySpan(pair, map, file);
    const earlier = first.get(name);
    if (earlier !== undefined) {
      const notes = [{ message: `\`${name}\` is given here first`, span: earlier }];
      report.error("duplicate_key", `key \`${name}\` is given twice`, span, { notes });
      continue;
    }
    first.set(name, span);
    value[name] = yamlValue(pair.value, file, report, depth + 1);
  }
  return value;
}

/** The span of a pair's key. */
export function keySpan(pair: Pair, map: YAMLMap, file: SourceFile): Span {
  const key = pair.key;
  if (isScalar(key) || isMap(key) || isSeq(key) || isAlias(key)) return nodeSpan(key, file);
  return nodeSpan(map, file);
}

function keyText(pair: Pair, map: YAMLMap, file: SourceFile, report: Report): string | undefined {
  const key = pair.key;
  const span = keySpan(pair, map, file);
  if (isAlias(key) || (isScalar(key) && key.anchor !== undefined)) {
    refuseAlias(span, report);
    return undefined;
  }
  if (isScalar(key) && key.value === "<<" && key.type === "PLAIN") {
    report.error("yaml_alias", "merge keys are not allowed in a policy file", span, {
      suggestion: "write its keys out here",
    });
    return undefined;
  }
  if (!isScalar(key) || typeof key.value !== "string") {
    const suggestion = isScalar(key) ? "put the key in quotes" : undefined;
    report.error("yaml_key", "a key must be text", span, { suggestion });
    return undefined;
  }
  // A key that means something to JavaScript objects could get lost on the way to a check.
  if (key.value === "__proto__") {
    report.error("yaml_key", "the key `__proto__` is not allowed", span);
    return undefined;
  }
  return key.value;
}

function scalarValue(scalar: Scalar, file: SourceFile, report: Report): Json {
  const { value } = scalar;
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") {
    if (!/\p{Cs}/u.test(value)) return value;
    report.error("yaml_character", "half of a surrogate pair is not text", nodeSpan(scalar, file));
    return "";
  }
  const span = nodeSpan(scalar, file);
  if (typeof value !== "number") {
    report.error("yaml_tag", "the value is of a type that JSON does not have", span);
    return null;
  }
  const written = file.text.slice(span.start.offset, span.end.offset);
  const whole = /^[-+]?(?:\d+|0x[\dA-Fa-f]+|0o[0-7]+)$/u.test(written);
  if (Number.isFinite(value) && (!whole || Number.isSafeInteger(value))) {
    return value === 0 ? 0 : value;
  }
  const message = Number.isFinite(value)
    ? `\`${written}\` is beyond the whole numbers that are kept exactly, 2^53 - 1`
    : `\`${written}\` is not a finite number`;
  report.error("yaml_number", message, span, { suggestion: "put it in quotes if it is text" });
  return 0;
}
