import { lintCodes } from "@holdfast/engine";
import type { Finding, TextEdit } from "@holdfast/engine";
import { copyJson, digestOf } from "@holdfast/model";
import type { Json, JsonObject, Span } from "@holdfast/model";
import { version } from "../version.ts";

/**
 * Findings as a SARIF 2.1.0 log (OASIS, sarif-v2.1.0-os). What could not be decided has the kind
 * `open`. Paths are relative to where the command ran, as they were given.
 */
export function sarifLog(findings: readonly Finding[]): Json {
  const ids = [...new Set(findings.map(({ code }) => code))].toSorted();
  const known: Readonly<Record<string, { readonly title: string }>> = lintCodes;
  const driver = {
    name: "holdfast lint",
    version,
    rules: ids.map((id) => ({
      id,
      shortDescription: { text: known[id]?.title ?? "the policy set does not compile" },
    })),
  };
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver },
        columnKind: "utf16CodeUnits",
        results: findings.map((finding) => resultOf(finding, ids.indexOf(finding.code))),
      },
    ],
  };
}

function resultOf(finding: Finding, ruleIndex: number): JsonObject {
  const { code, level, message, span, rules, suggestion, notes, witness, fix } = finding;
  const open = level === "unknown";
  const text = suggestion === undefined ? message : `${message}; ${suggestion}`;
  return {
    ruleId: code,
    ruleIndex,
    ...(open ? { kind: "open", level: "none" } : { level }),
    message: { text },
    locations: [{ physicalLocation: placeOf(span) }],
    partialFingerprints: { "holdfast/v1": digestOf([code, span.file, [...rules], message]) },
    properties: {
      rules: [...rules],
      ...(witness === undefined ? {} : { witness: copyJson(witness) }),
    },
    ...(notes === undefined || notes.length === 0
      ? {}
      : {
          relatedLocations: notes.map((note) => ({
            physicalLocation: placeOf(note.span),
            message: { text: note.message },
          })),
        }),
    ...(fix === undefined
      ? {}
      : {
          fixes: [{ description: { text: fix.title }, artifactChanges: fix.edits.map(changeOf) }],
        }),
  };
}

function placeOf(span: Span): JsonObject {
  return {
    artifactLocation: { uri: uriOf(span.file) },
    region: {
      startLine: span.start.line,
      startColumn: span.start.column,
      endLine: span.end.line,
      endColumn: span.end.column,
    },
  };
}

function changeOf({ file, start, end, text }: TextEdit): JsonObject {
  return {
    artifactLocation: { uri: uriOf(file) },
    replacements: [
      {
        deletedRegion: { charOffset: start, charLength: end - start },
        insertedContent: { text },
      },
    ],
  };
}

/** A path as a URI reference: each step percent-encoded. */
function uriOf(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
