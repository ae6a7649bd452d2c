import type {
  CelBool,
  CelDouble,
  CelDyn,
  CelInt,
  CelList,
  CelMap,
  CelObject,
  CelString,
  CelTerm,
  OrNull,
} from "./term.ts";

/**
 * The term of the values that a JSON Schema admits, as `compile/check/schema-type.ts` types them
 * for the compiler: `integer` is an int, `number` a double, what the schema leaves open, or says
 * in a way types cannot, is dyn.
 */
export type TermOf<Schema> = Schema extends { readonly $ref: unknown } | { readonly allOf: unknown }
  ? CelDyn
  : Schema extends { readonly anyOf: infer Branches }
    ? Schema extends { readonly properties: unknown }
      ? CelDyn
      : Either<TermsOfAll<Branches>>
    : Schema extends { readonly oneOf: infer Branches }
      ? Schema extends { readonly properties: unknown }
        ? CelDyn
        : Either<TermsOfAll<Branches>>
      : Schema extends { readonly type: infer Type }
        ? Type extends readonly (infer Each)[]
          ? Either<TermOfType<Each, Schema>>
          : TermOfType<Type, Schema>
        : Schema extends { readonly properties: unknown }
          ? TermOfType<"object", Schema>
          : Schema extends { readonly const: infer Value }
            ? Either<TermOfLiteral<Value>>
            : Schema extends { readonly enum: readonly (infer Value)[] }
              ? Either<TermOfLiteral<Value>>
              : CelDyn;

/** Marks null among the alternatives of a type. */
type Null = "null";

/** The terms of several alternatives; whoever asks takes them apart again. */
type TermsOfAll<Branches> = Branches extends readonly (infer Branch)[]
  ? Branch extends { readonly type: "null" } | { readonly const: null }
    ? Null
    : TermOf<Branch>
  : CelDyn;

type TermOfType<Type, Schema> = Type extends "string"
  ? CelString<ValuesOf<Schema>>
  : Type extends "integer"
    ? CelInt
    : Type extends "number"
      ? CelDouble
      : Type extends "boolean"
        ? CelBool
        : Type extends "array"
          ? CelList<ElementOf<Schema>>
          : Type extends "object"
            ? ObjectOf<Schema>
            : Type extends "null"
              ? Null
              : CelDyn;

type TermOfLiteral<Value> = Value extends string
  ? CelString<Value>
  : Value extends boolean
    ? CelBool
    : Value extends null
      ? Null
      : CelDyn;

/** The only values that a text of this schema can have. */
type ValuesOf<Schema> = Schema extends { readonly enum: readonly (infer Value)[] }
  ? Extract<Value, string>
  : Schema extends { readonly const: infer Value extends string }
    ? Value
    : string;

type ElementOf<Schema> = Schema extends { readonly prefixItems: unknown }
  ? CelDyn
  : Schema extends { readonly items: infer Items }
    ? TermOf<Items>
    : CelDyn;

type ObjectOf<Schema> = Schema extends { readonly properties: infer Properties }
  ? keyof Properties extends never
    ? OpenObject<Schema, CelObject>
    : CelObject<{ readonly [Name in keyof Properties]: TermOf<Properties[Name]> }>
  : OpenObject<Schema, CelObject>;

/** Without declared properties: a map of what else the schema allows. */
type OpenObject<Schema, Closed> = Schema extends { readonly patternProperties: unknown }
  ? CelMap
  : Schema extends { readonly additionalProperties: infer Rest }
    ? Rest extends false
      ? Closed
      : Rest extends true
        ? CelMap
        : CelMap<TermOf<Rest>>
    : Closed;

/** One term for several: itself with null added, or dyn where they differ. */
type Either<Terms> = [Exclude<Terms, Null>] extends [never]
  ? CelDyn
  : Joined<Exclude<Terms, Null>> & (Null extends Terms ? OrNull : unknown);

type Joined<Terms> = [Terms] extends [CelString<infer Values>]
  ? CelString<Values>
  : [Terms] extends [CelInt]
    ? CelInt
    : [Terms] extends [CelDouble]
      ? CelDouble
      : [Terms] extends [CelBool]
        ? CelBool
        : IsOne<Terms> extends true
          ? Terms
          : CelDyn;

/** Whether a union has one member. */
export type IsOne<Terms, Each = Terms> = Terms extends unknown
  ? [Each] extends [Terms]
    ? true
    : false
  : never;

/** The term of a constant of the policy: of `params`. */
export type TermOfValue<Value> = Value extends string
  ? CelString
  : Value extends boolean
    ? CelBool
    : Value extends number
      ? number extends Value
        ? CelDyn
        : `${Value}` extends `${bigint}`
          ? CelInt
          : CelDouble
      : Value extends readonly unknown[]
        ? CelList<Extract<SameElement<Value[number]>, CelTerm>>
        : Value extends null
          ? CelDyn
          : Value extends object
            ? CelObject<{ readonly [Name in keyof Value]: TermOfValue<Value[Name]> }>
            : CelDyn;

/** The term of a list's elements; dyn where they differ or have parts. */
type SameElement<Values> = [Values] extends [string]
  ? CelString
  : [Values] extends [boolean]
    ? CelBool
    : [Values] extends [number]
      ? IsOne<TermOfValue<Values>> extends true
        ? TermOfValue<Values>
        : CelDyn
      : CelDyn;
