import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** One check taken out of the sources of a package, or one hole of a rival planted in them. */
export interface Mutation {
  readonly room: "log" | "verify";
  /** below its `src` */
  readonly file: string;
  /** stands there exactly once */
  readonly find: string;
  readonly put: string;
}

/** A copy of a package with something changed. */
export interface Mutant {
  /** its entry, for a process that reads TypeScript */
  readonly path: string;
  readonly discard: () => void;
}

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * A copy of the sources of a package with one place changed. What it takes from the model is the
 * repository's own.
 *
 * @throws RangeError when the text to change does not stand in its file exactly once
 */
export function mutantOf({ room, file, find, put }: Mutation): Mutant {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-mutant-"));
  cpSync(join(root, "packages", room, "src"), folder, { recursive: true });
  const changed = join(folder, file);
  const text = readFileSync(changed, "utf8");
  const pieces = text.split(find);
  if (pieces.length !== 2) {
    throw new RangeError(`\`${find}\` stands ${pieces.length - 1} times in \`${room}/${file}\``);
  }
  writeFileSync(changed, pieces.join(put));
  const model = join(root, "packages", "model", "src");
  const ofModel = /"@holdfast\/model(?:\/([a-z-]+))?"/gu;
  for (const name of readdirSync(folder, { recursive: true }).map(String)) {
    if (!name.endsWith(".ts")) continue;
    const path = join(folder, name);
    const own = readFileSync(path, "utf8").replaceAll(ofModel, (_, entry = "index") =>
      JSON.stringify(join(model, `${entry}.ts`)),
    );
    writeFileSync(path, own);
  }
  const discard = (): void => rmSync(folder, { recursive: true, force: true });
  return { path: join(folder, "index.ts"), discard };
}
