import { isMap, isScalar, isSeq } from "yaml";
import type { Scalar } from "yaml";
import { documentSchemas } from "../compile/schema/documents.ts";
import type { DocumentKind } from "../compile/schema/documents.ts";
import { expressionSchema } from "../compile/schema/field.ts";
import { schemasAt } from "../compile/shape-keys.ts";
import { scalarOffsets } from "../compile/scalar-offsets.ts";
import type { Path, YamlDocument } from "../compile/yaml-document.ts";

/** A scalar of a document: a key or a value, at its path. */
export interface YamlPart {
  readonly path: Path;
  readonly scalar: Scalar;
  readonly isKey: boolean;
}

/** Every scalar below a node, in the order written. */
export function partsOf(node: unknown, path: Path = []): readonly YamlPart[] {
  if (isScalar(node)) return [{ path, scalar: node, isKey: false }];
  if (isSeq(node)) return node.items.flatMap((item, index) => partsOf(item, [...path, index]));
  if (!isMap(node)) return [];
  return node.items.flatMap((pair) => {
    const key = pair.key;
    if (!isScalar(key)) return [];
    const at = [...path, String(key.value)];
    return [{ path: at, scalar: key, isKey: true }, ...partsOf(pair.value, at)];
  });
}

/** A piece of text with the offset in the file of each of its UTF-16 units, and one past its end. */
export interface PlacedPiece {
  readonly text: string;
  readonly offsets: readonly number[];
}

/** The text of a scalar, where each unit of it stands. */
export function pieceOf(scalar: Scalar, fileText: string): PlacedPiece {
  const text = typeof scalar.value === "string" ? scalar.value : (scalar.source ?? "");
  if (typeof scalar.value === "string") {
    return { text, offsets: scalarOffsets(scalar, text, fileText) };
  }
  const start = scalar.range?.[0] ?? 0;
  return { text, offsets: Array.from({ length: text.length + 1 }, (_, index) => start + index) };
}

/** Whether the scalar at a path is a CEL expression: the schema of its place says so. */
export function isCondition(kind: DocumentKind, path: Path, { value }: YamlDocument): boolean {
  if (kind === "Policy" && path.length === 5 && path[3] === "fallback" && path[4] === "args") {
    return true;
  }
  const schemas: readonly unknown[] = schemasAt(documentSchemas[kind], path, value);
  return schemas.some((each) => each === expressionSchema || holds(each));
}

function holds(schema: unknown): boolean {
  const inner =
    typeof schema === "object" && schema !== null && "unwrap" in schema ? schema : undefined;
  if (inner === undefined || typeof inner.unwrap !== "function") return false;
  const found: unknown = inner.unwrap();
  return found === expressionSchema || holds(found);
}

/** Whether the text at a path is a reason, with conditions between braces. */
export function isReason(kind: DocumentKind, path: Path): boolean {
  return kind === "Policy" && path.length === 4 && path[1] === "rules" && path[3] === "reason";
}
