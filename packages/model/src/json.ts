/** Any JSON value as read by `parseJson`: numbers are finite doubles, objects have no prototype. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. Values made by this package have a null prototype, so no key is ever inherited. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** JSON as code builds it: an optional member may be `undefined`, which counts as absent. */
export type JsonLike =
  | null
  | boolean
  | number
  | string
  | readonly JsonLike[]
  | { readonly [key: string]: JsonLike | undefined };
