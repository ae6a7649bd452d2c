/** A stretch of an expression's text, in UTF-16 units from 0, `end` exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A constant as written: `int` and `uint` keep their exact value. */
export type Constant =
  | { readonly type: "null" }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "int"; readonly value: bigint }
  | { readonly type: "uint"; readonly value: bigint }
  | { readonly type: "double"; readonly value: number }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "bytes"; readonly value: Uint8Array };

/**
 * A parsed CEL expression (cel-spec, langdef.md, "Syntax"). Operators are calls with the
 * spec's internal names (`_+_`, `_[_]`, `!_`, `_?_:_`, `@in`, `_&&_`); macros stay macros,
 * so that the printer can give back what was written and evaluators can do them directly.
 * `a[?b]` is `_[?_]`. A `-` before a number is part of the constant. Chains of more than 32 `&&`
 * or `||` are balanced. An Event or Meter named by a bare identifier is a string constant.
 */
export type Expr =
  | { readonly kind: "constant"; readonly constant: Constant; readonly range: Range }
  | {
      readonly kind: "ident";
      readonly name: string;
      readonly absolute: boolean;
      readonly range: Range;
    }
  | {
      readonly kind: "select";
      readonly operand: Expr;
      readonly field: string;
      /** `a.?b` */
      readonly optional: boolean;
      readonly range: Range;
      readonly fieldRange: Range;
    }
  | {
      readonly kind: "has";
      readonly operand: Expr;
      readonly field: string;
      readonly range: Range;
      readonly fieldRange: Range;
    }
  | {
      readonly kind: "call";
      readonly function: string;
      /** the receiver of `target.function(…)` */
      readonly target?: Expr;
      readonly args: readonly Expr[];
      readonly range: Range;
      readonly functionRange: Range;
    }
  | {
      readonly kind: "list";
      readonly elements: readonly { readonly value: Expr; readonly optional: boolean }[];
      readonly range: Range;
    }
  | {
      readonly kind: "map";
      readonly entries: readonly {
        readonly key: Expr;
        readonly value: Expr;
        readonly optional: boolean;
      }[];
      readonly range: Range;
    }
  | {
      readonly kind: "struct";
      readonly typeName: string;
      readonly fields: readonly {
        readonly name: string;
        readonly value: Expr;
        readonly optional: boolean;
        readonly range: Range;
      }[];
      readonly range: Range;
    }
  | {
      readonly kind: "macro";
      readonly macro: Macro;
      readonly operand: Expr;
      /** names bound inside `args`, one or two */
      readonly variables: readonly { readonly name: string; readonly range: Range }[];
      readonly args: readonly Expr[];
      readonly range: Range;
    };

/** Macros over a range that bind variables. `bind` is `cel.bind(x, init, body)`: operand is `init`. */
export type Macro =
  | "all"
  | "exists"
  | "existsOne"
  | "exists_one"
  | "map"
  | "filter"
  | "transformList"
  | "transformMap"
  | "transformMapEntry"
  | "bind"
  | "optMap"
  | "optFlatMap";
