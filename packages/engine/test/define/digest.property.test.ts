import { loadPolicySet } from "@holdfast/engine";
import type { PolicyFileText } from "@holdfast/engine";
import { defineAgent, inFolder, policySet } from "@holdfast/engine/define";
import type { Definition } from "@holdfast/engine/define";
import { renderDiagnostic } from "@holdfast/model";
import type { Diagnostic } from "@holdfast/model";
import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { policies, policyTest, surroundings } from "../documents/arbitrary-set.ts";
import type { Written } from "../documents/arbitrary-set.ts";
import { documentsOf, policySetArbitrary } from "../policy-arbitrary.ts";
import { rebuilt } from "./rebuilt.ts";
import type { Document } from "./rebuilt.ts";

type Loaded =
  | { readonly ok: true; readonly bundle: { readonly digest: string } }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

function digestOf(loaded: Loaded, files: readonly PolicyFileText[]): string {
  if (loaded.ok) return loaded.bundle.digest;
  const textOf = (path: string) => files.find((file) => file.path === path)?.text;
  throw new Error(
    loaded.diagnostics.map((each) => renderDiagnostic(each, textOf(each.span.file))).join("\n"),
  );
}

function digestOfYaml(texts: readonly string[]): string {
  const files = texts.map((text, index) => ({ path: `${index}.yaml`, text }));
  return digestOf(loadPolicySet(files), files);
}

function digestOfDefinitions(definitions: readonly Definition[]): string {
  const result = policySet(definitions);
  return digestOf(result, result.files);
}

function plain(document: Written): Document {
  return JSON.parse(JSON.stringify(document)) as Document;
}

test("policy sets with every effect have the digest of their YAML when built in TypeScript", () => {
  fc.assert(
    fc.property(policies, (generated) => {
      const documents = [...surroundings, ...generated, policyTest].map(plain);
      const yaml = documents.map((each) => stringify(each, { version: "1.2" }));
      expect(digestOfDefinitions(documents.map(rebuilt))).toBe(digestOfYaml(yaml));
    }),
    { numRuns: 20 },
  );
});

test("policy sets with grown conditions have the digest of their YAML when built in TypeScript", () => {
  fc.assert(
    fc.property(policySetArbitrary, (set) => {
      const texts = documentsOf(set);
      const definitions = texts.map((text) => rebuilt(JSON.parse(text) as Document));
      expect(digestOfDefinitions(definitions)).toBe(digestOfYaml(texts));
    }),
    { numRuns: 20 },
  );
});

test("the order of definitions leaves the digest and the printed files alone", () => {
  fc.assert(
    fc.property(policies, fc.infiniteStream(fc.nat()), (generated, keys) => {
      const definitions = [...surroundings, ...generated].map((each) => rebuilt(plain(each)));
      const shuffled = definitions
        .map((each) => ({ each, key: keys.next().value ?? 0 }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ each }) => each);
      const one = policySet(definitions);
      const other = policySet(shuffled);
      expect(other.files).toEqual(one.files);
      expect(digestOf(other, other.files)).toBe(digestOf(one, one.files));
    }),
    { numRuns: 20 },
  );
});

test("a definition survives JSON, so that any copy of the package can print it", () => {
  const definitions = surroundings.map((each) => rebuilt(plain(each)));
  const copies = JSON.parse(JSON.stringify(definitions)) as readonly Definition[];
  expect(digestOfDefinitions(copies)).toBe(digestOfDefinitions(definitions));
  const moved = inFolder("team-a", copies);
  expect(digestOfDefinitions(moved)).toBe(digestOfDefinitions(definitions));
});

test("any text comes back from the printed YAML as it was", () => {
  const odd = fc.constantFrom(
    "\r",
    "\r\n",
    "\n ",
    " \n",
    "\t",
    "\u0085",
    "\u2028",
    "\u202e",
    "\0",
    "---",
    "#",
    ": ",
    "~",
    "0x1F",
    "1e3",
    "yes",
    "'",
    '"',
  );
  const texts = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc
      .array(fc.oneof(odd, fc.string({ unit: "binary", maxLength: 3 })))
      .map((parts) => parts.join("")),
  );
  const whole = texts.filter((text) => !/\p{Cs}/u.test(text) && text !== "__proto__");
  fc.assert(
    fc.property(whole, fc.dictionary(whole, whole, { maxKeys: 3 }), (description, attributes) => {
      const agent = defineAgent({ name: "a", description: description.slice(0, 900), attributes });
      const result = policySet([agent]);
      if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join());
      const [read] = result.bundle.agents;
      expect(read?.description).toBe(agent.metadata.description);
      expect({ ...read?.attributes }).toEqual(attributes);
    }),
    { numRuns: 300 },
  );
});
