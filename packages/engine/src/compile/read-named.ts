import type { Span } from "@holdfast/model";
import type { Reading } from "./reading.ts";

/** What every document carries besides its spec. */
export interface Named {
  readonly name: string;
  readonly description?: string;
  readonly metadataLabels?: Readonly<Record<string, string>>;
  readonly source: Span;
}

interface Metadata {
  readonly name: string;
  readonly description?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** The typed form of a document's `metadata`. */
export function readNamed(metadata: Metadata, { document }: Reading): Named {
  const { name, description, labels } = metadata;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(labels === undefined ? {} : { metadataLabels: nullRecord(Object.entries(labels)) }),
    source: document.span([]),
  };
}

/** An object without prototype, for keys that a policy author chose. */
export function nullRecord<Value>(
  entries: readonly (readonly [string, Value])[],
): Readonly<Record<string, Value>> {
  const record: Record<string, Value> = Object.create(null);
  for (const [key, value] of entries) record[key] = value;
  return record;
}
