import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { zoneDataText } from "./zone-data.ts";

const path = "packages/engine/src/zone/zone-data.ts";

test("the pinned table of time zones is what the package it comes from says; run `npm run zones`", () => {
  const text = readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), "utf8");
  // Not with `toEqual`: a difference of two hundred kilobytes helps nobody.
  expect(text === zoneDataText()).toBe(true);
});
