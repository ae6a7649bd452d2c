import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { policyFileSchema, policySchemas } from "@holdfast/engine";
import { publishedSchemas } from "@holdfast/model";

function allSchemas() {
  return { ...publishedSchemas(), ...policySchemas(), "policy-file": policyFileSchema() };
}

/** The text of every file under `schemas/`, by file name; what `npm run schemas` writes. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(allSchemas()).map(([name, schema]) => [
      `${name}.json`,
      `${JSON.stringify(schema, null, 2)}\n`,
    ]),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = fileURLToPath(new URL("../../schemas/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of schemaFiles()) {
    writeFileSync(join(folder, name), text);
    console.log(`schemas/${name}`);
  }
}
