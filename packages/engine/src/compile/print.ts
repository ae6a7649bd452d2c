import { stringify } from "yaml";
import type { PolicyDocument } from "../document/bundle.ts";
import { documentForm } from "./form.ts";

/**
 * Documents as one YAML file that reads as the same documents: same meaning, same bundle
 * digest. Comments and layout of the original are not kept.
 */
export function printDocuments(documents: readonly PolicyDocument[]): string {
  return documents
    .map((document) =>
      stringify(documentForm(document), {
        version: "1.2",
        schema: "core",
        lineWidth: 0,
        aliasDuplicateObjects: false,
      }),
    )
    .join("---\n");
}
