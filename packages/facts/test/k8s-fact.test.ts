import fc from "fast-check";
import { createFactReader, k8sFact } from "@holdfast/facts";
import type { FactAnswer, Json } from "@holdfast/model";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { expectFact, keepCases, readCases } from "./fact-case.ts";
import { madeFiles } from "./made-files.ts";

function factOf(manifest: Json, labels: readonly string[] = ["write"]): FactAnswer {
  const tool = { labels, arguments: { manifest: "k8s" } } as const;
  const read = createFactReader({ files: madeFiles({}) });
  const { k8s } = read({ tool, args: { manifest }, names: ["k8s"] });
  if (k8s === undefined) throw new Error("no answer");
  return k8s;
}

const file = readCases("k8s");

test.for(file.cases.map((each) => [each.name, each] as const))("%s", ([, each]) => {
  const { manifest, labels } = each.input as { manifest: Json; labels?: readonly string[] };
  expectFact(each, factOf(manifest, labels));
});

test("cases are kept as they were answered", () => keepCases("k8s", file));

test("a text says the same as the object that it is written of", () => {
  for (const { input } of file.cases) {
    const { manifest, labels } = input as { manifest: Json; labels?: readonly string[] };
    if (typeof manifest === "string") continue;
    const { objects: _objects, ...own } = valueOf(factOf(manifest, labels));
    for (const text of [stringify(manifest), JSON.stringify(manifest)]) {
      expect(valueOf(factOf(text, labels))).toMatchObject(own);
    }
  }
});

test("several arguments are one fact", () => {
  const service = (name: string): Json => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
  });
  const own = [service("a"), [service("b"), service("c")]].map((value) => {
    return { arg: "m", use: "k8s" as const, value };
  });
  const fact = valueOf(k8sFact(own, { verb: "apply" }));
  expect(fact).toMatchObject({ verb: "apply", resource: "services" });
  expect(fact["objects"]).toHaveLength(3);
  expect("name" in fact).toBe(false);
});

test("a port of the node is a part of its network", () => {
  const podWith = (port: Json): Json => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p" },
    spec: { containers: [{ name: "c", image: "i", ports: [port] }] },
  });
  expect(valueOf(factOf(podWith({ containerPort: 80, hostPort: 80 })))).toMatchObject({
    host_network: true,
  });
  for (const port of [{ containerPort: 80 }, { containerPort: 80, hostPort: 0 }]) {
    expect(valueOf(factOf(podWith(port)))).toMatchObject({ host_network: false });
  }
});

test("JSON is read as JSON, however many marks it has", () => {
  const data = Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`k${at}`, "v"]));
  const text = JSON.stringify({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "c" },
    data,
  });
  expect(valueOf(factOf(text))).toMatchObject({ resource: "configmaps", name: "c" });
  expect(factOf('{"a": 1, "a": 2}')).toMatchObject({ error: { code: "invalid" } });
});

test("what is too large is a limit", () => {
  expect(factOf("#".repeat(65_537))).toMatchObject({ error: { code: "limit" } });
  expect(factOf("---\n".repeat(2_000))).toMatchObject({ error: { code: "limit" } });
  // Marks are what takes the parser time: a thousand brackets take as long as a whole manifest.
  for (const marks of ["[]".repeat(3_001), `[${",".repeat(6_001)}]`, "- a\n".repeat(6_001)]) {
    expect(factOf(marks)).toMatchObject({ error: { code: "limit" } });
  }
  const items = Array.from({ length: 1_001 }, (_, at) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: `s${at}` },
  }));
  expect(factOf({ apiVersion: "v1", kind: "List", items })).toMatchObject({
    error: { code: "limit" },
  });
});

test("any value and any text has a fact, whole or opaque, or an error", () => {
  const name = fc.constantFrom(
    "apiVersion",
    "kind",
    "spec",
    "items",
    "request",
    "template",
    "containers",
    "x",
  );
  const word = fc.constantFrom(
    "v1",
    "Pod",
    "List",
    "Deployment",
    "apps/v1",
    "AdmissionReview",
    "admission.k8s.io/v1",
  );
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.oneof(word, fc.boolean(), fc.integer(), fc.constant(null)),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(name, tie("value"), { maxKeys: 4 }),
    ),
  }));
  const text = fc.string({
    unit: fc.constantFrom(
      "a",
      ":",
      " ",
      "\n",
      "-",
      "[",
      "{",
      "}",
      "]",
      "&",
      "*",
      "!",
      '"',
      ",",
      "?",
      "|",
      "<",
    ),
  });
  fc.assert(
    fc.property(fc.oneof(value, text), (given) => {
      const answer = factOf(given);
      if ("error" in answer) expect(answer.error.code).not.toBe("unavailable");
      else expect(typeof valueOf(answer)["opaque"]).toBe("boolean");
    }),
    { numRuns: 300 },
  );
});

function valueOf(answer: FactAnswer): Record<string, Json> {
  if ("error" in answer) throw new Error(answer.error.reason);
  return answer.value as Record<string, Json>;
}
