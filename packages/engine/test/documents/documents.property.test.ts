import { loadPolicySet, printDocuments } from "@holdfast/engine";
import type { Bundle, PolicyDocument } from "@holdfast/engine";
import { canonicalJson, copyJson, renderDiagnostic } from "@holdfast/model";
import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { policies, policyTest, surroundings } from "./arbitrary-set.ts";
import type { Written } from "./arbitrary-set.ts";

function load(files: readonly { readonly path: string; readonly text: string }[]): Bundle {
  const result = loadPolicySet(files);
  if (result.ok) return result.bundle;
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  throw new Error(
    result.diagnostics.map((each) => renderDiagnostic(each, texts.get(each.span.file))).join("\n"),
  );
}

/** Without what is undefined: YAML would write it as null. */
function plain(document: Written): unknown {
  return JSON.parse(JSON.stringify(document));
}

function asYaml(documents: readonly Written[]): string {
  return documents.map((each) => stringify(plain(each), { version: "1.2" })).join("---\n");
}

function loadWritten(documents: readonly Written[]): Bundle {
  return load([{ path: "a.yaml", text: asYaml(documents) }]);
}

function documentsOf(bundle: Bundle): PolicyDocument[] {
  const { policies, events, meters, tools, agents, groups, lists, resources } = bundle;
  const { sandboxes, externals, boundaries, tests, settings } = bundle;
  const first = [settings, ...policies, ...events, ...meters, ...tools, ...agents, ...groups];
  return [...first, ...lists, ...resources, ...sandboxes, ...externals, ...boundaries, ...tests];
}

/** What a document says, without where it says it. */
function meaning(document: PolicyDocument): string {
  const positions = new Set([
    "source",
    "offsets",
    "lineStarts",
    "range",
    "fieldRange",
    "functionRange",
  ]);
  const text = JSON.stringify(document, (key, value: unknown) => {
    if (positions.has(key)) return undefined;
    if (typeof value === "bigint") return `${value}n`;
    return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  });
  return canonicalJson(copyJson(JSON.parse(text)));
}

const runs = { numRuns: 25 };

test("printing documents and reading them again gives the same documents and digest", () => {
  fc.assert(
    fc.property(policies, (generated) => {
      const bundle = loadWritten([...surroundings, ...generated, policyTest]);
      const again = load([{ path: "b.yaml", text: printDocuments(documentsOf(bundle)) }]);
      expect(documentsOf(again).map(meaning)).toEqual(documentsOf(bundle).map(meaning));
      expect(again.digest).toBe(bundle.digest);
    }),
    runs,
  );
});

/** The same value with the keys of every map in another order. */
function shuffleKeys(value: unknown, seed: number): unknown {
  if (Array.isArray(value)) return value.map((item, index) => shuffleKeys(item, seed + index));
  if (typeof value !== "object" || value === null) return value;
  const keys = Object.keys(value).toSorted((a, b) => order(a, seed) - order(b, seed));
  return Object.fromEntries(
    keys.map((key) => [key, shuffleKeys((value as Record<string, unknown>)[key], seed + 1)]),
  );
}

function order(key: string, seed: number): number {
  let hash = seed | 0;
  for (const character of key) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
  return hash;
}

test("the order of files, documents, keys and rules and the style of YAML leave the digest alone", () => {
  fc.assert(
    fc.property(
      policies,
      fc.integer(),
      fc.integer({ min: 1, max: 4 }),
      (generated, seed, count) => {
        const documents = [...surroundings, ...generated];
        const { digest } = loadWritten(documents);
        const shuffled = documents
          .toSorted(
            (a, b) => order(a.kind + a.metadata.name, seed) - order(b.kind + b.metadata.name, seed),
          )
          .map((each) => {
            const spec = each.spec as { rules?: readonly unknown[] };
            const rules = spec.rules === undefined ? {} : { rules: spec.rules.toReversed() };
            return shuffleKeys(plain({ ...each, spec: { ...spec, ...rules } }), seed);
          });
        const files = Array.from({ length: count }, (_, file) => ({
          path: `${order(String(file), seed)}.yaml`,
          text: shuffled
            .filter((_, index) => index % count === file)
            .map((each, index) =>
              index % 2 === 0 ? JSON.stringify(each, null, 1) : stringify(each),
            )
            .join("\n---\n"),
        }));
        expect(load(files).digest).toBe(digest);
      },
    ),
    runs,
  );
});

/** For every leaf of a value, the copies in which it alone is another. */
function* changed(value: unknown): Generator<readonly [path: string, changed: unknown[]]> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      for (const [path, all] of changed(item)) {
        yield [`[${index}]${path}`, all.map((other) => value.with(index, other))];
      }
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      for (const [path, all] of changed(member)) {
        yield [`.${key}${path}`, all.map((other) => withMember(value, key, other))];
      }
    }
  } else yield ["", others(value)];
}

function withMember(value: object, key: string, member: unknown): object {
  return { ...value, [key]: member };
}

function others(leaf: unknown): unknown[] {
  if (typeof leaf === "boolean") return [!leaf];
  if (typeof leaf === "number") return [leaf + 1];
  if (typeof leaf !== "string") return [0];
  return [`${leaf}x`, leaf.replace(/\d/u, "7"), "2h", "staging", "read", "user:zoe"].filter(
    (other) => other !== leaf,
  );
}

test("a change of any field is refused or changes the digest", () => {
  const policy = {
    apiVersion: "holdfast.dev/v1",
    kind: "Policy",
    metadata: { name: "p", description: "words", labels: { owner: "team" } },
    spec: {
      mode: "enforce",
      match: {
        agents: ["a-*"],
        tools: ["pay.refund"],
        environments: ["production"],
        kinds: ["mcp"],
      },
      params: { limit: 5, names: ["a"] },
      variables: { big: "args.amount > 5.0" },
      rules: [
        { id: "a", effect: "deny", when: "variables.big", reason: "too {params.limit}" },
        { id: "b", effect: "step_up", approval: { from: ["user:bo"], quorum: 2, ttl: "15m" } },
        { id: "c", effect: "throttle", limit: { meter: "spent", max: 4 }, retry_after: "30s" },
        { id: "d", effect: "contain", restrict: ["read_only"], ttl: "1h" },
        {
          id: "e",
          effect: "modify",
          set: { "args.note": "'x'" },
          mask: { "args.customer": ["pii"] },
        },
        { id: "f", effect: "defer", timeout: "1h", obligations: [{ notify: "ops" }] },
        { id: "g", effect: "deny", fallback: { tool: "crm.read", args: { id: 1 } } },
      ],
    },
  };
  const documents = [...surroundings, policy];
  const { digest } = loadWritten(documents);
  const unchecked: string[] = [];
  for (const [index, document] of documents.entries()) {
    for (const [path, all] of changed(document)) {
      if (path === ".apiVersion" || path === ".kind") continue;
      const digests: string[] = [];
      for (const other of all) {
        const text = asYaml(documents.with(index, other as Written));
        const result = loadPolicySet([{ path: "a.yaml", text }]);
        if (result.ok) digests.push(result.bundle.digest);
        if (digests.length > 0) break;
      }
      if (digests.length === 0) unchecked.push(`${document.kind}${path}`);
      expect(digests, `${document.kind}${path}`).not.toContain(digest);
    }
  }
  // Where every other value is refused: fixed words, and names that must match another document.
  expect(unchecked).toMatchInlineSnapshot(`
    [
      "Settings.spec.environments[1]",
      "Settings.spec.classifications[1]",
      "Settings.spec.classifications[2]",
      "Settings.spec.labels[2]",
      "Settings.spec.labels[3]",
      "Tool.metadata.name",
      "Tool.spec.classification",
      "Tool.spec.resources[0].id",
      "Tool.spec.arguments.note",
      "Tool.spec.results.text.as",
      "Tool.spec.schema.type",
      "Tool.spec.schema.properties.customer.type",
      "Tool.spec.schema.properties.amount.type",
      "Tool.spec.schema.properties.note.type",
      "Tool.spec.schema.properties.tags.type",
      "Tool.spec.schema.properties.tags.items.type",
      "Tool.spec.pin",
      "Tool.spec.audit",
      "Tool.metadata.name",
      "Tool.spec.labels[0]",
      "Agent.spec.credentials[0].token_sha256",
      "List.spec.type",
      "List.spec.source.sha256",
      "Resource.spec.classification",
      "Sandbox.spec.shell.network",
      "Sandbox.spec.sql.rollback",
      "External.spec.input.subject",
      "Event.spec.at",
      "Event.spec.key[0]",
      "Event.spec.match.tools[0]",
      "Event.spec.match.kinds[0]",
      "Event.spec.match.kinds[1]",
      "Event.spec.at",
      "Event.spec.key[0]",
      "Event.spec.key[1]",
      "Event.spec.polarity",
      "Meter.metadata.name",
      "Meter.spec.match.tools[0]",
      "Meter.spec.reserve",
      "Meter.spec.settle",
      "Meter.spec.key[0]",
      "Meter.spec.key[0]",
      "Meter.spec.window.calendar",
      "Meter.spec.window.zone",
      "Policy.spec.mode",
      "Policy.spec.match.tools[0]",
      "Policy.spec.match.kinds[0]",
      "Policy.spec.rules[0].effect",
      "Policy.spec.rules[0].when",
      "Policy.spec.rules[1].effect",
      "Policy.spec.rules[2].effect",
      "Policy.spec.rules[2].limit.meter",
      "Policy.spec.rules[3].effect",
      "Policy.spec.rules[3].restrict[0]",
      "Policy.spec.rules[4].effect",
      "Policy.spec.rules[4].set.args.note",
      "Policy.spec.rules[4].mask.args.customer[0]",
      "Policy.spec.rules[5].effect",
      "Policy.spec.rules[6].effect",
      "Policy.spec.rules[6].fallback.tool",
    ]
  `);
});

test("a policy test is no part of the digest", () => {
  expect(loadWritten([...surroundings, policyTest]).digest).toBe(loadWritten(surroundings).digest);
});

test("a document built as data and written as JSON has the digest of the same one in YAML", () => {
  const json = surroundings.map((each, index) => ({
    path: `${index}.json`,
    text: JSON.stringify(each),
  }));
  expect(load(json).digest).toBe(loadWritten(surroundings).digest);
});
