import type { FunctionDeclaration } from "./declaration.ts";
import type { CelType, NameSet } from "./type.ts";

/** What an expression can name, with types: the scope that {@link checkExpression} checks in. */
export interface TypeEnvironment {
  /** by name; a dotted name is one variable and wins over selecting fields of a shorter one */
  readonly variables: ReadonlyMap<string, CelType>;
  /** by name, operators and namespaced functions (`math.abs`) included */
  readonly functions: ReadonlyMap<string, FunctionDeclaration>;
  /** the members of closed sets; a set that is absent is not checked */
  readonly names: ReadonlyMap<NameSet, ReadonlySet<string>>;
}

/** The environment with more variables; a name given again replaces the one before. */
export function withVariables(
  environment: TypeEnvironment,
  variables: Iterable<readonly [string, CelType]>,
): TypeEnvironment {
  return { ...environment, variables: new Map([...environment.variables, ...variables]) };
}
