import { loadPolicySet, policySchemas } from "@holdfast/engine";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { policies, policyTest, surroundings } from "./arbitrary-set.ts";

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const whole = surroundings.map((each) => stringify(plain(each))).join("---\n");

test("no text makes loading throw, and every refusal says where", () => {
  const piece = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ":",
    "- ",
    "? ",
    "\n",
    "\t",
    "&a",
    "*a",
    "!",
    '"',
    "'",
    "|",
    "%",
    "#",
    "\r",
    "\u0000",
    "\ud800",
    "when: ",
    "9e999",
    "<<",
    ",",
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: whole.length }),
      fc.nat({ max: 40 }),
      fc.array(piece, { maxLength: 6 }),
      (at, removed, pieces) => {
        const text = whole.slice(0, at) + pieces.join("") + whole.slice(at + removed);
        const result = loadPolicySet([{ path: "a.yaml", text }]);
        if (result.ok) return;
        expect(result.diagnostics.length).toBeGreaterThan(0);
        for (const { span } of result.diagnostics) {
          expect(span.file).toBe("a.yaml");
          expect(span.start.offset).toBeLessThanOrEqual(span.end.offset);
          expect(span.end.offset).toBeLessThanOrEqual(text.length);
        }
      },
    ),
    { numRuns: 150 },
  );
});

test("nesting that would take the parser down is refused before it gets there", () => {
  const deep = [
    "[".repeat(100_000),
    "- ".repeat(50_000),
    "? ".repeat(50_000),
    `a: ${"{b: ".repeat(9_000)}`,
  ];
  for (const text of deep) {
    const result = loadPolicySet([{ path: "a.yaml", text }]);
    const codes = result.ok ? [] : result.diagnostics.map(({ code }) => code);
    expect(codes).toEqual(["yaml_too_deep"]);
  }
});

test("variables that read each other over and over are checked in one pass", () => {
  const variables: Record<string, string> = { v0: "user != null" };
  for (let index = 1; index <= 30; index += 1) {
    variables[`v${index}`] = `variables.v${index - 1} || !variables.v${index - 1}`;
  }
  const policy = {
    apiVersion: "holdfast.dev/v1",
    kind: "Policy",
    metadata: { name: "p" },
    spec: {
      variables,
      rules: [
        { id: "a", effect: "deny", when: "variables.v30" },
        { id: "b", effect: "allow", when: "variables.v30" },
        { id: "c", effect: "throttle", when: "variables.v30", retry_after: "1s" },
      ],
    },
  };
  expect(loadPolicySet([{ path: "a.yaml", text: JSON.stringify(policy) }]).ok).toBe(true);
});

test("keys that mean something to JavaScript are data or are refused, never lost", () => {
  const list = (key: string): string =>
    `apiVersion: holdfast.dev/v1\nkind: Agent\nmetadata: {name: a}\nspec: {attributes: {${key}: {x: 1}}}\n`;
  for (const key of ["constructor", "toString", "hasOwnProperty"]) {
    const result = loadPolicySet([{ path: "a.yaml", text: list(key) }]);
    const [agent] = result.ok ? result.bundle.agents : [];
    expect(Object.keys(agent?.attributes ?? {})).toEqual([key]);
    expect(Object.getPrototypeOf(agent?.attributes)).toBeNull();
  }
  const refused = loadPolicySet([{ path: "a.yaml", text: list("__proto__") }]);
  expect(refused.ok ? [] : refused.diagnostics.map(({ code }) => code)).toEqual(["yaml_key"]);
});

test("the published schemas accept what the compiler accepts, and refuse unknown keys", () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const schemas = policySchemas();
  const validators = new Map(
    Object.entries(schemas).map(([kind, schema]) => [kind, ajv.compile(plain(schema) as object)]),
  );
  const documents = [
    ...surroundings,
    policyTest,
    ...fc.sample(policies, { numRuns: 20, seed: 1 }).flat(),
  ];
  for (const document of documents) {
    const validate = validators.get(document.kind);
    expect(
      validate?.(plain(document)),
      `${document.kind}: ${ajv.errorsText(validate?.errors)}`,
    ).toBe(true);
    const odd = plain({ ...document, spec: { ...document.spec, unheard_of: 1 } });
    expect(validate?.(odd), document.kind).toBe(false);
  }
  expect(Object.keys(schemas).toSorted()).toEqual(
    [...new Set([...documents.map(({ kind }) => kind), "Boundary"])].toSorted(),
  );
});
