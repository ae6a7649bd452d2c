import type { Readable, Writable } from "node:stream";
import {
  CodeActionKind,
  ErrorCodes,
  ResponseError,
  TextDocumentSyncKind,
} from "vscode-languageserver";
import type {
  Connection,
  InitializeResult,
  TextDocumentPositionParams,
} from "vscode-languageserver";
import { createConnection, TextDocuments } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import {
  completionAt,
  definitionAt,
  formatPolicyFile,
  hoverAt,
  outlineOf,
  referencesAt,
  renameAt,
  renamedAt,
  repairsOf,
} from "@holdfast/engine/editor";
import type { Cursor, Occurrence } from "@holdfast/engine/editor";
import type { PolicyFolder } from "./policy-folder.ts";
import { uriOf } from "./policy-folder.ts";
import { completionItems, diagnosticOf, markdown, placesIn, symbolOf } from "./protocol-form.ts";
import { workspaceEdit } from "./protocol-form.ts";
import type { Places } from "./protocol-form.ts";
import { Workspace } from "./workspace.ts";

/** Where an editor and the server talk. */
export interface Channel {
  readonly input: Readable;
  readonly output: Writable;
  readonly version: string;
}

/**
 * Answers an editor by the language server protocol (LSP 3.17) until it says `exit`, which ends
 * the process. Nothing is written to the output but the protocol.
 */
export function serve({ input, output, version }: Channel): void {
  const connection = createConnection(
    input as NodeJS.ReadableStream,
    output as NodeJS.WritableStream,
  );
  const documents = new TextDocuments(TextDocument);
  const workspace = new Workspace(connection, documents);
  connection.onInitialize(() => initialized(version));
  documents.onDidChangeContent(() => workspace.changed());
  documents.onDidClose(({ document }) => workspace.closed(document.uri));
  documents.onDidSave(() => workspace.changed());
  connection.onDidChangeWatchedFiles(() => workspace.changed());
  answerQuestions(connection, documents, workspace);
  answerChanges(connection, documents, workspace);
  documents.listen(connection);
  connection.listen();
}

function initialized(version: string): InitializeResult {
  return {
    serverInfo: { name: "holdfast", version },
    capabilities: {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
      completionProvider: { triggerCharacters: [".", '"', "'", "[", "{", ":", "/", " "] },
      hoverProvider: true,
      definitionProvider: true,
      referencesProvider: true,
      renameProvider: { prepareProvider: true },
      documentSymbolProvider: true,
      documentFormattingProvider: true,
      codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
    },
  };
}

interface Asked {
  readonly folder: PolicyFolder;
  readonly cursor: Cursor;
  readonly places: Places;
}

type Documents = TextDocuments<TextDocument>;

/** What a request with a position is about; nothing for a document that is no file. */
function asked(
  { textDocument: { uri }, position }: TextDocumentPositionParams,
  documents: Documents,
  workspace: Workspace,
): Asked | undefined {
  const document = documents.get(uri);
  const found = document === undefined ? undefined : workspace.folderOf(uri);
  if (document === undefined || found === undefined) return undefined;
  const { folder, file } = found;
  const cursor = { file, offset: document.offsetAt(position) };
  return { folder, cursor, places: placesIn(folder.files) };
}

function answerQuestions(connection: Connection, documents: Documents, workspace: Workspace): void {
  const about = (params: TextDocumentPositionParams) => asked(params, documents, workspace);
  const located = (found: readonly Occurrence[], places: Places) =>
    found.map(({ file, start, end }) => ({
      uri: uriOf(file),
      range: places.range(file, start, end),
    }));
  connection.onCompletion((params) => {
    const at = about(params);
    if (at === undefined) return [];
    return completionItems(completionAt(at.folder.survey, at.cursor), at.cursor.file, at.places);
  });
  connection.onHover((params) => {
    const at = about(params);
    const hover = at === undefined ? undefined : hoverAt(at.folder.survey, at.cursor);
    if (at === undefined || hover === undefined) return null;
    const range = at.places.range(at.cursor.file, hover.start, hover.end);
    return { contents: markdown(hover.lines), range };
  });
  connection.onDefinition((params) => {
    const at = about(params);
    return at === undefined ? [] : located(definitionAt(at.folder.survey, at.cursor), at.places);
  });
  connection.onReferences((params) => {
    const at = about(params);
    if (at === undefined) return [];
    const found = referencesAt(at.folder.survey, at.cursor);
    const wanted = params.context.includeDeclaration
      ? found
      : found.filter(({ defines }) => !defines);
    return located(wanted, at.places);
  });
  connection.onDocumentSymbol(({ textDocument: { uri } }) => {
    const found = workspace.folderOf(uri);
    if (found === undefined) return [];
    const { folder, file } = found;
    const places = placesIn(folder.files);
    return outlineOf(folder.survey, file).map((entry) => symbolOf(entry, file, places));
  });
}

function answerChanges(connection: Connection, documents: Documents, workspace: Workspace): void {
  connection.onPrepareRename((params) => {
    const at = asked(params, documents, workspace);
    const found = at === undefined ? undefined : renamedAt(at.folder.survey, at.cursor);
    if (at === undefined || found === undefined) return null;
    return at.places.range(found.file, found.start, found.end);
  });
  connection.onRenameRequest((params) => {
    const at = asked(params, documents, workspace);
    if (at === undefined) return null;
    const result = renameAt(at.folder.survey, at.cursor, params.newName);
    if (!result.ok) return new ResponseError(ErrorCodes.InvalidRequest, result.reason);
    return workspaceEdit(result.edits, at.places);
  });
  connection.onDocumentFormatting(({ textDocument: { uri } }) => {
    const document = documents.get(uri);
    if (document === undefined) return null;
    const text = document.getText();
    const result = formatPolicyFile({ path: uri, text });
    if (!result.ok) {
      const [first] = result.diagnostics;
      const why = first === undefined ? "" : `: ${first.message}`;
      return new ResponseError(ErrorCodes.InvalidRequest, `not formatted${why}`);
    }
    if (result.text === text) return [];
    const end = document.positionAt(text.length);
    return [{ range: { start: { line: 0, character: 0 }, end }, newText: result.text }];
  });
  connection.onCodeAction(({ textDocument: { uri }, range }) => {
    const document = documents.get(uri);
    const found = document === undefined ? undefined : workspace.folderOf(uri);
    if (document === undefined || found === undefined) return [];
    const { folder, file } = found;
    const [from, to] = [document.offsetAt(range.start), document.offsetAt(range.end)];
    const near = workspace
      .findings(folder)
      .filter(
        ({ span }) => span.file === file && span.start.offset <= to && span.end.offset >= from,
      );
    const places = placesIn(folder.files);
    return near.flatMap((finding) =>
      repairsOf(finding, folder.files, { root: folder.root }).map(({ title, edits }) => ({
        title,
        kind: CodeActionKind.QuickFix,
        diagnostics: [diagnosticOf(finding, places)],
        edit: workspaceEdit(edits, places),
      })),
    );
  });
}
