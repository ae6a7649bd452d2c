import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/** A program for browsers, as one file. */
export interface BrowserBundle {
  /** minified, an ES module */
  readonly code: string;
  /** modules that the browser would have to bring itself */
  readonly imports: readonly string[];
  /** what the bundler was not at ease with */
  readonly warnings: readonly string[];
}

/** Bundles a module and all it needs, from the sources, as an application for browsers does. */
export async function bundleForBrowser(entry: URL): Promise<BrowserBundle> {
  const warnings: string[] = [];
  const bundle = await rolldown({
    input: fileURLToPath(entry),
    platform: "browser",
    // Without `node`, `#hashing` stands for the portable one.
    resolve: { conditionNames: ["@holdfast/source", "browser", "module", "import", "default"] },
    onLog: (_level, { message }) => void warnings.push(message),
  });
  try {
    const { output } = await bundle.generate({ format: "es", minify: true });
    const [chunk, ...others] = output;
    if (others.length > 0) throw new Error(`${entry.href} became ${output.length} files`);
    return { code: chunk.code, imports: [...chunk.imports, ...chunk.dynamicImports], warnings };
  } finally {
    await bundle.close();
  }
}
