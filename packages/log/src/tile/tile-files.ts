import { removeIfThere, systemCode, writeAll } from "../files.ts";
import type { LogFiles } from "../files.ts";
import { partialFolder } from "./tile-layout.ts";
import type { TileFile } from "./tile-tree.ts";

/**
 * Writes tiles and bundles so that a reader sees whole ones only. Nothing is synced: they are
 * derived, and whoever reads them checks what comes of it.
 */
export class TileFiles {
  readonly #files: LogFiles;
  readonly #directory: string;
  readonly #folders = new Set<string>();

  constructor(files: LogFiles, directory: string) {
    this.#files = files;
    this.#directory = directory;
  }

  /** Puts one in place; a whole one takes the partial ones of its number away. */
  async write({ name, path, bytes }: TileFile): Promise<void> {
    const target = `${this.#directory}/${path}`;
    const folder = target.slice(0, target.lastIndexOf("/"));
    if (!this.#folders.has(folder)) {
      await this.#files.makeDirectory(folder, this.#directory);
      this.#folders.add(folder);
    }
    const temporary = `${target}.new`;
    await removeIfThere(this.#files, temporary);
    const file = await this.#files.open(temporary, "create");
    try {
      await writeAll(file, bytes, 0);
    } finally {
      await file.close();
    }
    await this.#files.rename(temporary, target);
    if (name.width !== undefined) return;
    const partial = `${this.#directory}/${partialFolder(name.series, name.number)}`;
    for (const each of await this.#namesIn(partial)) {
      await removeIfThere(this.#files, `${partial}/${each}`);
    }
    this.#folders.delete(partial);
  }

  async #namesIn(folder: string): Promise<readonly string[]> {
    try {
      return await this.#files.list(folder);
    } catch (error) {
      if (systemCode(error) === "ENOENT") return [];
      throw error;
    }
  }
}
