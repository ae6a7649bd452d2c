import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { Ajv2020 } from "ajv/dist/2020.js";
import { policyFileSchema } from "@holdfast/engine";
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";
import type { CompletionItem, Diagnostic, Hover } from "vscode-languageserver";
import { folderOf, holdfast, repository } from "./command.ts";

const policy = `apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: refunds}
spec:
  match: {tools: [pay.refund]}
  rules:
    - id: grant
      effect: allow
      when: args.amount < 100
---
apiVersion: holdfast.dev/v1
kind: Group
metadata: {name: leads}
spec:
  members: [user:bo]
`;

/** The YAML language server that editors use, on a file that names a schema in its first line. */
async function yamlServer(folder: string, text: string) {
  const bin = join(repository, "node_modules/yaml-language-server/bin/yaml-language-server");
  const server = spawn(process.execPath, [bin, "--stdio"], { stdio: ["pipe", "pipe", "ignore"] });
  onTestFinished(() => void server.kill());
  const client = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const path = join(folder, "refunds.yaml");
  writeFileSync(path, text);
  const uri = pathToFileURL(path).href;
  const told = new Promise<readonly Diagnostic[]>((resolve) => {
    client.onNotification("textDocument/publishDiagnostics", ({ diagnostics }) =>
      resolve(diagnostics),
    );
  });
  client.listen();
  await client.sendRequest("initialize", {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    capabilities: { textDocument: { hover: { contentFormat: ["plaintext"] } } },
  });
  await client.sendNotification("initialized", {});
  await client.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "yaml", version: 1, text },
  });
  return { client, told, textDocument: { uri } };
}

async function folderWithSchema(): Promise<{ readonly folder: string; readonly line: string }> {
  const folder = folderOf();
  const file = join(folder, "policy-file.json");
  const written = await holdfast(["schema", "policy-file", "--write", file]);
  expect(written).toEqual({
    code: 0,
    stdout: `# yaml-language-server: $schema=${file}\n`,
    stderr: "",
  });
  return { folder, line: written.stdout };
}

test("the YAML language server takes a policy file of several kinds", async () => {
  const { folder, line } = await folderWithSchema();
  const { told } = await yamlServer(folder, `${line}${policy}`);
  expect(await told).toEqual([]);
});

test("it finds a wrong key of each document by its kind, and says what keys are for", async () => {
  const { folder, line } = await folderWithSchema();
  const wrong = policy.replace("members:", "member:").replace("tools:", "tool:");
  // The line counts for the document that it stands in.
  const text = `${line}${wrong.replace("---\n", `---\n${line}`)}`;
  const { client, told, textDocument } = await yamlServer(folder, text);
  const lines = (await told).map(({ range }) => range.start.line);
  expect(lines).toEqual(expect.arrayContaining([5, 16]));
  const hover = await client.sendRequest<Hover>("textDocument/hover", {
    textDocument,
    position: { line: 8, character: 8 },
  });
  expect(JSON.stringify(hover.contents)).toContain("grants, every other effect narrows");
  const offered = await client.sendRequest<{ readonly items: readonly CompletionItem[] }>(
    "textDocument/completion",
    { textDocument, position: { line: 2, character: 6 } },
  );
  expect(offered.items.map(({ label }) => label)).toEqual(
    expect.arrayContaining(["Policy", "Tool"]),
  );
});

test("every property of the schema for policy files says what it is for", () => {
  const schema = policyFileSchema();
  expect(new Ajv2020({ strict: false, validateFormats: false }).compile(schema)).toBeTypeOf(
    "function",
  );
  const silent: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, each] of Object.entries(value)) {
      const properties =
        key === "properties" && !path.endsWith("/if") && !path.endsWith("/examples");
      const members = properties ? Object.entries(each as object) : [];
      for (const [name, property] of members) {
        const said: unknown = (property as { readonly description?: unknown }).description;
        if (typeof said !== "string") silent.push(`${path}/${name}`);
      }
      visit(each, `${path}/${key}`);
    }
  };
  visit(schema, "");
  expect(silent).toEqual([]);
});
