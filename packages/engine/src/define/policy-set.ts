import type { Diagnostic, Span } from "@holdfast/model";
import { loadPolicySet } from "../compile/load.ts";
import type { LoadOptions, LoadResult, PolicyFileText } from "../compile/load.ts";
import { placeOf } from "./definition.ts";
import type { Definition } from "./definition.ts";
import { pathAt } from "./source-path.ts";
import { sourcesOf } from "./source.ts";
import type { DefinitionSource, SourceOptions } from "./source.ts";

/** How definitions are compiled. */
export interface PolicySetOptions extends SourceOptions, LoadOptions {
  /** policy files that are compiled with them: what they refer to, or what refers to them */
  readonly beside?: readonly PolicyFileText[];
}

/** What compiling gave, and the files it read, for showing what it found. */
export type PolicySetResult = LoadResult & { readonly files: readonly PolicyFileText[] };

/**
 * Compiles definitions exactly as the YAML that `sourcesOf` gives of them: the same documents
 * have the same bundle digest, however they were written. What is found wrong stands in that
 * YAML, with a note that names the document, the path in it, and where it was defined.
 *
 * @throws HoldfastError `definition_invalid` for what is no definition
 */
export function policySet(
  definitions: readonly Definition[],
  { beside = [], root, ...options }: PolicySetOptions = {},
): PolicySetResult {
  const sources = sourcesOf(definitions, options);
  const files = [...sources.map(({ path, text }) => ({ path, text })), ...beside];
  const loaded = loadPolicySet(files, root === undefined ? {} : { root });
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const noted = (found: readonly Diagnostic[]) => found.map((each) => withPlace(each, byPath));
  return loaded.ok
    ? { ...loaded, warnings: noted(loaded.warnings), files }
    : { ...loaded, diagnostics: noted(loaded.diagnostics), files };
}

function withPlace(
  diagnostic: Diagnostic,
  sources: ReadonlyMap<string, DefinitionSource>,
): Diagnostic {
  const source = sources.get(diagnostic.span.file);
  if (source === undefined) return diagnostic;
  const { definition, text } = source;
  const path = pathAt(text, diagnostic.span);
  const name = `${definition.kind} \`${definition.metadata.name}\``;
  const message = `in ${name}${path === "" ? "" : ` at \`${path}\``}, defined here`;
  const note = { message, span: siteSpan(definition) ?? diagnostic.span };
  return { ...diagnostic, notes: [...(diagnostic.notes ?? []), note] };
}

function siteSpan(definition: Definition): Span | undefined {
  const site = placeOf(definition);
  if (site === undefined) return undefined;
  const start = { offset: 0, line: site.line, column: site.column };
  return { file: site.file, start, end: start };
}
