import { extensionTable } from "./declaration-extension.ts";
import { operatorTable } from "./declaration-operator.ts";
import { policyObjects, policyTable } from "./declaration-policy.ts";
import { standardTable } from "./declaration-standard.ts";
import { parseSignature } from "./signature.ts";
import type { DeclarationTable, Overload } from "./signature.ts";

/** A function or operator: what it does in one line, and the forms it can be called in. */
export interface FunctionDeclaration {
  /** the internal name of an operator (`_+_`), or the name with its namespace (`math.abs`) */
  readonly name: string;
  readonly summary: string;
  readonly overloads: readonly Overload[];
}

/**
 * Every function and operator of the language, by name: standard CEL, its extensions and
 * Holdfast's own. The checker, the documentation and the tests of
 * every evaluator go by this table alone.
 */
export const functionDeclarations: ReadonlyMap<string, FunctionDeclaration> = declare([
  operatorTable,
  standardTable,
  extensionTable,
  policyTable,
]);

function declare(tables: readonly DeclarationTable[]): ReadonlyMap<string, FunctionDeclaration> {
  const declarations = new Map<string, FunctionDeclaration>();
  for (const [name, [summary, ...signatures]] of tables.flatMap((table) => Object.entries(table))) {
    const overloads = signatures.map((signature) => parseSignature(signature, policyObjects));
    declarations.set(name, { name, summary, overloads });
  }
  return declarations;
}
