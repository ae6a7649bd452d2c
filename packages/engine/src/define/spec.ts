import type { z } from "zod";
import type { documentSchemas, DocumentKind } from "../compile/schema/documents.ts";

/** The `spec` of a kind of document as it is written down, to be given and not changed. */
export type SpecOf<Kind extends DocumentKind> = Unchanged<
  z.input<(typeof documentSchemas)[Kind]>["spec"]
>;

type Unchanged<Value> = Value extends (...args: never[]) => unknown
  ? Value
  : Value extends object
    ? { readonly [Member in keyof Value]: Unchanged<Value[Member]> }
    : Value;
