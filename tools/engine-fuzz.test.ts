/**
 * The compiled engine decides as the reference does. Seen to fail on planted bugs of the compiled
 * engine: keys of a match that finding a rule does not settle left unchecked (42 differences in
 * 600 pairs), history that cannot be committed not looked at by the short way (17 in 6,000).
 */
import { expect, test } from "vitest";
import { runCampaign } from "./engine-fuzz/campaign.ts";

test("both engines decide 200,000 generated requests alike", { timeout: 900_000 }, () => {
  const { pairs, findings } = runCampaign(200_000, 1);
  expect(findings).toEqual([]);
  expect(pairs).toBe(200_000);
});
