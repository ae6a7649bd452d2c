import { posix } from "node:path";
import { isShipped } from "./layer.ts";
import type { SourceFile } from "./source-file.ts";
import type { Finding } from "./source-tree.ts";

const engine = "packages/engine/src/";
const reference = `${engine}reference/`;

/** What the reference interpreter may read of the engine: documents, syntax and the contract. */
const allowed: readonly RegExp[] = [
  /^packages\/engine\/src\/reference\//u,
  /^packages\/engine\/src\/document\//u,
  /^packages\/engine\/src\/cel\/(?:syntax|type)\.ts$/u,
  /^packages\/engine\/src\/engine\.ts$/u,
  // The types of variables and facts: data that the language is defined by.
  /^packages\/engine\/src\/compile\/check\/variable-types\.ts$/u,
];

/**
 * The reference interpreter stands alone, so that an engine that agrees with it agrees for no
 * shared reason: it imports no parser, checker or compiler, and nothing imports it but the index.
 */
export function checkReferenceRoom(files: readonly SourceFile[]): Finding[] {
  return files
    .filter(({ path }) => isShipped(path) && path.startsWith(engine))
    .flatMap((file) =>
      file.references.flatMap(({ specifier, line }) => {
        if (!specifier.startsWith(".")) return [];
        const target = posix.join(posix.dirname(file.path), specifier);
        const inside = file.path.startsWith(reference);
        if (inside && !allowed.some((pattern) => pattern.test(target))) {
          const message = `the reference interpreter may not import \`${specifier}\``;
          return [{ rule: "reference", path: file.path, line, message }];
        }
        if (!inside && target.startsWith(reference) && file.path !== `${engine}index.ts`) {
          const message = `only the index may import \`${specifier}\``;
          return [{ rule: "reference", path: file.path, line, message }];
        }
        return [];
      }),
    );
}
