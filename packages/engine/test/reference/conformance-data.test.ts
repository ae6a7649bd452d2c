import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";

const folder = new URL("../../../../conformance/cel/", import.meta.url);
const read = (name: string): object => JSON.parse(readFileSync(new URL(name, folder), "utf8"));

test.each(["sections", "expected-failures"])("%s.json is as its schema says", (name) => {
  const validate = new Ajv2020({ allErrors: true }).compile(read(`${name}.schema.json`));
  validate(read(`${name}.json`));
  expect(validate.errors ?? []).toEqual([]);
});
