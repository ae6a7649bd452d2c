import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { formatPolicyFile } from "@holdfast/engine/editor";
import { describe, expect, test } from "vitest";

// Each case is a text and what becomes of it, read by people. `npm run golden` writes what becomes now.
const folder = fileURLToPath(new URL("cases/", import.meta.url));
const update = process.env["HOLDFAST_GOLDEN"] === "update";

function format(text: string): string {
  const result = formatPolicyFile({ path: "a.yaml", text });
  return result.ok
    ? result.text
    : result.diagnostics.map(({ code, message }) => `${code} ${message}\n`).join("");
}

describe("a policy file is laid out", () => {
  for (const name of readdirSync(folder)) {
    test(name.replace(/\.case$/u, "").replaceAll("_", " "), () => {
      const [before = "", after = ""] = readFileSync(folder + name, "utf8").split(
        "-- becomes --\n",
      );
      const found = format(before);
      if (update) writeFileSync(folder + name, `${before}-- becomes --\n${found}`);
      else expect(found).toBe(after);
    });
  }
});

test("a file with Windows line ends, without an end of line, is formatted", () => {
  const text =
    "apiVersion: holdfast.dev/v1\r\nkind: Group # who\r\nmetadata: {name: g}\r\nspec: {members: []}";
  expect(format(text)).toBe(
    "apiVersion: holdfast.dev/v1\nkind: Group # who\nmetadata: {name: g}\nspec: {members: []}\n",
  );
});
