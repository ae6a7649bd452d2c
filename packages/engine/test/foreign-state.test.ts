import { expect, test } from "vitest";
import { createEngine, createReferenceEngine } from "@holdfast/engine";
import { readRequest } from "@holdfast/model";
import { bundleOf } from "./decision-case.ts";

const bundle = bundleOf([
  "{apiVersion: holdfast.dev/v1, kind: Policy, metadata: {name: p}, spec: {rules: [{id: a, effect: allow}]}}",
]);
const reading = readRequest({ agent: { id: "bot" }, tool: { name: "read" } });

/** History that another engine has folded says nothing here: to decide on it would be to guess. */
test.each([
  ["compiled", "reference", createEngine(bundle), createReferenceEngine(bundle)],
  ["reference", "compiled", createReferenceEngine(bundle), createEngine(bundle)],
])("the %s engine takes no state of the %s engine", (mine, theirs, engine, other) => {
  if (!reading.ok) throw new Error("not a request");
  const input = { request: reading.request, external: {}, state: other.createState(), nowMs: 1 };
  const words = `the ${mine} engine was given a state of the engine \`${theirs}\``;
  expect(() => engine.decide(input)).toThrow(words);
  expect(() => engine.explain(input)).toThrow(words);
  expect(() => engine.slice(input)).toThrow(words);
  expect(() => engine.couldAllow(input)).toThrow(words);
  const release = { kind: "release", sequence: 1, id: "r" } as const;
  expect(() => engine.fold(input.state, release)).toThrow(words);
});
