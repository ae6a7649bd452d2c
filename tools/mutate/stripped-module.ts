import { parseSync } from "oxc-parser";
import type { StaticExport, StaticImport } from "oxc-parser";
import { transformSync } from "rolldown/utils";

/** One name that a module takes from another. */
interface Taken {
  readonly imported: string;
  readonly local: string;
}

/** Where a module names another one; `names` only when it takes single names and nothing else. */
export interface Link {
  readonly start: number;
  readonly end: number;
  readonly keyword: "import" | "export";
  readonly specifier: string;
  readonly names?: readonly Taken[];
}

/** A TypeScript file as JavaScript, with the places at which it depends on others. */
export interface StrippedModule {
  readonly code: string;
  /** in the order of the code */
  readonly links: readonly Link[];
  /** where `import.meta` stands */
  readonly metas: readonly { readonly start: number; readonly end: number }[];
}

/**
 * Takes the types away. What a type-only import names is no dependency.
 *
 * @throws SyntaxError when the text is not TypeScript
 */
export function strip(path: string, text: string): StrippedModule {
  const { code, errors } = transformSync(path, text, {
    lang: "ts",
    typescript: { onlyRemoveTypeImports: true },
  });
  if (errors.length > 0) throw new SyntaxError(`\`${path}\`: ${errors[0]?.message}`);
  const { module } = parseSync("stripped.js", code);
  const links = [
    ...module.staticImports.map(importLink),
    ...module.staticExports.flatMap(exportLink),
  ].toSorted((a, b) => a.start - b.start);
  const metas = module.importMetas.map(({ start, end }) => ({ start, end }));
  return { code, links, metas };
}

function importLink({ start, end, moduleRequest, entries }: StaticImport): Link {
  const names = entries.flatMap(({ importName, localName }) =>
    isSingle(importName) && importName.name !== null
      ? [{ imported: importName.name, local: localName.value }]
      : [],
  );
  const { value: specifier } = moduleRequest;
  // `import "x"` takes nothing, and default and namespace imports take more than a name.
  return names.length === entries.length && names.length > 0
    ? { start, end, keyword: "import", specifier, names }
    : { start: moduleRequest.start, end: moduleRequest.end, keyword: "import", specifier };
}

/** Whether one name is taken, and not the default, a namespace or everything. */
function isSingle({ kind }: { readonly kind: string }): boolean {
  return kind === "Name";
}

function exportLink({ start, end, entries }: StaticExport): readonly Link[] {
  const request = entries.find((entry) => entry.moduleRequest !== null)?.moduleRequest;
  if (request === undefined || request === null) return [];
  const names = entries.flatMap(({ importName, exportName }) =>
    isSingle(importName) && importName.name !== null && exportName.name !== null
      ? [{ imported: importName.name, local: exportName.name }]
      : [],
  );
  const { value: specifier } = request;
  return names.length === entries.length
    ? [{ start, end, keyword: "export", specifier, names }]
    : [{ start: request.start, end: request.end, keyword: "export", specifier }];
}
