import type { CelType, NameSet, SimpleKind } from "./type.ts";

/** One form of a function: the types it takes and gives. Type variables are single capitals. */
export interface Overload {
  /** the receiver of `target.function(…)`; absent for `function(…)` */
  readonly target?: CelType;
  readonly params: readonly CelType[];
  /** the last of `params` may be repeated */
  readonly variadic: boolean;
  readonly result: CelType;
  /** known to have no type variables, so that no call has to take them anew */
  readonly concrete?: boolean;
  /** as written in the table, in the notation of the specification: `string.(int) -> string` */
  readonly text: string;
}

/** Rows of a table: the name, then the summary, then signatures as the specification writes them. */
export type DeclarationTable = Readonly<
  Record<string, readonly [summary: string, ...signatures: string[]]>
>;

const simpleKinds: ReadonlySet<string> = new Set<SimpleKind>([
  "bool",
  "bytes",
  "double",
  "duration",
  "dyn",
  "int",
  "null",
  "number",
  "timestamp",
  "uint",
]);

/**
 * Reads a signature such as `(list(A), int) -> A`, `string.(int) -> string` or
 * `(number...) -> dyn`. `string<label>` is a string of a closed set; `@name` is an object type
 * given in `objects`.
 *
 * @throws RangeError when it is not one: the tables are part of the program
 */
export function parseSignature(text: string, objects: ReadonlyMap<string, CelType>): Overload {
  const tokens = text.match(/[A-Za-z_@]+|\.\.\.|->|[().,<>]/gu) ?? [];
  let at = 0;
  const take = (wanted?: string): string => {
    const token = tokens[at++];
    if (token === undefined || (wanted !== undefined && token !== wanted)) {
      throw new RangeError(`signature ${text}: expected ${wanted ?? "a type"}`);
    }
    return token;
  };
  const type = (): CelType => {
    const word = take();
    const parts: CelType[] = [];
    if (tokens[at] === "<") {
      take("<");
      const names = take() as NameSet;
      take(">");
      return { kind: "string", names };
    }
    if (tokens[at] === "(") {
      do {
        at++;
        parts.push(type());
      } while (tokens[at] === ",");
      take(")");
    }
    return namedType(word, parts, objects);
  };
  const target = tokens[0] === "(" ? undefined : type();
  if (target !== undefined) {
    take(".");
  }
  take("(");
  const params: CelType[] = [];
  let variadic = false;
  while (tokens[at] !== ")") {
    params.push(type());
    variadic = tokens[at] === "...";
    at += variadic || tokens[at] === "," ? 1 : 0;
  }
  take(")");
  take("->");
  const result = type();
  const concrete = !/\b[A-Z]\b/u.test(text);
  return { ...(target === undefined ? {} : { target }), params, variadic, result, concrete, text };
}

function namedType(
  word: string,
  parts: readonly CelType[],
  objects: ReadonlyMap<string, CelType>,
): CelType {
  const [first, second] = parts;
  if (first === undefined) {
    if (/^[A-Z]$/u.test(word)) {
      return { kind: "variable", id: word };
    }
    if (word === "string") {
      return { kind: "string" };
    }
    const simple = simpleKinds.has(word) ? ({ kind: word as SimpleKind } as const) : undefined;
    const known = simple ?? objects.get(word.slice(1));
    if (known !== undefined) {
      return known;
    }
  } else if (word === "map" && second !== undefined) {
    return { kind: "map", key: first, value: second };
  } else if (word === "list") {
    return { kind: "list", element: first };
  } else if (word === "optional" || word === "type") {
    return { kind: word, of: first };
  }
  throw new RangeError(`unknown type ${word} in a signature`);
}
