import { expect, test } from "vitest";
import { pooledRandom } from "../src/pooled-random.ts";

test("chance from a pool is as long as asked for, comes once, and stays as it was given", () => {
  const random = pooledRandom();
  const given = [1, 31, 32, 4096, 16_000, 400, 16_384, 100_000].map((bytes) => {
    const chance = random(bytes);
    expect(chance).toHaveLength(bytes);
    return { chance, copy: new Uint8Array(chance) };
  });
  const salts = Array.from({ length: 2000 }, () => Buffer.from(random(32)).toString("hex"));
  expect(new Set(salts).size).toBe(2000);
  expect(salts).not.toContain("00".repeat(32));
  for (const { chance, copy } of given) expect(chance).toEqual(copy);
});
