import { copyJson } from "@holdfast/model";
import type { Json, JsonObject, RequestInput } from "@holdfast/model";
import type { PolicyTest, PolicyTestCase } from "../document/kinds.ts";
import { durationMs } from "./duration.ts";
import { nullRecord, readNamed } from "./read-named.ts";
import type { Reading } from "./reading.ts";
import type { PolicyTestFile } from "./schema/policy-test.ts";
import type { Path } from "./yaml-document.ts";

type CaseSpec = PolicyTestFile["spec"]["cases"][number];

/** The typed form of a PolicyTest document, with its short text forms unfolded. */
export function readPolicyTest({ metadata, spec }: PolicyTestFile, reading: Reading): PolicyTest {
  return {
    kind: "PolicyTest",
    ...readNamed(metadata, reading),
    cases: spec.cases.map((each, index) => readCase(each, ["spec", "cases", index], reading)),
  };
}

function readCase(spec: CaseSpec, path: Path, reading: Reading): PolicyTestCase {
  const given = spec.given ?? {};
  return {
    name: spec.name,
    given: {
      ...(given.now === undefined ? {} : { nowMs: Date.parse(given.now) }),
      events: nullRecord(
        Object.entries(given.events ?? {}).map(([name, ago]) => [
          name,
          (typeof ago === "string" ? [ago] : ago).map((text) => durationMs(text.slice(1))),
        ]),
      ),
      meters: nullRecord(Object.entries(given.meters ?? {})),
      restrictions: given.restrictions ?? [],
      external: given.external ?? nullRecord([]),
      ...(given.facts === undefined ? {} : { facts: definedOf(given.facts) }),
      ...(given.prompt === undefined ? {} : { prompt: given.prompt }),
      documents: (given.documents ?? []).map(({ source, text, labels }) => ({
        source,
        text,
        labels: labels ?? [],
      })),
      results: (given.results ?? []).map(({ tool, args, result }) => ({
        tool: readTool(tool),
        args: args ?? nullRecord([]),
        result,
      })),
    },
    request: readTestRequest(spec.request),
    expect: readExpect(spec.expect),
    source: reading.document.span(path),
  };
}

function definedOf(facts: Readonly<Record<string, Json | undefined>>): Record<string, Json> {
  return nullRecord(
    Object.entries(facts).flatMap(([name, json]) => (json === undefined ? [] : [[name, json]])),
  );
}

/** Unfolds `tool: server.name`; the rest is a request as it is written down. */
function readTestRequest(spec: CaseSpec["request"]): RequestInput {
  return { ...spec, tool: readTool(spec.tool) };
}

function readTool(tool: CaseSpec["request"]["tool"]): RequestInput["tool"] {
  if (typeof tool !== "string") return tool;
  const dot = tool.indexOf(".");
  return { server: tool.slice(0, dot), name: tool.slice(dot + 1) };
}

function readExpect(spec: CaseSpec["expect"]): PolicyTestCase["expect"] {
  const { effect, code, rules, reason, args, ...rest } = spec;
  const others: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(rest)) {
    if (value !== undefined) others[key] = copyJson(value);
  }
  const wanted: JsonObject | undefined = args;
  return {
    ...others,
    effect,
    ...(code === undefined ? {} : { code }),
    ...(rules === undefined ? {} : { rules }),
    ...(reason === undefined ? {} : { reason }),
    ...(wanted === undefined ? {} : { args: wanted }),
  };
}
