import { isDocumentKind } from "../compile/schema/documents.ts";
import type { DocumentKind } from "../compile/schema/documents.ts";
import { bundleOf } from "../compile/assemble.ts";
import type { PolicySet } from "../compile/check/policy-set.ts";
import { baseEnvironment } from "../compile/check/type-scope.ts";
import { vocabularyOf } from "../compile/check/vocabulary.ts";
import { readPolicySet } from "../compile/load.ts";
import type { PolicyFileText } from "../compile/load.ts";
import { sourceFile } from "../compile/source-file.ts";
import { readLoosely } from "../compile/yaml-document.ts";
import type { YamlDocument } from "../compile/yaml-document.ts";
import type { TypeEnvironment } from "../cel/environment.ts";
import { kindOf } from "../format/key-order.ts";

/** One document of a file, read as far as it goes. */
export interface LooseDocument {
  readonly yaml: YamlDocument;
  /** absent when it does not say, or says what does not exist */
  readonly kind?: DocumentKind;
  readonly name: string;
}

/** A policy set as an editor sees it: all texts as they are now, whole or not. */
export interface PolicySurvey {
  readonly files: readonly PolicyFileText[];
  readonly root: string;
  readonly set: PolicySet;
  readonly environment: TypeEnvironment;
  /** of a file by its path */
  readonly documents: ReadonlyMap<string, readonly LooseDocument[]>;
}

/**
 * Reads a policy set for the questions of an editor. Files with errors take part with what could
 * be read of them. Pure: the same files give the same answers. Never throws.
 */
export function surveyPolicySet(
  files: readonly PolicyFileText[],
  { root = "" }: { readonly root?: string } = {},
): PolicySurvey {
  const { documents, marks, report } = readPolicySet(files, root);
  const bundle = bundleOf(documents, { report, marks });
  const set = { bundle, vocabulary: vocabularyOf(bundle, marks), report, marks };
  return {
    files,
    root,
    set,
    environment: baseEnvironment(set),
    documents: new Map(files.map((file) => [file.path, looseDocuments(file, root)])),
  };
}

/** The documents of one text. */
export function looseDocuments(file: PolicyFileText, root: string): readonly LooseDocument[] {
  return readLoosely(sourceFile(file.path, file.text, root)).map((yaml) => {
    const kind = kindOf(yaml.value);
    const named = yaml.scalar(["metadata", "name"])?.value;
    const name = typeof named === "string" ? named : "";
    return isDocumentKind(kind) ? { yaml, kind, name } : { yaml, name };
  });
}
