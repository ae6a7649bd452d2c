import type { TypeEnvironment } from "./environment.ts";
import type { ExpressionError } from "./expression-error.ts";
import type { Expr, Range } from "./syntax.ts";
import type { CelType, NameSet } from "./type.ts";
import type { Unifier } from "./unifier.ts";

/** Reading a value that may not be there, without a test before it (see {@link CheckResult}). */
export interface UnguardedRead {
  /** `null`: a field of, or an operation on, what may be null. `absent`: a field that may be absent */
  readonly reason: "null" | "absent";
  /** the value that wants the test, as written: `user`, `args.note` */
  readonly path: string;
  readonly range: Range;
}

/** The names and facts in force at one place of an expression. */
export interface CheckScope {
  readonly locals: ReadonlyMap<string, CelType>;
  /** what tests before this place have shown, see `flow.ts` */
  readonly known: ReadonlySet<string>;
}

/** Sees what the checker finds out, for whoever shows it to an author. */
export interface CheckObserver {
  /** an expression with its type and what macros around it have bound */
  node(expr: Expr, type: CelType, locals: ReadonlyMap<string, CelType>): void;
  /** a literal, or what stands for one, where a name of a closed set is wanted */
  name(expr: Expr, set: NameSet): void;
}

/** One run of the checker, as its parts see it. */
export interface Checking {
  readonly observer?: CheckObserver | undefined;
  readonly environment: TypeEnvironment;
  readonly unifier: Unifier;
  readonly errors: ExpressionError[];
  readonly unguarded: UnguardedRead[];
  /** The type of an expression; errors in it are reported and give `dyn`. */
  check(expr: Expr, scope: CheckScope): CelType;
}

/** Reports an error and gives the type that lets checking go on. */
export function reject(
  checking: Checking,
  code: string,
  message: string,
  range: Range,
  suggestion?: string,
): CelType {
  const error = { code, message, range };
  checking.errors.push(suggestion === undefined ? error : { ...error, suggestion });
  return { kind: "dyn" };
}

/** The scope within a macro: `names` are bound anew, and nothing is known of them yet. */
export function bindLocals(
  scope: CheckScope,
  names: readonly (readonly [string, CelType])[],
): CheckScope {
  const shadowed = new Set(names.map(([name]) => name));
  const known = [...scope.known].filter(
    (fact) => !shadowed.has(/^[a-z]+:([^.[]*)/u.exec(fact)?.[1] ?? ""),
  );
  return { locals: new Map([...scope.locals, ...names]), known: new Set(known) };
}
