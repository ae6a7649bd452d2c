import { readFileSync, writeFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";
import type { FactAnswer, FactErrorCode, Json, JsonObject } from "@holdfast/model";

/** One case of `conformance/facts/KIND.json`: what is given, and the fact or the code of its error. */
export interface FactCase<Input> {
  readonly name: string;
  readonly input: Input;
  fact?: Json;
  error?: FactErrorCode;
}

/** A file of `conformance/facts`, held to the schema beside it. */
export interface FactCases<Input> {
  readonly cases: readonly FactCase<Input>[];
}

const folder = new URL("../../../conformance/facts/", import.meta.url);
const update = process.env["HOLDFAST_GOLDEN"] === "update";

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, folder), "utf8"));
}

/** The cases of a kind; fails when they do not fit their schema or two have one name. */
export function readCases(kind: string): FactCases<unknown> {
  const file = readJson(`${kind}.json`) as FactCases<unknown>;
  const schema = readJson(`${kind}.schema.json`) as JsonObject;
  const validate = new Ajv2020({ strict: false }).compile(schema);
  expect(validate(file), JSON.stringify(validate.errors?.[0])).toBe(true);
  const names = file.cases.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
  return file;
}

/** Holds an answer to its case; `pick` takes the part of the fact that cases of this kind hold. */
export function expectFact(
  each: FactCase<unknown>,
  answer: FactAnswer,
  pick: (value: Json) => Json = (value) => value,
): void {
  const got = "error" in answer ? { error: answer.error.code } : { fact: pick(answer.value) };
  if (update) {
    delete each.fact;
    delete each.error;
    Object.assign(each, got);
  }
  expect({ fact: each.fact, error: each.error }).toEqual({
    fact: undefined,
    error: undefined,
    ...got,
  });
}

/** With `npm run golden`, writes the cases as they were answered, in ASCII. */
export function keepCases(kind: string, file: object): void {
  if (!update) return;
  const text = JSON.stringify(file, null, 2).replaceAll(
    /[\u007f-\uffff]/gu,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  writeFileSync(new URL(`${kind}.json`, folder), `${text}\n`);
}
