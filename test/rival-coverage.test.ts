import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(root, path), "utf8"));
}

/** Every id that some test or case is titled with. */
function answeredIds(): Set<string> {
  const found = new Set<string>();
  for (const room of ["packages", "gateways", "apps"]) {
    for (const name of readdirSync(join(root, room))) {
      const tests = join(root, room, name, "test");
      // The tests of the language server speak to the command that starts it, and lie there.
      if (!existsSync(tests)) continue;
      for (const entry of readdirSync(tests, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !entry.name.endsWith(".test.ts")) continue;
        const text = readFileSync(join(entry.parentPath, entry.name), "utf8");
        for (const [, id] of text.matchAll(/rival: ([a-z0-9-]+)/gu)) found.add(id ?? "");
      }
    }
  }
  return found;
}

test("every defect of a rival is answered by a test that names it, and every such test by the list", () => {
  const list = readJson("conformance/rivals/defects.json") as { defects: { id: string }[] };
  const validate = new Ajv2020().compile(readJson("conformance/rivals/schema.json") as object);
  expect(validate(list), JSON.stringify(validate.errors)).toBe(true);
  const listed = list.defects.map(({ id }) => id).toSorted();
  expect(new Set(listed).size).toBe(listed.length);
  expect([...answeredIds()].toSorted()).toEqual(listed);
});
