import type { Connection, TextDocuments } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Finding } from "@holdfast/engine";
import { findingsOf } from "@holdfast/engine/editor";
import { pathOf, policyRootOf, readFolder, slashed, uriOf } from "./policy-folder.ts";
import type { PolicyFolder } from "./policy-folder.ts";
import { diagnosticOf, placesIn } from "./protocol-form.ts";

/** How long nobody may type before the whole folder is checked. */
const quietMs = 150;
/** Folders with more text than this are compiled while somebody types, and not linted. */
const lintUnitsMax = 1024 * 1024;

/** The policy folders of an editor, read when somebody asks and kept until something changes. */
export class Workspace {
  readonly #connection: Connection;
  readonly #documents: TextDocuments<TextDocument>;
  readonly #folders = new Map<string, PolicyFolder>();
  readonly #findings = new Map<string, readonly Finding[]>();
  /** files that were told to have findings, by folder */
  readonly #told = new Map<string, ReadonlySet<string>>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(connection: Connection, documents: TextDocuments<TextDocument>) {
    this.#connection = connection;
    this.#documents = documents;
  }

  /** The folder of an open document, and the document's path in it. */
  folderOf(uri: string): { readonly folder: PolicyFolder; readonly file: string } | undefined {
    const place = this.#placeOf(uri);
    if (place === undefined) return undefined;
    const { path, root } = place;
    const folder = this.#folders.get(root) ?? readFolder(root, this.#openTexts());
    this.#folders.set(root, folder);
    return { folder, file: slashed(path) };
  }

  /** What was found last in a folder. */
  findings(folder: PolicyFolder): readonly Finding[] {
    return this.#findings.get(folder.root) ?? [];
  }

  /** Forgets what was read, and checks the folders of all open documents once it is quiet. */
  changed(): void {
    this.#folders.clear();
    for (const { uri } of this.#documents.all()) {
      const place = this.#placeOf(uri);
      if (place !== undefined) this.#checkSoon(place.root, uri);
    }
  }

  /** A document that is open no longer has nothing to show, unless its folder is still open. */
  closed(uri: string): void {
    this.changed();
    void this.#connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  #checkSoon(root: string, uri: string): void {
    clearTimeout(this.#timers.get(root));
    this.#timers.set(
      root,
      setTimeout(() => {
        this.#timers.delete(root);
        try {
          this.#check(root, uri);
        } catch (error) {
          // INVARIANT: what goes wrong in one folder does not end the server for all others.
          const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
          this.#connection.console.error(`\`${root}\` could not be checked: ${text}`);
        }
      }, quietMs),
    );
  }

  #check(root: string, uri: string): void {
    const found = this.folderOf(uri);
    if (found === undefined) return;
    const { folder } = found;
    const findings = foundIn(folder);
    this.#findings.set(folder.root, findings);
    const places = placesIn(folder.files);
    const files = new Set(findings.map(({ span }) => span.file));
    for (const file of new Set([
      ...files,
      ...(this.#told.get(root) ?? []),
      ...this.#openIn(root),
    ])) {
      const own = findings.filter(({ span }) => span.file === file);
      const diagnostics = own.map((finding) => diagnosticOf(finding, places));
      void this.#connection.sendDiagnostics({ uri: uriOf(file), diagnostics });
    }
    this.#told.set(root, files);
    if (folder.problem !== undefined) this.#connection.console.warn(folder.problem);
  }

  /** Where a document lies; nothing for one that belongs to no policy folder. */
  #placeOf(uri: string): { readonly path: string; readonly root: string } | undefined {
    const path = pathOf(uri);
    const text = this.#documents.get(uri)?.getText() ?? "";
    const root = path === undefined ? undefined : policyRootOf(path, text);
    return path === undefined || root === undefined ? undefined : { path, root };
  }

  #openIn(root: string): readonly string[] {
    return this.#documents.all().flatMap(({ uri }) => {
      const place = this.#placeOf(uri);
      return place?.root === root ? [slashed(place.path)] : [];
    });
  }

  #openTexts(): ReadonlyMap<string, string> {
    return new Map(
      this.#documents.all().flatMap((document) => {
        const path = pathOf(document.uri);
        return path === undefined ? [] : [[path, document.getText()] as const];
      }),
    );
  }
}

function foundIn({ files, root }: PolicyFolder): readonly Finding[] {
  const units = files.reduce((sum, { text }) => sum + text.length, 0);
  return findingsOf(files, { root, lint: units <= lintUnitsMax });
}
