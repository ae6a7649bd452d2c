import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";
import type { ProtocolConnection } from "vscode-languageserver-protocol/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { CodeAction, CompletionItem, Diagnostic, DocumentSymbol } from "vscode-languageserver";
import type { Hover, Location, TextEdit, WorkspaceEdit } from "vscode-languageserver";
import { folderOf, program } from "./command.ts";

const tools = `apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: pay.refund}
spec:
  labels: [write]
  schema: {type: object, required: [amount], properties: {amount: {type: number}}}
`;
const policy = `apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: refunds}
spec:
  match: {tools: [pay.refund]}
  variables: {big: args.amount > 100.0}
  rules:
    - {id: grant, effect: allow, when: "!variables.big"}
`;

/** A client of the language server protocol, as an editor has one, on a server of its own. */
async function startClient(folder: string) {
  const server = spawn(process.execPath, [program, "lsp"], { stdio: ["pipe", "pipe", "pipe"] });
  const client = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const told = new Map<string, Diagnostic[]>();
  let heard = (): void => {};
  client.onNotification(
    "textDocument/publishDiagnostics",
    (params: { uri: string; diagnostics: Diagnostic[] }) => {
      told.set(params.uri, params.diagnostics);
      heard();
    },
  );
  client.listen();
  onTestFinished(() => void server.kill());
  const initialized = await client.sendRequest("initialize", {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    capabilities: {},
  });
  await client.sendNotification("initialized", {});
  /** Waits until what was told of a file is as wanted. */
  const until = async (uri: string, wanted: (diagnostics: readonly Diagnostic[]) => boolean) => {
    for (let known = told.get(uri); known === undefined || !wanted(known); known = told.get(uri)) {
      await new Promise<void>((resolve) => (heard = resolve));
    }
    return told.get(uri) ?? [];
  };
  return { client, server, initialized, until };
}

async function open(client: ProtocolConnection, folder: string, file: string, text?: string) {
  const uri = pathToFileURL(join(folder, file)).href;
  const shown = text ?? readFileSync(join(folder, file), "utf8");
  await client.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "yaml", version: 1, text: shown },
  });
  return TextDocument.create(uri, "yaml", 1, shown);
}

function at(document: TextDocument, text: string) {
  const offset = document.getText().indexOf(text);
  expect(offset).toBeGreaterThanOrEqual(0);
  const position = document.positionAt(offset + text.length);
  return { textDocument: { uri: document.uri }, position };
}

test("an editor gets every answer there is, over a whole session", async () => {
  const folder = folderOf({
    "holdfast.yaml": "policies: rules\n",
    "rules/tools.yaml": tools,
    "rules/deep/refunds.yaml": policy,
  });
  const { client, server, initialized, until } = await startClient(folder);
  expect(initialized).toMatchObject({
    serverInfo: { name: "holdfast" },
    capabilities: { renameProvider: {} },
  });
  const refunds = await open(client, folder, "rules/deep/refunds.yaml");
  const { uri } = refunds;
  await until(uri, (found) => found.every(({ severity }) => severity !== 1));

  const completed = await client.sendRequest<CompletionItem[]>(
    "textDocument/completion",
    at(refunds, "{big: args."),
  );
  expect(completed.map(({ label }) => label)).toContain("amount");
  const hover = await client.sendRequest<Hover>("textDocument/hover", at(refunds, "{big: args.am"));
  expect(hover.contents).toMatchObject({ kind: "markdown", value: "`args.amount`: double" });
  const defined = await client.sendRequest<Location[]>(
    "textDocument/definition",
    at(refunds, "tools: [pay"),
  );
  expect(defined).toEqual([
    {
      uri: pathToFileURL(join(folder, "rules/tools.yaml")).href,
      range: { start: { line: 2, character: 17 }, end: { line: 2, character: 27 } },
    },
  ]);
  const named = await client.sendRequest<Location[]>("textDocument/references", {
    ...at(refunds, "!variables.b"),
    context: { includeDeclaration: true },
  });
  expect(named.map(({ range }) => range.start.line)).toEqual([5, 7]);
  const outline = await client.sendRequest<DocumentSymbol[]>("textDocument/documentSymbol", {
    textDocument: { uri },
  });
  expect(outline).toMatchObject([
    { name: "refunds", children: [{ name: "grant", detail: "allow" }] },
  ]);

  const place = await client.sendRequest("textDocument/prepareRename", at(refunds, "tools: [pay"));
  expect(place).toEqual({
    start: { line: 4, character: 18 },
    end: { line: 4, character: 28 },
  });
  const renamed = await client.sendRequest<WorkspaceEdit>("textDocument/rename", {
    ...at(refunds, "tools: [pay"),
    newName: "pay.return",
  });
  expect(Object.keys(renamed.changes ?? {})).toHaveLength(2);
  await expect(
    client.sendRequest("textDocument/rename", {
      ...at(refunds, "!variables.b"),
      newName: "not a name",
    }),
  ).rejects.toThrow("would not compile");

  // What is typed and not saved is what counts, also when it is not YAML.
  const change = async (version: number, text: string) => {
    await client.sendNotification("textDocument/didChange", {
      textDocument: { uri, version },
      contentChanges: [{ text }],
    });
    return TextDocument.create(uri, "yaml", version, text);
  };
  const wrong = await change(2, policy.replace("!variables.big", "!variables.bag"));
  const [error] = await until(uri, (found) => found.some(({ severity }) => severity === 1));
  expect(error).toMatchObject({ code: "cel_unknown_field", source: "holdfast", severity: 1 });
  const actions = await client.sendRequest<CodeAction[]>("textDocument/codeAction", {
    textDocument: { uri },
    range: error?.range,
    context: { diagnostics: [error] },
  });
  expect(actions).toMatchObject([{ title: "write `big`", kind: "quickfix" }]);
  const edits = actions[0]?.edit?.changes?.[uri] ?? [];
  expect(TextDocument.applyEdits(wrong, edits)).toBe(policy);

  const loose = await change(
    3,
    policy.replace("{id: grant, effect: allow,", "{effect: allow,   id: grant,"),
  );
  const formatted = await client.sendRequest<TextEdit[]>("textDocument/formatting", {
    textDocument: { uri },
    options: { tabSize: 2, insertSpaces: true },
  });
  expect(TextDocument.applyEdits(loose, formatted)).toBe(policy);

  const cut = await change(4, `${policy}    - {id: next, effect: `);
  const effects = await client.sendRequest<CompletionItem[]>(
    "textDocument/completion",
    at(cut, "next, effect: "),
  );
  expect(effects.map(({ label }) => label)).toContain("deny");
  await until(uri, (found) => found.some(({ code }) => code === "yaml_syntax"));

  await client.sendNotification("textDocument/didClose", { textDocument: { uri } });
  await until(uri, (found) => found.length === 0);
  await client.sendRequest("shutdown");
  const ended = new Promise((resolve) => server.once("exit", resolve));
  await client.sendNotification("exit");
  expect(await ended).toBe(0);
});

test("errors of files that are not open are told, and an open text counts before the one on disk", async () => {
  const folder = folderOf({ "policies/tools.yaml": tools, "policies/refunds.yaml": policy });
  const { client, until } = await startClient(folder);
  const changed = tools.replace("amount: {type", "sum: {type").replace("[amount]", "[sum]");
  await open(client, folder, "policies/tools.yaml", changed);
  const refunds = pathToFileURL(join(folder, "policies/refunds.yaml")).href;
  const [error] = await until(refunds, (found) => found.length > 0);
  expect(error?.message).toContain("`amount`");
  writeFileSync(join(folder, "policies/refunds.yaml"), policy.replace("args.amount", "args.sum"));
  await client.sendNotification("workspace/didChangeWatchedFiles", {
    changes: [{ uri: refunds, type: 2 }],
  });
  await until(refunds, (found) => found.every(({ severity }) => severity !== 1));
});

test("a document that is no file, and a request about none, get an empty answer", async () => {
  const { client } = await startClient(folderOf());
  const textDocument = { uri: "untitled:1" };
  await client.sendNotification("textDocument/didOpen", {
    textDocument: { ...textDocument, languageId: "yaml", version: 1, text: policy },
  });
  const position = { line: 0, character: 0 };
  expect(await client.sendRequest("textDocument/hover", { textDocument, position })).toBeNull();
  expect(await client.sendRequest("textDocument/completion", { textDocument, position })).toEqual(
    [],
  );
});

test("a URI that names no file of this machine stops nothing", async () => {
  const folder = folderOf({ "policies/tools.yaml": tools });
  const { client } = await startClient(folder);
  const known = await open(client, folder, "policies/tools.yaml");
  for (const uri of [
    "file://host/share/policies/tools.yaml",
    "file:///policies%2Ftools.yaml",
    "file:///policies/%00.yaml",
    "file:///policies/%E0%A4.yaml",
  ]) {
    await client.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "yaml", version: 1, text: policy },
    });
    const outline = await client.sendRequest<DocumentSymbol[]>("textDocument/documentSymbol", {
      textDocument: { uri: known.uri },
    });
    expect(outline).toMatchObject([{ name: "pay.refund" }]);
    expect(
      await client.sendRequest("textDocument/documentSymbol", { textDocument: { uri } }),
    ).toEqual([]);
    await client.sendNotification("textDocument/didClose", { textDocument: { uri } });
  }
});

test("YAML of another kind has no policies beside it", async () => {
  const folder = folderOf({ "beside.yaml": tools, "deep/below.yaml": tools });
  const { client, until } = await startClient(folder);
  const other = await open(client, folder, "compose.yaml", "services: {web: {image: x}}\n");
  const outline = await client.sendRequest("textDocument/documentSymbol", {
    textDocument: { uri: other.uri },
  });
  expect(outline).toEqual([]);
  const own = await open(client, folder, "own.yaml", policy);
  // Two documents of one name, beside it and below: the folder is read, and nothing told of the other.
  const beside = pathToFileURL(join(folder, "deep/below.yaml")).href;
  expect(await until(beside, (found) => found.length > 0)).toMatchObject([
    { code: "duplicate_document" },
  ]);
  expect(own.uri).not.toBe(other.uri);
});
