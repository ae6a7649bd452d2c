import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createReferenceEngine, loadPolicySet, runPolicyTests } from "@holdfast/engine";
import type { Bundle, PolicyFileText } from "@holdfast/engine";
import { parseJson, readRequest, renderDiagnostic } from "@holdfast/model";
import { DiagnosticsError, readConfiguration } from "@holdfast/runtime";
import { afterAll, describe, expect, test } from "vitest";

const scratch = mkdtempSync(join(tmpdir(), "holdfast-docs-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function readDocument(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../docs/${name}`, import.meta.url)), "utf8");
}

/** The text of every block of a language. */
function blocks(document: string, language: string): readonly string[] {
  const found = document.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gmsu"));
  return [...found].map(([, text]) => text ?? "");
}

/**
 * The policy files of a document: a block that begins with `# PATH.yaml` is the file of that name,
 * all others lie in one. An indented block continues the rules of the policy block before it.
 */
function policyFiles(name: string): readonly PolicyFileText[] {
  const documents: string[] = [];
  let policy: number | undefined;
  for (const block of blocks(readDocument(name), "yaml")) {
    if (block.includes("apiVersion")) {
      documents.push(block);
      if (block.includes("kind: Policy\n")) policy = documents.length - 1;
    } else if (block.startsWith("    - ")) {
      if (policy === undefined) throw new Error(`rules before any policy: ${block}`);
      documents[policy] += block;
    }
  }
  const texts = new Map<string, string[]>();
  for (const document of documents) {
    const path = /^# (\S+\.yaml)\n/u.exec(document)?.[1] ?? `${name}.yaml`;
    texts.set(path, [...(texts.get(path) ?? []), document]);
  }
  return [...texts].map(([path, all]) => ({ path: `policies/${path}`, text: all.join("---\n") }));
}

function compile(name: string): Bundle {
  const files = policyFiles(name);
  const loaded = loadPolicySet(files, { root: "policies" });
  if (loaded.ok) return loaded.bundle;
  const textOf = (path: string) => files.find((file) => file.path === path)?.text;
  const said = loaded.diagnostics.map((each) => renderDiagnostic(each, textOf(each.span.file)));
  throw new Error(said.join("\n\n"));
}

describe.each(["reference.md", "write-policies.md"])("docs/%s", (name) => {
  test("compiles as one policy set, and its policy tests pass", () => {
    const bundle = compile(name);
    expect(bundle.policies.length).toBeGreaterThan(0);
    const { results } = runPolicyTests(createReferenceEngine(bundle));
    expect(results.length).toBeGreaterThan(0);
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
  });
});

describe("docs/reference.md", () => {
  const document = readDocument("reference.md");

  test("has a configuration that can be read", () => {
    const found = blocks(document, "yaml").filter((block) => !block.includes("apiVersion"));
    expect(found).toHaveLength(1);
    const path = join(scratch, "holdfast.yaml");
    writeFileSync(path, found[0] ?? "");
    try {
      expect(readConfiguration(path)).toMatchObject({ policies: join(scratch, "policies") });
    } catch (error) {
      if (!(error instanceof DiagnosticsError)) throw error;
      throw new Error(error.diagnostics.map(({ message }) => message).join("\n"), { cause: error });
    }
  });

  test("has requests that can be read", () => {
    const found = blocks(document, "json");
    expect(found).toHaveLength(2);
    expect(found.map((text) => readRequest(parseJson(text)))).toEqual(
      found.map(() => expect.objectContaining({ ok: true }) as unknown),
    );
  });

  test("redacts the result of an MCP tool as it says", () => {
    const engine = createReferenceEngine(compile("reference.md"));
    const reading = readRequest({
      agent: { id: "support-1", roles: ["support"] },
      session: { id: "s1" },
      environment: "production",
      tool: { server: "crm", name: "read_customer" },
      action: { kind: "mcp", operation: "tools/call", phase: "result" },
      args: { id: "c1" },
      result: {
        content: [{ type: "text", text: "IBAN DE02" }],
        structuredContent: { iban: "DE02" },
      },
      outcome: { status: "success", durationMs: 3 },
    });
    if (!reading.ok) throw new Error("the request is one");
    const nowMs = Date.parse("2026-11-20T10:00:00Z");
    const state = engine.createState();
    const decision = engine.decide({ request: reading.request, external: {}, state, nowMs });
    expect(decision).toMatchObject({ effect: "modify", rules: ["results/redact"] });
    expect(decision.result).toEqual({
      content: [{ type: "text", text: "[the record holds bank data]" }],
    });
  });
});
