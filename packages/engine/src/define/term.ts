/**
 * What conditions are built of, as the author's editor sees it. At run time all of it is
 * `BuiltTerm`; these interfaces say which operations a value of each CEL type has.
 */

declare const kind: unique symbol;
declare const orNull: unique symbol;

/** The types of CEL that conditions are built of. */
export type TermKind =
  | "bool"
  | "int"
  | "double"
  | "string"
  | "timestamp"
  | "duration"
  | "list"
  | "map"
  | "object"
  | "dyn";

/** A part of a condition: a value that is only known when an action is judged. */
export interface CelTerm<Kind extends TermKind = TermKind> {
  readonly [kind]: Kind;
}

/** Of a term that may also be null. */
export interface OrNull {
  readonly [orNull]: true;
}

/**
 * What decides a rule: built, or CEL text that `cel` gave. WHY no boolean: `!condition` is one to
 * JavaScript, and always false.
 */
export type Condition = CelBool | CelDyn;

export interface CelBool extends CelTerm<"bool"> {
  /** All of them: `a && b && c`. */
  and(...others: readonly Condition[]): CelBool;
  /** Any of them: `a || b || c`. */
  or(...others: readonly Condition[]): CelBool;
  not(): CelBool;
  eq(other: boolean | Condition): CelBool;
  ne(other: boolean | Condition): CelBool;
}

/** Numbers of any types compare with each other. */
export type AnyNumber = number | bigint | CelInt | CelDouble | CelDyn;

interface NumberTests {
  eq(other: AnyNumber): CelBool;
  ne(other: AnyNumber): CelBool;
  gt(other: AnyNumber): CelBool;
  ge(other: AnyNumber): CelBool;
  lt(other: AnyNumber): CelBool;
  le(other: AnyNumber): CelBool;
}

/** A whole number. Arithmetic wants whole numbers on both sides. */
export interface CelInt extends CelTerm<"int">, NumberTests {
  in(list: readonly OperandOf<CelInt>[] | CelList<CelInt> | CelDyn): CelBool;
  plus(other: OperandOf<CelInt>): CelInt;
  minus(other: OperandOf<CelInt>): CelInt;
  times(other: OperandOf<CelInt>): CelInt;
  dividedBy(other: OperandOf<CelInt>): CelInt;
  remainder(other: OperandOf<CelInt>): CelInt;
  /** `double(x)` */
  toDouble(): CelDouble;
  /** `string(x)` */
  toText(): CelString;
}

/** Any number, as JSON Schema's `number`. Arithmetic wants such on both sides. */
export interface CelDouble extends CelTerm<"double">, NumberTests {
  in(list: readonly OperandOf<CelDouble>[] | CelList<CelDouble> | CelDyn): CelBool;
  plus(other: OperandOf<CelDouble>): CelDouble;
  minus(other: OperandOf<CelDouble>): CelDouble;
  times(other: OperandOf<CelDouble>): CelDouble;
  dividedBy(other: OperandOf<CelDouble>): CelDouble;
  /** `int(x)`, an error outside the whole numbers of 64 bits */
  toInt(): CelInt;
  /** `string(x)` */
  toText(): CelString;
}

/** Text; `Values` are the only ones it can have, where the schema lists them. */
export interface CelString<Values extends string = string> extends CelTerm<"string"> {
  eq(other: Values | CelString | CelDyn): CelBool;
  ne(other: Values | CelString | CelDyn): CelBool;
  in(list: readonly (Values | CelString | CelDyn)[] | CelList<CelString> | CelDyn): CelBool;
  startsWith(prefix: OperandOf<CelString>): CelBool;
  endsWith(suffix: OperandOf<CelString>): CelBool;
  contains(part: OperandOf<CelString>): CelBool;
  /** Some part of the text fits an RE2 pattern; anchor it with `^` and `$`. */
  matches(pattern: OperandOf<CelString>): CelBool;
  plus(other: OperandOf<CelString>): CelString;
  lowerAscii(): CelString;
  upperAscii(): CelString;
  trim(): CelString;
  split(separator: OperandOf<CelString>): CelList<CelString>;
  /** Code points. */
  size(): CelInt;
}

export interface CelTimestamp extends CelTerm<"timestamp"> {
  eq(other: CelTimestamp | CelDyn): CelBool;
  ne(other: CelTimestamp | CelDyn): CelBool;
  gt(other: CelTimestamp | CelDyn): CelBool;
  ge(other: CelTimestamp | CelDyn): CelBool;
  lt(other: CelTimestamp | CelDyn): CelBool;
  le(other: CelTimestamp | CelDyn): CelBool;
  plus(other: CelDuration): CelTimestamp;
  /** The time since another moment. */
  since(other: CelTimestamp): CelDuration;
}

export interface CelDuration extends CelTerm<"duration"> {
  eq(other: CelDuration | CelDyn): CelBool;
  ne(other: CelDuration | CelDyn): CelBool;
  gt(other: CelDuration | CelDyn): CelBool;
  ge(other: CelDuration | CelDyn): CelBool;
  lt(other: CelDuration | CelDyn): CelBool;
  le(other: CelDuration | CelDyn): CelBool;
  plus(other: CelDuration): CelDuration;
}

export interface CelList<Element extends CelTerm = CelDyn> extends CelTerm<"list"> {
  eq(other: readonly OperandOf<Element>[] | CelList<Element> | CelDyn): CelBool;
  ne(other: readonly OperandOf<Element>[] | CelList<Element> | CelDyn): CelBool;
  /** `x in list` */
  contains(element: OperandOf<Element>): CelBool;
  /** `list.exists(NAME, …)`: of at least one element; false of none. */
  exists(name: string, test: (element: Element) => Condition): CelBool;
  /** `list.all(NAME, …)`: of every element; TRUE of none, so an allow also asks for `size()`. */
  all(name: string, test: (element: Element) => Condition): CelBool;
  /** `list.filter(NAME, …)` */
  filter(name: string, test: (element: Element) => Condition): CelList<Element>;
  /** `list.map(NAME, …)` */
  map<Result extends CelTerm>(name: string, value: (element: Element) => Result): CelList<Result>;
  /** `list[index]`, an error past its end */
  at(index: number | CelInt): Element;
  plus(other: readonly OperandOf<Element>[] | CelList<Element>): CelList<Element>;
  size(): CelInt;
}

/** Values by text keys that nobody declared. */
export interface CelMap<Member extends CelTerm = CelDyn> extends CelTerm<"map"> {
  /** `map.key`; a key that is not there is an error, ask with `has` first */
  at(key: string | CelString): Member;
  /** `key in map` */
  contains(key: string | CelString): CelBool;
  size(): CelInt;
}

/** Known fields, each a property of its own. */
export type CelObject<Fields = unknown> = CelTerm<"object"> & Fields;

/** A value of a type that is only known when an action is judged; an operation that does not fit it is an error then. */
export interface CelDyn extends CelTerm<"dyn"> {
  and(...others: readonly Condition[]): CelBool;
  or(...others: readonly Condition[]): CelBool;
  not(): CelBool;
  eq(other: Literal | CelTerm): CelBool;
  ne(other: Literal | CelTerm): CelBool;
  gt(other: Scalar | CelTerm): CelBool;
  ge(other: Scalar | CelTerm): CelBool;
  lt(other: Scalar | CelTerm): CelBool;
  le(other: Scalar | CelTerm): CelBool;
  in(list: readonly (Literal | CelTerm)[] | CelList<CelTerm> | CelDyn): CelBool;
  /** `value.key` or `value[index]` */
  at(key: string | number): CelDyn;
  size(): CelInt;
  /** The same value, to go on as with text. Nothing is converted. */
  asString(): CelString;
  asInt(): CelInt;
  asDouble(): CelDouble;
  asTimestamp(): CelTimestamp;
  asList(): CelList;
}

type Scalar = string | number | bigint | boolean;

/** A JSON value, in which terms may stand. */
export type Literal =
  | Scalar
  | null
  | CelTerm
  | readonly Literal[]
  | { readonly [key: string]: Literal };

/** What can stand where a value of a type is wanted. */
export type OperandOf<Term extends CelTerm> =
  Term extends CelString<infer Values>
    ? Values | CelString | CelDyn
    : Term extends CelInt
      ? number | bigint | CelInt | CelDyn
      : Term extends CelDouble
        ? number | CelDouble | CelDyn
        : Term extends CelBool
          ? boolean | Condition
          : Term extends CelDyn
            ? Literal | CelTerm
            : Term extends CelList<infer Element>
              ? readonly OperandOf<Element>[] | CelList<Element> | CelDyn
              : Term extends CelObject | CelMap
                ? Term | { readonly [key: string]: Literal } | CelDyn
                : Term | CelDyn;
